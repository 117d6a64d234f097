import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheFolder, contentKey } from "./cache";
import { CLI_VERSION } from "./ensure";

/** The folder of go.mod and go.sum, which pin every module that goes into the CLI. */
const MODULE_FOLDER = join(__dirname, "cli");

/** Where the built CLI lies in the cache: by its version, the modules that go into it, and the platform. */
export function cliCacheFolder(goModule: string, goSums: string, platform: string): string {
  return join(cacheFolder(), "engine", `${CLI_VERSION}-${contentKey([goModule, goSums, platform])}`);
}

/** The folder with the CLI, built from its Go module when it is not in the cache. */
export async function buildCli(report: (line: string) => void): Promise<string> {
  const [goModule, goSums] = ["go.mod", "go.sum"].map((name) =>
    readFileSync(join(MODULE_FOLDER, name), "utf8"),
  );
  const folder = cliCacheFolder(goModule ?? "", goSums ?? "", `${process.platform}-${process.arch}`);
  return cached(
    folder,
    async () => {
      throw new Error("TODO");
    },
    report,
  );
}
