import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Where npm's `pulumi` looks for the CLI of its version, in a Pulumi home. */
export function cliFolder(home: string, version: string): string {
  return join(home, "versions", version, "bin");
}

/** Where the engine looks for a resource plugin, in a Pulumi home. */
export function pluginFolder(home: string, name: string, version: string): string {
  return join(home, "plugins", `resource-${name}-v${version}`);
}

/**
 * Puts the file at `source` at `target` too, unless it is there: as a second name of the same file where both lie on
 * one disk, as a copy elsewhere. Not as a symbolic link, for the CLI looks for its language hosts beside itself, and
 * a clone is to go on working when the cache is emptied.
 */
export function place(source: string, target: string): void {
  const [wanted, there] = [statSync(source), statSync(target, { throwIfNoEntry: false })];
  if (there && (there.ino === wanted.ino || (there.size === wanted.size && there.mtimeMs >= wanted.mtimeMs)))
    return;
  replace(target, (temporary) => {
    try {
      linkSync(source, temporary);
    } catch {
      copyFileSync(source, temporary, constants.COPYFILE_FICLONE);
    }
  });
}

/** Places every file of a folder. */
export function placeFolder(source: string, target: string): void {
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    place(path, join(target, path.slice(source.length)));
  }
}

/**
 * Makes an executable that runs a bundled program under Node.js. The program lies beside it, so that the home works
 * by itself.
 *
 * @param node the Node.js to use; where it has gone, the one on PATH is used
 */
export function placeProgram(bundle: string, executable: string, node: string): void {
  const script = `${executable.split("/").at(-1)}.js`;
  place(bundle, join(dirname(executable), script));
  const text = [
    "#!/bin/sh",
    "# Made by scripts/engine: starts the program beside this file.",
    `node=${shellQuoted(node)}`,
    '[ -x "$node" ] || node=node',
    `exec "$node" "\${0%/*}/${script}" "$@"`,
    "",
  ].join("\n");
  if (existsSync(executable) && readFileSync(executable, "utf8") === text) return;
  replace(executable, (temporary) => {
    writeFileSync(temporary, text);
    chmodSync(temporary, 0o755);
  });
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Makes a file under another name and gives it its own at once, so that nobody ever runs half of it. */
function replace(target: string, make: (temporary: string) => void): void {
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  rmSync(temporary, { force: true });
  make(temporary);
  renameSync(temporary, target);
}
