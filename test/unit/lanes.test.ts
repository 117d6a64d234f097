import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { keepBusy } from "../../scripts/cli/test/busy";
import { closingLine } from "../../scripts/cli/test/closingLine";
import { type Group, type GroupResult, runGroup } from "../../scripts/cli/test/group";
import { failuresOf, groupsOf, runInLanes, sum } from "../../scripts/cli/test/lanes";
import { processExists } from "../../scripts/engine/processExists";
import { eventually } from "../support/eventually";

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

  it("keeps processors busy until its end, and no longer than itself", async () => {
    const children = () => readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
    const before = children();
    const rest = keepBusy(2);
    const busy = children().filter((child) => !before.includes(child));
    assert.equal(busy.length, 2);
    const spent = () => busy.map((pid) => Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[13]));
    const first = spent();
    await eventually("both to compute", 10, () => spent().every((ticks, at) => ticks > (first[at] ?? 0) + 5));
    rest();
    await eventually("both to end", 10, () => busy.every((pid) => !processExists(Number(pid))));
    const run = spawn(process.execPath, [
      "--import",
      "tsx",
      "--eval",
      `
      require(${JSON.stringify(join(projectFolder, "scripts/cli/test/busy"))}).keepBusy(1);
      console.log(require("node:fs").readFileSync("/proc/self/task/" + process.pid + "/children", "utf8"));`,
    ]);
    const [orphan] = (await once(run.stdout.setEncoding("utf8"), "data")) as [string];
    const pid = orphan.trim().split(" ").at(-1);
    assert.ok(processExists(Number(pid)));
    run.kill("SIGKILL");
    await eventually("the one of a killed run to end", 10, () => !processExists(Number(pid)));
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

    it("runs one test alone, and a step of a story after those before it", async () => {
      const text = `import { story } from ${JSON.stringify(join(projectFolder, "scripts/cli/test/story"))};
        describe("a list", () => { it("one", () => {}); it("two", () => {}); });
        story("a life", () => {
          it("is born", () => {}); it("grows", () => {});
          describe("in age", () => { it("rests", () => {}); it("ends", () => {}); });
        });
        describe("another", () => { it("grows", () => { throw new Error("has its own tests"); }); });`;
      for (const [grep, passed] of [
        ["a list two", "two"],
        ["a life grows", "is born grows"],
        ["in age rests", "is born grows rests"],
        ["nowhere", ""],
      ] as const) {
        const { output, passes, failures } = await runGroup(group(text), grep, false);
        const titles = [...output.matchAll(/✔ (.+)$/gm)].map(([, title]) => title);
        assert.deepEqual([titles.join(" "), passes, failures], [passed, titles.length, 0], output);
      }
    });

    it("that ends before its tests do counts as failed", async () => {
      const ran = await runGroup(group('it("ends", () => process.exit(0));'), undefined, false);
      assert.equal(closingLine(ran), "0 passed, 1 failed");
      assert.match(failuresOf(ran), /some ended with 0 before its tests did/);
    });
  });
});
