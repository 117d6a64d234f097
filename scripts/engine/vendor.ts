import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheFolder, isComplete } from "./cache";
import { checkCli } from "./checkCli";
import { download, request } from "./download";
import { pluginFolder } from "./home";
import { progressOf } from "./progress";
import { mustRunProcess } from "./runProcess";
import { CLI_VERSION, COMMAND_VERSION } from "./versions";

/**
 * Where the vendor publishes the CLI: the address that its own installer uses. ONE_SERVER_WEB_RELEASES names a mirror.
 */
function releasesAddress(): string {
  return process.env.ONE_SERVER_WEB_RELEASES || "https://get.pulumi.com/releases/sdk";
}
/** Within this time it is decided whether the vendor can be reached, in milliseconds. */
const DECISION_TIME = 10_000;
/** The vendor's plugin must be there within this time, in milliseconds. */
const PLUGIN_TIME = 180_000;

/** The address of the vendor's CLI for this platform. */
export function cliAddress(releases: string, platform: string, architecture: string): string {
  return `${releases}/pulumi-v${CLI_VERSION}-${platform}-${architecture}.tar.gz`;
}

/** Can the vendor's download be reached? Answers within 10 s, with the reason when not. */
export async function probeVendor(
  releases = releasesAddress(),
  time = DECISION_TIME,
): Promise<{ reachable: boolean; reason: string }> {
  const address = cliAddress(releases, process.platform, process.arch);
  const controller = new AbortController();
  const limit = setTimeout(() => controller.abort(new Error(`no answer within ${time / 1000} s`)), time);
  try {
    const answer = await request(address, { method: "HEAD", signal: controller.signal });
    answer.resume();
    return { reachable: answer.statusCode === 200, reason: `the answer was ${answer.statusCode}` };
  } catch (error) {
    return { reachable: false, reason: (error as Error).message };
  } finally {
    clearTimeout(limit);
  }
}

function cliCache(): string {
  return join(cacheFolder(), "engine", `${CLI_VERSION}-vendor-${process.platform}-${process.arch}`);
}

function commandCache(): string {
  return join(
    cacheFolder(),
    "engine",
    `command-${COMMAND_VERSION}-vendor-${process.platform}-${process.arch}`,
  );
}

/** Was the vendor's CLI downloaded before? */
export function hasVendorCli(): boolean {
  return isComplete(cliCache());
}

/**
 * The folder with the vendor's CLI and its language hosts.
 *
 * @throws when the download fails; what has arrived is kept for the next attempt
 */
export async function vendorCli(
  report: (line: string) => void,
  releases = releasesAddress(),
): Promise<string> {
  const folder = cliCache();
  return cached(
    folder,
    async (temporary) => {
      const archive = `${folder}.tar.gz`;
      const downloaded = progressOf(`downloading the Pulumi CLI ${CLI_VERSION}`, report);
      await download(cliAddress(releases, process.platform, process.arch), archive, (bytes, of) =>
        downloaded(of > 0 ? `${Math.floor((100 * bytes) / of)} %` : `${Math.floor(bytes / 1e6)} MB`),
      );
      try {
        await unpackCli(archive, temporary);
      } finally {
        rmSync(archive, { force: true }); // Unpacked, or damaged: not needed again either way.
      }
    },
    report,
  );
}

/** Unpacks the vendor's archive, whose programs lie in `pulumi/` or `pulumi/bin/`, and asks the CLI who it is. */
async function unpackCli(archive: string, folder: string): Promise<void> {
  const unpacked = join(folder, "unpacked");
  mkdirSync(unpacked);
  const { extract } = await import("tar"); // Loaded only now, for most runs find the engine there.
  await extract({ file: archive, cwd: unpacked });
  const programs = [join(unpacked, "pulumi", "bin"), join(unpacked, "pulumi")].find((path) =>
    existsSync(join(path, "pulumi")),
  );
  if (!programs) throw new Error("the vendor's archive holds no pulumi");
  for (const name of readdirSync(programs)) renameSync(join(programs, name), join(folder, name));
  rmSync(unpacked, { recursive: true });
  await checkCli(join(folder, "pulumi"));
}

/**
 * The folder with the vendor's command plugin, fetched by the CLI itself.
 *
 * @throws when it cannot be fetched within three minutes
 */
export async function vendorCommandPlugin(cli: string, report: (line: string) => void): Promise<string> {
  return cached(
    commandCache(),
    async (temporary) => {
      const home = join(temporary, "home");
      mkdirSync(home);
      report(`downloading the command plugin ${COMMAND_VERSION}`);
      await mustRunProcess(
        cli,
        ["plugin", "install", "resource", "command", COMMAND_VERSION, "--non-interactive"],
        {
          env: { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
          timeout: PLUGIN_TIME,
        },
      );
      const plugin = pluginFolder(home, "command", COMMAND_VERSION);
      for (const name of readdirSync(plugin)) renameSync(join(plugin, name), join(temporary, name));
      rmSync(home, { recursive: true });
    },
    report,
  );
}
