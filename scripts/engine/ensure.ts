import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCli, isBuilt } from "./build";
import { bundlePlugins } from "./bundle";
import { chooseSource, type Source, wantedSource } from "./choice";
import { EngineError } from "./errors";
import { cliFolder, place, placeFolder, placeProgram, pluginFolder } from "./home";
import { hasVendorCli, probeVendor, vendorCli, vendorCommandPlugin } from "./vendor";
import { CLI_VERSION, COMMAND_VERSION } from "./versions";

/** A Pulumi engine that is ready to run. */
export interface Engine {
  /** Where the CLI came from. */
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

/** Which engine a home holds: written when all of it is in place. */
interface Holding {
  version: string;
  source: Source;
  commandVersion: string;
  commandSource: Source;
  /** Size of the CLI in bytes, to tell that it is still the one. */
  size: number;
}

type Report = (line: string) => void;

/**
 * Makes the project's Pulumi home usable, and gives what is needed to run Pulumi with it. Nothing of `~/.pulumi` is
 * read or written. The vendor's CLI and plugins are used where they can be downloaded; otherwise the same CLI is built
 * from its Go module, with this project's language host and command plugin. What was downloaded or built is kept in
 * the user's cache for other clones.
 *
 * The variable ONE_SERVER_WEB_ENGINE (`vendor` or `built`) takes the choice away.
 *
 * @param options.projectFolder the home is made in its `.local` folder
 * @param options.report called with a line for a person whenever there is something new
 * @throws EngineError with what is missing and what to do, when there is no way to an engine
 */
export async function ensureEngine(options: { projectFolder: string; report: Report }): Promise<Engine> {
  try {
    return await ensureIn(join(options.projectFolder, ".local", "pulumi-home"), options.report);
  } catch (error) {
    throw error instanceof EngineError ? error : new EngineError((error as Error).message, { cause: error });
  }
}

async function ensureIn(home: string, report: Report): Promise<Engine> {
  const wanted = wantedSource(process.env.ONE_SERVER_WEB_ENGINE);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const there = holding(home);
  const usable = there !== undefined && (wanted === undefined || there.source === wanted);
  const source = usable ? there.source : await fetchCli(home, wanted, report);
  const commandSource = await fetchPlugins(home, source, there, report);
  record(home, source, commandSource);
  return {
    source,
    version: CLI_VERSION,
    pulumiHome: home,
    cli: join(cliFolder(home, CLI_VERSION), "pulumi"),
    environment: {
      PULUMI_HOME: home,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Where nothing can be downloaded, a missing plugin is an error at once instead of after a long wait.
      ...(source === "built" ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
    },
    plugins: [{ name: "command", version: COMMAND_VERSION, source: commandSource }],
  };
}

/** Puts a CLI into the home, from the cache or made for it, and tells where it came from. */
async function fetchCli(home: string, wanted: Source | undefined, report: Report): Promise<Source> {
  const bin = cliFolder(home, CLI_VERSION);
  const probe = async () => {
    const { reachable, reason } = await probeVendor();
    if (!reachable) report(`the vendor's download cannot be reached (${reason}): the CLI is built here`);
    return reachable;
  };
  const source = await chooseSource({
    wanted,
    vendorCached: hasVendorCli(),
    builtCached: isBuilt(),
    probe,
  });
  if (source === "vendor") {
    try {
      placeFolder(await vendorCli(report), bin);
      return "vendor";
    } catch (error) {
      if (wanted === "vendor") throw error;
      report(`the vendor's download failed (${(error as Error).message}): the CLI is built here`);
    }
  }
  place(join(await buildCli(report), "pulumi"), join(bin, "pulumi"));
  return "built";
}

/** Puts the plugins into the home that belong to its CLI, and tells where the command plugin came from. */
async function fetchPlugins(
  home: string,
  source: Source,
  there: Holding | undefined,
  report: Report,
): Promise<Source> {
  const folder = pluginFolder(home, "command", COMMAND_VERSION);
  if (source === "vendor") {
    if (there?.source === "vendor" && there.commandSource === "vendor") return "vendor";
    try {
      placeFolder(await vendorCommandPlugin(join(cliFolder(home, CLI_VERSION), "pulumi"), report), folder);
      return "vendor";
    } catch (error) {
      report(
        `the vendor's command plugin is unavailable (${(error as Error).message}): this project's own is used`,
      );
    }
  }
  const bundles = await bundlePlugins(report);
  placeProgram(
    join(bundles, "resource-command.js"),
    join(folder, "pulumi-resource-command"),
    process.execPath,
  );
  if (source === "built") {
    const bin = cliFolder(home, CLI_VERSION);
    for (const name of ["quick-start.js", "policy-runner.js"]) place(join(bundles, name), join(bin, name));
    placeProgram(join(bundles, "language-nodejs.js"), join(bin, "pulumi-language-nodejs"), process.execPath);
  }
  return "built";
}

/** What the home holds, or undefined when that is not all there or of other versions. */
function holding(home: string): Holding | undefined {
  try {
    const found = JSON.parse(readFileSync(join(home, "engine.json"), "utf8")) as Holding;
    const same = found.version === CLI_VERSION && found.commandVersion === COMMAND_VERSION;
    return same && statSync(join(cliFolder(home, CLI_VERSION), "pulumi")).size === found.size
      ? found
      : undefined;
  } catch {
    return undefined;
  }
}

function record(home: string, source: Source, commandSource: Source): void {
  const { size } = statSync(join(cliFolder(home, CLI_VERSION), "pulumi"));
  const found: Holding = {
    version: CLI_VERSION,
    source,
    commandVersion: COMMAND_VERSION,
    commandSource,
    size,
  };
  const file = join(home, "engine.json");
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(found, undefined, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}
