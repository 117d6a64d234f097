import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Path of a file of the SDK, as the program in `folder` would find it.
 *
 * @throws when the program's packages are not installed
 */
export function sdkFile(folder: string, file: string): string {
  try {
    return createRequire(join(folder, "noop.js")).resolve(`@pulumi/pulumi/${file}`);
  } catch {
    throw new Error(`@pulumi/pulumi is not installed for ${folder}; run npm install there`);
  }
}

/** A package that a program uses. */
export interface Dependency {
  name: string;
  version: string;
}

/** The packages that the nearest package.json at or above `folder` names, with the versions that are installed. */
export function directDependencies(folder: string): Dependency[] {
  const root = packageRoot(folder);
  if (!root) return [];
  const wanted = { ...readJson(join(root, "package.json")) } as { [key: string]: { [name: string]: string } };
  const names = Object.keys({ ...wanted.dependencies, ...wanted.devDependencies }).sort();
  return names.flatMap((name) => installed(join(root, "node_modules", name)));
}

/** Every package installed for the program in `folder`. */
export function allDependencies(folder: string): Dependency[] {
  const root = packageRoot(folder);
  if (!root) return [];
  const modules = join(root, "node_modules");
  if (!existsSync(modules)) return [];
  return readdirSync(modules)
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    )
    .filter((name) => !name.startsWith("."))
    .flatMap((name) => installed(join(modules, name)));
}

function installed(folder: string): Dependency[] {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return [];
  const { name, version } = readJson(file);
  return typeof name === "string" && typeof version === "string" ? [{ name, version }] : [];
}

function packageRoot(folder: string): string | undefined {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : packageRoot(parent);
}

function readJson(file: string): { [key: string]: unknown } {
  return JSON.parse(readFileSync(file, "utf8"));
}
