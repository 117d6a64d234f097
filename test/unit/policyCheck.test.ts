import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceView } from "../../policy/resources";
import { compare, readBaseline, writeBaseline } from "../../scripts/cli/policy/baseline";
import { checkStack } from "../../scripts/cli/policy/check";
import { sarif } from "../../scripts/cli/policy/sarif";
import { statesIn, survey, surveyText } from "../../scripts/cli/policy/survey";
import { projectFolder } from "../../scripts/cli/project/folders";
import { stacks } from "../stacks";
import type { TestStack } from "../stacks/builder";
import { runToEnd } from "../support/runToEnd";

const stackNamed = (name: string) => stacks.find((stack) => stack.name === name) as TestStack;
const lamp = stackNamed("classic-lamp-on-one-instance");
const balanced = stackNamed("two-instances-behind-an-alb-with-rds-in-one-zone");
const openDatabase: ResourceView = {
  type: "aws:rds/instance:Instance",
  name: "orders",
  urn: "urn:pulumi:prod::shop::aws:rds/instance:Instance::orders",
  properties: { publiclyAccessible: true },
};

describe("a baseline of accepted findings", () => {
  const folder = mkdtempSync(join(tmpdir(), "baseline-"));
  const file = join(folder, "baseline.json");
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("accepts what an old stack has, and fails on what is new", () => {
    const old = balanced.updated();
    const strict = { failOn: "low" } as const;
    assert.equal(checkStack(old, strict).failed, true);
    writeBaseline(file, checkStack(old).violations);
    const same = checkStack(old, { ...strict, baseline: file });
    assert.equal(same.failed, false, same.text);
    assert.match(
      same.text,
      /^0 findings, 0 of them must be mended\. \d+ more are accepted by the baseline\.$/m,
    );
    const worse = checkStack([...old, openDatabase], { ...strict, baseline: file });
    assert.equal(worse.failed, true);
    assert.ok(
      worse.violations.some(({ policy, urn }) => policy === "public-database" && urn === openDatabase.urn),
    );
  });

  it("says which accepted findings are gone", () => {
    writeBaseline(file, checkStack(lamp.updated()).violations);
    const { text } = checkStack([], { baseline: file });
    assert.match(text, /\d+ that it accepts are gone: write it again to drop them/);
  });

  it("accepts each finding once, no heavier one, and no target", () => {
    const one = {
      policy: "no-headroom",
      level: "advisory",
      severity: "medium",
      urn: "a",
      message: "a of 2 grows\nmore",
    } as const;
    writeBaseline(file, [one, { ...one, policy: "targets" }]);
    const baseline = readBaseline(file) ?? [];
    assert.equal(baseline.length, 1);
    const cases = [
      [[one], 0],
      [[{ ...one, message: "a of 3 grows" }], 0],
      [[{ ...one, severity: "low" }], 0],
      [[{ ...one, severity: "high" }], 1],
      [[{ ...one, urn: "b" }], 1],
      [[{ ...one, message: "a shrinks" }], 1],
      [[one, one], 1],
      [[{ ...one, policy: "targets" }], 1],
    ] as const;
    for (const [violations, fresh] of cases)
      assert.equal(compare(baseline, violations).fresh.length, fresh, JSON.stringify(violations));
  });

  it("is refused where it isn't one", () => {
    for (const content of [
      "no json",
      "{}",
      '{"version": 2, "accepted": []}',
      '{"version": 1, "accepted": [{}]}',
    ]) {
      writeFileSync(file, content);
      assert.throws(() => readBaseline(file), /expected a baseline as policy:check writes it/);
    }
    assert.equal(readBaseline(join(folder, "none.json")), undefined);
  });
});

describe("findings as SARIF", () => {
  interface Log {
    readonly version: string;
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly partialFingerprints: Record<string, string>;
        readonly locations: readonly {
          readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
        }[];
        readonly suppressions?: readonly unknown[];
      }[];
    }[];
  }
  const { violations } = checkStack([...lamp.updated(), openDatabase]);
  const log = sarif(violations.slice(1), violations.slice(0, 1), "Pulumi.yaml") as unknown as Log;

  it("names a rule, a place and a lasting fingerprint for each", () => {
    assert.equal(log.version, "2.1.0");
    const [run] = log.runs;
    assert.ok(run !== undefined && run.results.length > 5);
    for (const { ruleId, ruleIndex, level, message, locations, partialFingerprints } of run.results) {
      assert.equal(run.tool.driver.rules[ruleIndex]?.id, ruleId);
      assert.match(level, /^(note|warning|error)$/);
      assert.notEqual(message.text, "");
      assert.equal(locations[0]?.physicalLocation.artifactLocation.uri, "Pulumi.yaml");
      assert.match(partialFingerprints["finding/v1"] ?? "", /^[0-9a-f]{64}$/);
    }
    assert.ok(run.results.some(({ ruleId, level }) => ruleId === "public-database" && level === "error"));
    const prints = run.results.map(({ partialFingerprints }) => partialFingerprints["finding/v1"]);
    assert.equal(new Set(prints).size, prints.length);
  });

  it("shows accepted findings as suppressed, and what only informs not at all", () => {
    const results = log.runs[0]?.results ?? [];
    assert.equal(results.filter(({ suppressions }) => suppressions !== undefined).length, 1);
    assert.ok(!results.some(({ ruleId }) => ruleId === "upgrade-path" || ruleId === "not-judged"));
  });
});

describe("policy:survey", () => {
  const folder = mkdtempSync(join(tmpdir(), "survey-"));
  mkdirSync(join(folder, "team"));
  writeFileSync(join(folder, "lamp.json"), JSON.stringify(lamp.deployment()));
  writeFileSync(join(folder, "team", "balanced.json"), JSON.stringify(balanced.deployment()));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("judges every state below a folder, as policy:check does", () => {
    const { stacks: found, rules, unreadable } = survey(statesIn(folder));
    assert.deepEqual(unreadable, []);
    assert.deepEqual(
      found.map(({ name, rung }) => [name, rung]),
      [
        ["lamp.json", "single"],
        ["team/balanced.json", "load-balanced"],
      ],
    );
    const listed = (stack: TestStack) =>
      checkStack(stack.updated()).violations.filter(({ policy }) => policy !== "upgrade-path").length;
    const all = rules.reduce((sum, { findings }) => sum + findings, 0);
    assert.equal(all, listed(lamp) + listed(balanced));
  });

  it("prints tables of stacks, rules and what was not judged, and names files that it can't read", () => {
    const azure = {
      urn: "urn:pulumi:a::b::azure-native:web:WebApp::c",
      type: "azure-native:web:WebApp",
      custom: true,
    };
    writeFileSync(join(folder, "azure.json"), JSON.stringify({ deployment: { resources: [azure] } }));
    writeFileSync(join(folder, "broken.json"), "{");
    const text = surveyText(survey(statesIn(folder)));
    assert.match(text, /^stack +rung +resources +critical +high +medium +low +not judged +seconds$/m);
    assert.match(text, /^azure\.json +none +1 +0 +0 +0 +0 +1 +\d\.\d\d$/m);
    assert.match(text, /^3 stacks /m);
    assert.match(text, /^single-point-of-failure +\d+ +2$/m);
    assert.match(text, /^azure-native:web:WebApp +1$/m);
    assert.match(text, /^not read: broken\.json: expected JSON/m);
  });

  it("says what is wrong with the folder", () => {
    assert.throws(() => statesIn(join(folder, "none")), /expected a folder with states \(ENOENT\)/);
  });
});

describe("policy:check on a state, without a login", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "policy-check-"));
  const state = join(folder, "state.json");
  before(() => writeFileSync(state, JSON.stringify(balanced.deployment())));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Nothing of Pulumi's: no home with a login, no token, no backend, no passphrase. */
  const environment: NodeJS.ProcessEnv = { HOME: folder };
  for (const name of Object.keys(process.env)) if (name.startsWith("PULUMI")) environment[name] = undefined;
  const check = (...args: string[]) =>
    runToEnd(process.execPath, ["scripts/run.mjs", ...args], projectFolder, { env: environment });

  it("ends with 0 where nothing must be mended, and with 3 where something must", async () => {
    const advice = await check("policy:check", "--file", state);
    assert.equal(advice.code, 0, advice.output);
    const strict = await check("policy:check", "--file", state, "--fail-on", "medium");
    assert.equal(strict.code, 3, strict.output);
    const config = join(folder, "config.json");
    writeFileSync(config, '{"targets": {"minimumRung": "autoscaled"}}');
    const target = await check("policy:check", "--file", state, "--config", config);
    assert.equal(target.code, 3, target.output);
  });

  it("ends with 1 or 2 where the state couldn't be checked", async () => {
    for (const [args, code, says] of [
      [["--file", join(folder, "none.json")], 1, /can't be read \(ENOENT\)/],
      [["--file", state, "--fail-on", "severe"], 1, /--fail-on: expected one of/],
      [["--file", state, "--sorted"], 2, /Unknown option/],
      [[], 2, /Say what to check/],
    ] as const) {
      const ran = await check("policy:check", ...args);
      assert.equal(ran.code, code, ran.output);
      assert.match(ran.output, says);
    }
  });

  it("writes a baseline at first, and goes by it from then on", async () => {
    const baseline = join(folder, "baseline.json");
    const log = join(folder, "findings.sarif");
    const args = ["policy:check", "--file", state, "--fail-on", "low", "--baseline", baseline];
    const first = await check(...args);
    assert.equal(first.code, 0, first.output);
    assert.match(first.output, /today's findings \(\d+\) are written and accepted/);
    const read = JSON.parse(readFileSync(state, "utf8"));
    read.deployment.resources.push({
      ...openDatabase,
      properties: undefined,
      inputs: openDatabase.properties,
    });
    writeFileSync(state, JSON.stringify(read));
    const later = await check(...args, "--sarif", log);
    assert.equal(later.code, 3, later.output);
    assert.match(later.output, /public-database/);
    assert.match(readFileSync(log, "utf8"), /"justification": "in the baseline"/);
  });
});
