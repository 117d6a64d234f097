import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assetArchive, fileAsset, type Properties, type Value } from "../values";

/** A file by its path relative to a folder, and where it is. */
export type FoundFiles = Map<string, string>;

/**
 * The files below `folder` that the patterns choose, in the patterns' order: one that begins with `!` takes out what
 * those before it chose. `*` and `?` stay within a path's part, `**` does not; `[abc]`, `[!abc]` and `{one,two}` work.
 */
export function matchingFiles(folder: string, patterns: string[]): FoundFiles {
  const rules = patterns.map((pattern) => {
    const excludes = pattern.startsWith("!");
    return { excludes, expression: globExpression(excludes ? pattern.slice(1) : pattern) };
  });
  const found: FoundFiles = new Map();
  for (const path of filesBelow(folder, "")) {
    const chosen = rules.reduce(
      (before, { excludes, expression }) => (expression.test(path) ? !excludes : before),
      false,
    );
    if (chosen) found.set(path, join(folder, path));
  }
  return found;
}

/** The regular expression that a glob pattern stands for. */
export function globExpression(pattern: string): RegExp {
  let depth = 0;
  const source = pattern.replace(/\*\*|\*|\?|\\.|\[!?[^\]]*\]|[{},]|[^\w/]/g, (token) => {
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token.startsWith("[")) return token.replace(/^\[!/, "[^");
    if (token === "{") {
      depth += 1;
      return "(?:";
    }
    if (token === "}" && depth > 0) {
      depth -= 1;
      return ")";
    }
    if (token === "," && depth > 0) return "|";
    return token.startsWith("\\") ? token : `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}

/** The files as assets by their relative paths. */
export function assetsOf(files: FoundFiles): Properties {
  const assets = [...files].map(([path, file]): [string, Value] => [path, fileAsset(file, hashOf(file))]);
  return Object.fromEntries(assets);
}

/** The files as one archive. */
export function archiveOf(files: FoundFiles): Value {
  const hash = createHash("sha256");
  for (const [path, file] of [...files].sort()) hash.update(`${path}\0${hashOf(file)}\0`);
  return assetArchive(assetsOf(files), hash.digest("hex"));
}

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function filesBelow(folder: string, prefix: string): string[] {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, path) : [path];
  });
}
