import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { processExists } from "../../engine/processExists";

/** What the file backend writes into a lock (pulumi/pulumi `pkg/backend/diy/lock.go`). */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/**
 * Removes the locks that a killed run on this host left on the stack. The lock of a run that is still alive, or of
 * another host, stays: the CLI then says who holds it.
 */
export async function releaseStaleLocks(backendFolder: string, stack: string): Promise<void> {
  const folder = join(backendFolder, ".pulumi", "locks", "organization", "one-server-web", stack);
  for (const file of await readdir(folder).catch(() => [])) {
    const path = join(folder, file);
    const lock = parseLock(await readFile(path, "utf8").catch(() => ""));
    if (lock !== undefined && isStale(lock, hostname(), processExists)) await rm(path, { force: true });
  }
}

/** True when the process that made the lock ran on this host and is gone. */
export function isStale(lock: Lock, host: string, alive: (pid: number) => boolean): boolean {
  return lock.hostname === host && !alive(lock.pid);
}

function parseLock(text: string): Lock | undefined {
  try {
    const { pid, hostname } = JSON.parse(text) as Partial<Lock>;
    return typeof pid === "number" && typeof hostname === "string" ? { pid, hostname } : undefined;
  } catch {
    return undefined;
  }
}
