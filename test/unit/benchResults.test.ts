import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { type Goal, goal, type Row, rowOf } from "../support/load/result";

const usual = { metric: "pages", value: 3, unit: "s", baseline: 2, ratio: 1.5 };

describe("a figure of a bench", () => {
  const cases: readonly (readonly [wanted: Goal, met: boolean])[] = [
    [goal("3 s or less", "value", "at most", 3), true],
    [goal("below 3 s", "value", "at most", 2.9), false],
    [goal("20 or more", "value", "at least", 20), false],
    [goal("1.5 times", "ratio", "at least", 1.5), true],
    [goal("not above", "ratio", "at most", 1), false],
  ];
  for (const [wanted, met] of cases) {
    it(`${met ? "meets" : "misses"} the goal ${wanted.words}`, () => {
      assert.deepEqual(rowOf({ ...usual, goal: wanted }), { ...usual, goal: wanted.words, met });
    });
  }

  it("meets a goal of two bounds only when both hold", () => {
    const limits = [
      { of: "value", direction: "at most", bound: 3 },
      { of: "ratio", direction: "at most", bound: 1 },
    ] as const;
    assert.equal(rowOf({ ...usual, goal: { words: "both", limits } }).met, false);
    assert.equal(rowOf({ ...usual, ratio: 1.004, goal: { words: "both", limits } }).met, true);
  });

  it("misses its goal when it could not be measured", () => {
    const wanted = goal("2 s or less", "value", "at most", 2);
    assert.equal(rowOf({ ...usual, value: Number.NaN, goal: wanted }).met, false);
    assert.equal(
      rowOf({ metric: "none", value: 1, unit: "", goal: goal("x", "ratio", "at most", 1) }).met,
      false,
    );
  });

  it("says nothing of a goal where there is none", () => assert.deepEqual(rowOf(usual), usual));
});

describe("the recorded figures of benches", () => {
  const folder = join(projectFolder, "bench/results");
  for (const file of readdirSync(folder)) {
    it(`${file} says of each goal whether it is met`, () => {
      const { results } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { results: Row[] };
      const goals = results.filter((row) => row.goal !== undefined);
      assert.ok(goals.length > 0);
      for (const row of results)
        assert.equal(typeof row.met, row.goal === undefined ? "undefined" : "boolean", row.metric);
    });
  }
});
