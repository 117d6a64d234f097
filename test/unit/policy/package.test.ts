import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { guardRails } from "../../../policy/guardRails";
import { stackPolicies } from "../../../policy/stackPolicies";
import { projectFolder } from "../../../scripts/cli/project/folders";

const folder = join(projectFolder, "policy");
const readme = readFileSync(join(folder, "README.md"), "utf8");
const read = (path: string) =>
  JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, string>>;

describe("the policy pack as a package of its own", () => {
  for (const policy of [...stackPolicies, ...guardRails])
    it(`describes ${policy.name} in the README, with its level and severity`, () => {
      const row = readme.split("\n").find((line) => line.startsWith(`| \`${policy.name}\``));
      assert.ok(row, "no row in the README");
      assert.ok(
        row.startsWith(`| \`${policy.name}\` | ${policy.enforcementLevel} | ${policy.severity} |`),
        row,
      );
      if ("validateResource" in policy)
        assert.equal(/\| \|$/.test(row), policy.remediateResource === undefined, row);
    });

  it("pins the same versions as the project", () => {
    const { dependencies } = read(join(folder, "package.json"));
    const project = read(join(projectFolder, "package.json"));
    for (const [name, version] of Object.entries(dependencies ?? {}))
      assert.equal(version, project.dependencies?.[name] ?? project.devDependencies?.[name], name);
  });

  it("loads nothing from outside its folder but the packages that it names", () => {
    const named = Object.keys(read(join(folder, "package.json")).dependencies ?? {});
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.(ts|js)$/.test(file),
    );
    assert.ok(files.length > 20);
    for (const file of files.filter((path) => !path.startsWith("node_modules"))) {
      const text = readFileSync(join(folder, file), "utf8");
      for (const [, from = ""] of text.matchAll(/(?:from |require\(|import\()"([^"]+)"/g)) {
        if (from.startsWith("node:")) continue;
        const up = (from.match(/\.\.\//g) ?? []).length;
        if (from.startsWith(".")) assert.ok(up <= file.split("/").length - 1, `${file} loads ${from}`);
        else
          assert.ok(
            named.some((name) => from === name || from.startsWith(`${name}/`)),
            `${file} loads ${from}`,
          );
      }
    }
  });
});
