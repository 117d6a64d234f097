import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { processExists } from "./processExists";

/** How often a held lock is looked at again, in milliseconds. */
const INTERVAL = 250;
/** How often the wait is reported, in milliseconds. */
const REPORT_INTERVAL = 4000;

/**
 * Names one process for all time on this machine: its number and when it began, for numbers are used again. Where
 * the system does not tell when (no /proc), the number alone.
 */
export function processIdentity(pid: number): string {
  try {
    // Field 22 of /proc/PID/stat; field 2, the name, may hold spaces and brackets itself.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return `${pid}-${fields[19]}`;
  } catch {
    return `${pid}`;
  }
}

/**
 * Is a lock with this content held by nobody any more?
 *
 * @param content what its holder wrote: its identity
 * @param identify gives the identity of the process with a number now
 * @param exists tells whether there is such a process
 */
export function isStale(
  content: string,
  identify: (pid: number) => string = processIdentity,
  exists: (pid: number) => boolean = processExists,
): boolean {
  const pid = Number.parseInt(content, 10);
  if (!(pid > 0)) return true; // Its writer was killed between making and writing it.
  return !exists(pid) || identify(pid) !== content.trim();
}

/**
 * Does work that only one process may do at a time. Waits while another does it; a lock whose holder has died is
 * taken over.
 */
export async function withLock<T>(
  path: string,
  report: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const mine = processIdentity(process.pid);
  let reported = Date.now();
  while (!take(path, mine)) {
    if (Date.now() - reported > REPORT_INTERVAL) {
      report(
        `waiting for another run (process ${Number.parseInt(read(path) ?? "", 10)}) that does the same work`,
      );
      reported = Date.now();
    }
    await wait(INTERVAL);
  }
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

function take(path: string, mine: string): boolean {
  // Written under another name first, so that nobody ever sees a lock without its holder.
  const own = `${path}.${mine}`;
  writeFileSync(own, mine);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const content = read(path);
    if (content !== undefined && isStale(content)) remove(path, content, own);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes a stale lock, but not a fresh one that took its place meanwhile. */
function remove(path: string, stale: string, own: string): void {
  const aside = `${own}.stale`;
  try {
    renameSync(path, aside);
    if (read(aside) !== stale) linkSync(aside, path);
    unlinkSync(aside);
  } catch {
    // Another process was faster; the next look tells.
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
