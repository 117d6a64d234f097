import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheFolder, contentKey } from "./cache";

/** The programs of this project that the engine starts, by the names under which they are bundled. */
export const PROGRAMS = {
  "language-nodejs.js": "language/main.ts",
  "quick-start.js": "language/quickStart.ts",
  "policy-runner.js": "language/policyRunner.ts",
  "resource-command.js": "command/main.ts",
};

/**
 * The folder with the language host and the command plugin, each bundled with its libraries into one file: it starts
 * in a fraction of the time that the sources take, and goes on working when the clone that made it is gone.
 */
export async function bundlePlugins(report: (line: string) => void): Promise<string> {
  const folder = join(cacheFolder(), "engine", `plugins-${pluginsKey(__dirname)}`);
  return cached(
    folder,
    async (temporary) => {
      report("bundling the language host and the command plugin");
      const esbuild = await import("esbuild"); // Not loaded when there is nothing to do.
      await Promise.all(
        Object.entries(PROGRAMS).map(([name, source]) =>
          esbuild.build({
            entryPoints: [join(__dirname, source)],
            outfile: join(temporary, name),
            bundle: true,
            minify: true,
            platform: "node",
            target: "node20",
            format: "cjs",
            legalComments: "none",
            logLevel: "error",
            // ssh2 uses these natively compiled parts where they are, and does without them here.
            external: ["*.node", "cpu-features"],
          }),
        ),
      );
    },
    report,
  );
}

/** Changes with every source of the plugins and with every version of their libraries. */
export function pluginsKey(sources: string): string {
  const files = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const lockfile = readFileSync(join(sources, "..", "..", "package-lock.json"));
  return contentKey([JSON.stringify(PROGRAMS), lockfile, ...files.map((file) => readFileSync(file))]);
}
