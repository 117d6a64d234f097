import { readdirSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../project/folders";

/** The kinds of tests, in the order in which they run: what fails soonest first. */
export const kinds = ["project", "unit", "engine", "machines", "browser"] as const;

/**
 * The test files below test/, by kind and name.
 * @throws when a kind is not one of `kinds`
 */
export function testFiles(wanted: readonly string[] = kinds): string[] {
  const unknown = wanted.find((kind) => !(kinds as readonly string[]).includes(kind));
  if (unknown !== undefined) throw new Error(`"${unknown}" is no kind of test: expected ${kinds.join(", ")}`);
  return kinds.filter((kind) => wanted.includes(kind)).flatMap(filesOf);
}

function filesOf(kind: string): string[] {
  return readdirSync(join(projectFolder, "test", kind), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .sort()
    .map((file) => join("test", kind, file));
}
