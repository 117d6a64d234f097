import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { closingLine } from "../../scripts/cli/test/closingLine";
import { type Group, type GroupResult, runGroup } from "../../scripts/cli/test/group";
import { failuresOf, groupsOf, runInLanes, sum } from "../../scripts/cli/test/lanes";

const result = (group: Group, failures = 0): GroupResult => ({
  group,
  output: "",
  passes: 2,
  failures,
  pending: 1,
});

describe("npm test", () => {
  it("runs quick tests together, and each file with machines by itself", () => {
    const { alone, lanes } = groupsOf([
      "test/unit/a.test.ts",
      "test/unit/b.test.ts",
      "test/machines/c.test.ts",
      "test/engine/d.test.ts",
    ]);
    assert.deepEqual(alone, [{ name: "unit", files: ["test/unit/a.test.ts", "test/unit/b.test.ts"] }]);
    assert.deepEqual(
      lanes.map(({ files }) => files),
      [["test/machines/c.test.ts"], ["test/engine/d.test.ts"]],
    );
  });

  it("runs two groups at once, every one exactly once, and adds up what became of them", async () => {
    const groups = ["a", "b", "c", "d", "e"].map((name) => ({ name, files: [name] }));
    let running = 0;
    let most = 0;
    const ended: string[] = [];
    const results = await runInLanes(
      groups,
      2,
      { running: () => {}, ended: ({ group }) => ended.push(group.name) },
      async (group) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return result(group, group.name === "c" ? 1 : 0);
      },
    );
    assert.equal(most, 2);
    assert.deepEqual(ended.sort(), ["a", "b", "c", "d", "e"]);
    assert.equal(closingLine(sum(results)), "10 passed, 1 failed, 5 skipped");
  });

  describe("of a file", () => {
    let folder: string;
    const group = (text: string): Group => {
      const file = join(folder, "some.test.ts");
      writeFileSync(file, text);
      return { name: "some", files: [relative(projectFolder, file)] };
    };
    beforeEach(() => {
      folder = mkdtempSync(join(projectFolder, ".local-test-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("counts what passes, fails and is left out, and keeps the account of what failed", async () => {
      const ran = await runGroup(
        group(
          'it("passes", () => {}); it("fails", () => { throw new Error("on purpose"); }); it.skip("is left out", () => {});',
        ),
        undefined,
        false,
      );
      assert.equal(closingLine(ran), "1 passed, 1 failed, 1 skipped");
      assert.match(failuresOf(ran), /^ *1 failing[\s\S]*on purpose/);
    });

    it("that ends before its tests do counts as failed", async () => {
      const ran = await runGroup(group('it("ends", () => process.exit(0));'), undefined, false);
      assert.equal(closingLine(ran), "0 passed, 1 failed");
      assert.match(failuresOf(ran), /some ended with 0 before its tests did/);
    });
  });
});
