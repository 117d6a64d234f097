import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join, posix, resolve, sep } from "node:path";
import { create } from "tar";

/** A folder packed into one file that is the same bytes for the same content. */
export interface Archive {
  /** Absolute path of the tar.gz. */
  readonly path: string;
  /** SHA-256 of names, contents and modes, in hex: what the folder holds, whatever packed it. */
  readonly hash: string;
  /** SHA-256 of the packed file itself, in hex: what the receiver checks. */
  readonly digest: string;
}

export interface ArchiveOptions {
  /** Names left out wherever they occur (`.git`), or paths from the folder (`var/cache`). */
  readonly exclude?: readonly string[];
  /** Where the archives lie; `.local/bundles` of the current folder when unset. */
  readonly bundles?: string;
}

/** One thing in the folder. */
export interface ArchiveEntry {
  /** From the folder, with forward slashes. */
  readonly path: string;
  readonly type: "folder" | "file" | "link";
  /** 0o755 for folders and for files that may be executed, 0o644 for the others. */
  readonly mode: number;
  /** A file's SHA-256 in hex; a link's target. */
  readonly content: string;
}

/** Left out of every archive. */
const alwaysExcluded = [".git", ".DS_Store"];

/**
 * Packs a folder into `.local/bundles/<hash>.tar.gz`. Same content, same bytes: owners, times and the order on disk play no part.
 * @throws Error when the folder is missing or empty, or holds something that is no file, folder or link inside it.
 */
export function deterministicArchive(folder: string, options: ArchiveOptions = {}): Archive {
  const entries = listEntries(folder, [...alwaysExcluded, ...(options.exclude ?? [])]);
  if (!entries.some((entry) => entry.type !== "folder")) {
    throw new Error(`${folder}: no files in it; expected the folder that holds the site`);
  }
  const hash = hashEntries(entries);
  const path = join(resolve(options.bundles ?? ".local/bundles"), `${hash}.tar.gz`);
  if (!existsSync(path)) {
    pack(folder, entries, path);
  }
  return { path, hash, digest: sha256(readFileSync(path)) };
}

/** A folder's hash by content: the same wherever and whenever it is computed. */
export function hashEntries(entries: readonly ArchiveEntry[]): string {
  const lines = entries.map(({ path, type, mode, content }) => JSON.stringify([path, type, mode, content]));
  return sha256(lines.join("\n"));
}

/**
 * When a file was "changed", for the archive: taken from its content, between 2001 and 2010. Web servers make ETags of size and time, so
 * that a changed file of the same size needs another time, and a file that stayed the same keeps its place in browsers' caches.
 */
export function contentTime(entry: ArchiveEntry): Date {
  const seconds = 1_000_000_000 + (Number.parseInt(sha256(entry.content).slice(0, 7), 16) % 2 ** 28);
  return new Date(seconds * 1000);
}

/** Everything in a folder, in the order of the paths' bytes. */
export function listEntries(folder: string, exclude: readonly string[]): ArchiveEntry[] {
  if (!existsSync(folder) || !lstatSync(resolve(folder)).isDirectory()) {
    throw new Error(`${folder}: no such folder`);
  }
  const entries: ArchiveEntry[] = [];
  const visit = (relative: string) => {
    for (const name of readdirSync(join(folder, relative))) {
      const path = relative === "" ? name : posix.join(relative, name);
      if (exclude.includes(name) || exclude.includes(path)) {
        continue;
      }
      const entry = readEntry(folder, path);
      entries.push(entry);
      if (entry.type === "folder") {
        visit(path);
      }
    }
  };
  visit("");
  return entries.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

function readEntry(folder: string, path: string): ArchiveEntry {
  const full = join(folder, path);
  const status = lstatSync(full);
  if (status.isDirectory()) {
    return { path, type: "folder", mode: 0o755, content: "" };
  }
  if (status.isSymbolicLink()) {
    const target = readlinkSync(full);
    if (!resolve(dirname(full), target).startsWith(resolve(folder) + sep)) {
      throw new Error(
        `${full}: a link to ${target}, outside the folder; copy what it points to, or exclude it`,
      );
    }
    return { path, type: "link", mode: 0o777, content: target };
  }
  if (!status.isFile()) {
    throw new Error(`${full}: neither a file, a folder nor a link; remove or exclude it`);
  }
  const mode = status.mode & 0o100 ? 0o755 : 0o644;
  return { path, type: "file", mode, content: sha256(readFileSync(full)) };
}

function pack(folder: string, entries: readonly ArchiveEntry[], path: string): void {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  mkdirSync(dirname(path), { recursive: true });
  // Written beside and renamed, so that a killed run never leaves half an archive under the final name.
  const unfinished = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    create(
      {
        file: unfinished,
        cwd: folder,
        sync: true,
        gzip: true,
        portable: true,
        noDirRecurse: true,
        onWriteEntry: (written) => {
          const entry = byPath.get(posix.normalize(written.path).replace(/\/$/, ""));
          if (entry !== undefined) {
            written.mtime = contentTime(entry);
            if (written.stat !== undefined) {
              written.stat.mode = (written.stat.mode & ~0o7777) | entry.mode;
            }
          }
        },
      },
      // A leading "./" keeps a name that begins with "@" from being read as an archive to include.
      entries.map((entry) => `./${entry.path}`),
    );
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
