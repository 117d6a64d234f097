import assert from "node:assert/strict";
import { type Assessment, assess } from "../../../policy/assess";
import { topology } from "../../../policy/topology";
import { upgradePathSchema } from "../../../policy/upgradePath";
import { stacks } from "../../stacks";
import { runStackPolicy } from "../../support/stackPolicy";

const openRules = {
  ssh: "ssh-open-to-the-world",
  database: "database-open-to-the-world",
  http: "http-without-redirect",
} as const;

/** `machine: web-1` for each single point of failure that isn't the region. */
function singlePoints(assessment: Assessment, certain: boolean): string[] {
  return assessment.findings
    .filter((finding) => finding.rule === "single-point-of-failure" && finding.scope !== "region")
    .filter((finding) => finding.certain === certain)
    .map(({ scope, names }) => `${scope}: ${[...names].sort().join(", ")}`)
    .sort();
}

describe("the policy on stacks in other people's styles", () => {
  for (const stack of stacks)
    describe(stack.name, () => {
      const { expected } = stack;
      for (const [phase, views] of [
        ["preview", stack.preview()],
        ["update", stack.updated()],
      ] as const) {
        const assessment = assess(topology(views));
        it(`finds the rung and every single point of failure at ${phase}, and no false one`, () => {
          assert.equal(assessment.rung, expected.rung);
          assert.deepEqual(singlePoints(assessment, true), [...expected.singlePoints]);
          assert.deepEqual(singlePoints(assessment, false), [...(expected.possible ?? [])]);
          if (expected.gaps !== undefined)
            assert.equal(assessment.gaps.length, expected.gaps, assessment.gaps.join("; "));
        });
        it(`reports what else it should at ${phase}, and no more`, () => {
          const rules = new Set<string>(assessment.findings.map(({ rule }) => rule));
          for (const rule of expected.reports ?? []) assert.ok(rules.has(rule), `${rule} is missing`);
          for (const rule of expected.silent ?? []) assert.ok(!rules.has(rule), `${rule} is false`);
        });
        it(`writes an upgrade path of the published schema at ${phase}`, () => {
          const read = upgradePathSchema.parse(JSON.parse(JSON.stringify(assessment.upgradePath)));
          assert.deepEqual(read, assessment.upgradePath);
        });
      }
      const { rails } = expected;
      if (rails !== undefined)
        it("finds the open ports and plain HTTP that it should, and no more, at preview and update", () => {
          for (const views of [stack.preview(), stack.updated()]) {
            const found = Object.entries(openRules).flatMap(([what, rule]) =>
              runStackPolicy(rule, views).map(({ urn }) => `${what} ${urn?.split("::").at(-1)}`),
            );
            assert.deepEqual(found.sort(), [...rails].sort());
          }
        });
      it("fills every field of every finding", () => {
        for (const finding of assess(topology(stack.updated())).findings)
          for (const text of [
            finding.title,
            finding.breaks,
            finding.notices,
            finding.nextStep.change,
            finding.nextStep.command,
          ])
            assert.match(text, /^\S.*\S$/s, JSON.stringify(finding));
      });
    });
});
