import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cached, cacheFolder, contentKey } from "../../scripts/engine/cache";
import { mustRunProcess } from "../../scripts/engine/runProcess";
import { findGo, requiredGoVersion } from "../../scripts/engine/toolchain";

/**
 * A program that is published as a Go module, built when it is not in the cache.
 * @param source the folder whose go.mod and go.sum pin it
 * @param command its import path
 * @returns the program's path
 */
export async function goTool(source: string, name: string, command: string): Promise<string> {
  const pins = ["go.mod", "go.sum"].map((file) => readFileSync(join(source, file), "utf8"));
  const folder = join(cacheFolder(), name, contentKey([...pins, process.platform, process.arch]));
  const quiet = () => {};
  const built = await cached(
    folder,
    async (temporary) => {
      const go = await findGo(requiredGoVersion(pins[0] ?? ""), quiet);
      const args = [
        "build",
        "-mod=readonly",
        "-buildvcs=false",
        "-trimpath",
        "-o",
        join(temporary, name),
        command,
      ];
      await mustRunProcess(go.path, args, { cwd: source, env: go.environment });
    },
    quiet,
  );
  return join(built, name);
}
