import { readFileSync } from "node:fs";

/** Is there a process with this number that is still at work? One of another user is; one that has ended is not. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return !isZombie(pid);
}

/** A process that has ended but whose parent never asked how: some containers' first process asks nobody. */
function isZombie(pid: number): boolean {
  try {
    // Field 3 of /proc/PID/stat; field 2, the name, may hold spaces and brackets itself.
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
