import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheFolder, contentKey, isComplete } from "./cache";
import { checkCli } from "./checkCli";
import { progressOf } from "./progress";
import { mustRunProcess } from "./runProcess";
import { findGo, requiredGoVersion } from "./toolchain";
import { CLI_VERSION } from "./versions";

/** The folder of go.mod and go.sum, which pin every module that goes into the CLI. */
const MODULE_FOLDER = join(__dirname, "cli");
const CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
/** `-s -w`: without debugging symbols, a third smaller. */
const LINKER_FLAGS = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${CLI_VERSION}`;
const BUILD_FLAGS = ["-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", LINKER_FLAGS];

/** Where the built CLI lies in the cache: by its version, the modules that go into it, and the platform. */
export function cliCacheFolder(goModule: string, goSums: string, platform: string): string {
  return join(cacheFolder(), "engine", `${CLI_VERSION}-${contentKey([goModule, goSums, platform])}`);
}

function thisCacheFolder(): string {
  const [goModule = "", goSums = ""] = ["go.mod", "go.sum"].map((name) =>
    readFileSync(join(MODULE_FOLDER, name), "utf8"),
  );
  return cliCacheFolder(goModule, goSums, `${process.platform}-${process.arch}`);
}

/** Was the CLI built before? */
export function isBuilt(): boolean {
  return isComplete(thisCacheFolder());
}

/**
 * The folder with the CLI (`pulumi`), built from its Go module when it is not in the cache: 4 minutes on two cores.
 * What Go compiled before an interruption is in Go's own cache, so the next build goes on from there.
 */
export async function buildCli(report: (line: string) => void): Promise<string> {
  return cached(
    thisCacheFolder(),
    async (temporary) => {
      const go = await findGo(requiredGoVersion(readFileSync(join(MODULE_FOLDER, "go.mod"), "utf8")), report);
      const run = (args: string[], onErrorLine: (line: string) => void) =>
        mustRunProcess(go.path, args, { cwd: MODULE_FOLDER, env: go.environment, onErrorLine });

      const downloaded = progressOf("downloading the Pulumi CLI's Go modules", report);
      let modules = 0;
      const format = "{{if .Stale}}{{.ImportPath}}{{end}}";
      const stale = await run(["list", ...BUILD_FLAGS, "-deps", "-f", format, CLI_PACKAGE], (line) => {
        if (line.startsWith("go: downloading ")) downloaded(`${++modules} modules`);
      });
      const total = stale.split("\n").filter(Boolean).length;

      const binary = join(temporary, "pulumi");
      const built = progressOf(`building the Pulumi CLI ${CLI_VERSION}`, report);
      let packages = 0;
      // With -v Go names each package as it is done with it.
      await run(["build", ...BUILD_FLAGS, "-v", "-o", binary, CLI_PACKAGE], () => {
        packages += 1;
        built(packages < total ? `${packages} of ${total} packages` : "putting it together");
      });
      chmodSync(binary, 0o755);
      await checkCli(binary);
    },
    report,
  );
}
