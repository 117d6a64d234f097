import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { create } from "tar";
import { pruneBundles } from "./bundles";

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
  /** Patterns as a `.gitignore` has them: names anywhere (`*.log`), paths from the folder (`var/cache`), `!` for what stays. */
  readonly exclude?: readonly string[];
  /** Paths that git ignores, from the folder; `exclude` decides after them. */
  readonly ignored?: ReadonlySet<string>;
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

/** How much of a file is read at a time, in bytes. */
const blockSize = 2 ** 20;

/**
 * Packs a folder into `.local/bundles/<hash>.tar.gz`. Same content, same bytes: owners, times and the order on disk play no part.
 * @throws Error when the folder is missing or empty, or holds something that is no file, folder or link inside it.
 */
export function deterministicArchive(folder: string, options: ArchiveOptions = {}): Archive {
  const entries = listEntries(folder, options);
  if (!entries.some((entry) => entry.type !== "folder")) {
    throw new Error(`${folder}: no files in it; expected the folder that holds the site`);
  }
  const hash = hashEntries(entries);
  const path = join(resolve(options.bundles ?? ".local/bundles"), `${hash}.tar.gz`);
  if (existsSync(path)) {
    const now = new Date();
    utimesSync(path, now, now);
  } else {
    pack(folder, entries, path);
  }
  pruneBundles(dirname(path));
  return { path, hash, digest: fileDigest(path) };
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
export function listEntries(folder: string, { exclude = [], ignored }: ArchiveOptions): ArchiveEntry[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`${folder}: no such folder`);
  }
  const rules = ignore().add([...exclude]);
  const entries: ArchiveEntry[] = [];
  const visit = (parent: string) => {
    for (const name of readdirSync(join(folder, parent), { withFileTypes: true })) {
      const path = posix.join(parent, name.name);
      if (alwaysExcluded.includes(name.name) || isExcluded(path, name.isDirectory(), rules, ignored)) {
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

/** Whether something is left out: patterns decide, and where none of them matches, git. */
function isExcluded(path: string, isFolder: boolean, rules: Ignore, ignored?: ReadonlySet<string>): boolean {
  const decided = rules.test(isFolder ? `${path}/` : path);
  return decided.ignored || (!decided.unignored && ignored?.has(path) === true);
}

function readEntry(folder: string, path: string): ArchiveEntry {
  const full = join(folder, path);
  const status = lstatSync(full);
  if (status.isDirectory()) {
    return { path, type: "folder", mode: 0o755, content: "" };
  }
  if (status.isSymbolicLink()) {
    return { path, type: "link", mode: 0o777, content: linkTarget(folder, path) };
  }
  if (!status.isFile()) {
    throw new Error(`${full}: neither a file, a folder nor a link; remove or exclude it`);
  }
  const mode = status.mode & 0o100 ? 0o755 : 0o644;
  return { path, type: "file", mode, content: fileDigest(full) };
}

/** Where a link leads on the server: an absolute path into the folder, which lies elsewhere there, is made relative. */
function linkTarget(folder: string, path: string): string {
  const full = join(folder, path);
  const target = readlinkSync(full);
  // The folder may be reached in several ways, and the target written in any of them.
  const root = realpathSync(folder);
  const inside = [
    relative(root, resolve(root, dirname(path), target)),
    relative(resolve(folder), resolve(folder, dirname(path), target)),
    ...(target.startsWith("/") && existsSync(full) ? [relative(root, realpathSync(full))] : []),
  ].find((way) => way !== ".." && !way.startsWith(`..${sep}`));
  if (inside === undefined) {
    throw new Error(
      `${full}: a link to ${target}, outside the folder; copy what it points to, or exclude it`,
    );
  }
  if (!target.startsWith("/")) return target;
  return posix.relative(posix.dirname(path), inside) || ".";
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
        linkCache: new NoHardLinks(),
        onWriteEntry: (written) => {
          const entry = byPath.get(posix.normalize(written.path).replace(/\/$/, ""));
          if (entry !== undefined) {
            written.mtime = contentTime(entry);
            if (entry.type === "link") {
              written.linkpath = entry.content;
            }
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

/** Two names of one file are two files on the server: whether they are one here plays no part in the content. */
class NoHardLinks extends Map<`${number}:${number}`, string> {
  override get(): undefined {
    return undefined;
  }
}

/** SHA-256 of a file of any size, in hex. */
function fileDigest(path: string): string {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  try {
    for (let read = blockSize; read === blockSize; ) {
      read = readSync(file, block, 0, blockSize, null);
      hash.update(block.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

const block = Buffer.allocUnsafe(blockSize);

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
