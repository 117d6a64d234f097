import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** How many packed folders are kept: enough for the scripts and the latest releases of several stacks. */
const kept = 10;

/** What was used so recently may be on its way to a server just now, in milliseconds. */
const inUse = 3_600_000;

/** Removes packed folders that were not used of late, and what killed runs left. The servers have releases of their own. */
export function pruneBundles(folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{64}\.tar\.gz/.test(name))
    .map((name) => ({ path: join(folder, name), used: lastUse(join(folder, name)) }))
    .sort((one, other) => other.used - one.used);
  for (const { path, used } of files.slice(kept)) {
    if (Date.now() - used > inUse) rmSync(path, { force: true });
  }
}

/** Milliseconds since 1970; another run may have removed the file just now. */
function lastUse(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
