import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import { processIdentity, withLock } from "./lock";

/** Written last into a folder of the cache: the sizes of all its files, so that half a folder is told from a whole. */
const MARKER = "complete.json";

/** What all clones of this project share: `one-server-web` in the user's cache folder (XDG). */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME;
  // The XDG specification: a relative path is to be ignored.
  return join(
    base && isAbsolute(base) ? base : join(environment.HOME || homedir(), ".cache"),
    "one-server-web",
  );
}

/** A short name for content: the first 16 digits of the SHA-256 of all parts. */
export function contentKey(parts: (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 16);
}

/** Does the folder hold every file that was in it when it was published, each with its size? */
export function isComplete(folder: string): boolean {
  try {
    const sizes = JSON.parse(readFileSync(join(folder, MARKER), "utf8")) as { [path: string]: number };
    return Object.entries(sizes).every(([path, size]) => statSync(join(folder, path)).size === size);
  } catch {
    return false;
  }
}

/**
 * Makes a folder of the cache once: `make` fills a temporary folder beside it, which gets the name only when it is
 * whole. Two processes at once do the work once; a folder that is not whole is made anew.
 *
 * @param make fills the folder it is given; throws when it cannot
 * @param report called while another process makes it
 */
export async function cached(
  folder: string,
  make: (temporary: string) => Promise<void>,
  report: (line: string) => void,
): Promise<string> {
  if (isComplete(folder)) return folder;
  mkdirSync(join(folder, ".."), { recursive: true });
  return withLock(`${folder}.lock`, report, async () => {
    if (isComplete(folder)) return folder; // Another process made it while this one waited.
    removeLeftovers(folder);
    const temporary = `${folder}.making-${processIdentity(process.pid)}`;
    mkdirSync(temporary, { recursive: true });
    try {
      await make(temporary);
      publish(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    return folder;
  });
}

/** Gives a filled folder its name, after everything in it is on the disk. */
function publish(temporary: string, folder: string): void {
  const files = filesBelow(temporary);
  const sizes = Object.fromEntries(files.map((file) => [relative(temporary, file), statSync(file).size]));
  const marker = join(temporary, MARKER);
  writeFileSync(marker, JSON.stringify(sizes, undefined, 2));
  for (const file of [...files, marker]) sync(file);
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
}

/** What runs that were killed left beside the folder. The lock is held, so nobody is at work on it. */
function removeLeftovers(folder: string): void {
  const parent = join(folder, "..");
  for (const name of readdirSync(parent)) {
    if (join(parent, name).startsWith(`${folder}.making-`))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function sync(file: string): void {
  if (!existsSync(file)) return;
  const descriptor = openSync(file, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
