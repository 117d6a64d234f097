import { readdirSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../project/folders";

/** The kinds of tests, in the order in which they run: what fails soonest first. */
export const kinds = ["project", "unit", "engine", "machines", "browser"] as const;
export type Kind = (typeof kinds)[number];

/** The test files below test/, by kind and name. */
export function testFiles(wanted: readonly Kind[]): string[] {
  return kinds.filter((kind) => wanted.includes(kind)).flatMap(filesOf);
}

function filesOf(kind: string): string[] {
  return readdirSync(join(projectFolder, "test", kind), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .sort()
    .map((file) => join("test", kind, file));
}
