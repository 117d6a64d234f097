import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildCli } from "./build";
import { bundlePlugins } from "./bundle";
import { cliFolder, place, placeProgram, pluginFolder } from "./home";

/** The version of the CLI: that of npm's `pulumi` package and of scripts/engine/cli/go.mod. */
export const CLI_VERSION = "3.259.0";
/** The version of @pulumi/command, whose meaning our command plugin keeps. */
export const COMMAND_VERSION = "1.2.1";

/** Where a part of the engine came from: downloaded from the vendor, or built here. */
export type Source = "vendor" | "built";

/** A Pulumi engine that is ready to run. */
export interface Engine {
  source: Source;
  version: string;
  /** The project's own Pulumi home. */
  pulumiHome: string;
  /** Path of the CLI. */
  cli: string;
  /** What must be set for `npx pulumi`, and for the CLI itself, to use this home. */
  environment: Record<string, string>;
  plugins: { name: string; version: string; source: Source }[];
}

/**
 * Makes the project's Pulumi home usable, and gives what is needed to run Pulumi with it. Nothing of `~/.pulumi` is
 * read or written.
 *
 * @param options.projectFolder the home is made in its `.local` folder
 * @param options.report called with a line for a person, at least every 5 s while something takes long
 * @throws with what is missing and what to do, when there is no way to an engine
 */
export async function ensureEngine(options: {
  projectFolder: string;
  report: (line: string) => void;
}): Promise<Engine> {
  const home = join(options.projectFolder, ".local", "pulumi-home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const [cli, plugins] = [await buildCli(options.report), await bundlePlugins(options.report)];
  const bin = cliFolder(home, CLI_VERSION);
  place(join(cli, "pulumi"), join(bin, "pulumi"));
  placeProgram(join(plugins, "language-nodejs.js"), join(bin, "pulumi-language-nodejs"), process.execPath);
  const command = pluginFolder(home, "command", COMMAND_VERSION);
  placeProgram(
    join(plugins, "resource-command.js"),
    join(command, "pulumi-resource-command"),
    process.execPath,
  );
  return {
    source: "built",
    version: CLI_VERSION,
    pulumiHome: home,
    cli: join(bin, "pulumi"),
    environment: environmentOf(home, "built"),
    plugins: [{ name: "command", version: COMMAND_VERSION, source: "built" }],
  };
}

function environmentOf(home: string, source: Source): Record<string, string> {
  return {
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Where nothing can be downloaded, a missing plugin is an error at once instead of after a long wait.
    ...(source === "built" ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
  };
}
