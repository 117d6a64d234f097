import assert from "node:assert/strict";
import { round } from "../../../policy/availability";
import { monthlyCost } from "../../../policy/cost";
import { Bill } from "../../../policy/cost/bill";
import { partCosts } from "../../../policy/cost/parts";
import { Resources } from "../../../policy/resources";
import { topology } from "../../../policy/topology";
import { stacks } from "../../stacks";
import { TestStack } from "../../stacks/builder";

type Part = readonly [type: string, name: string, properties: Record<string, unknown>];

/** A stack of these resources alone, after its update. */
function resources(...added: readonly Part[]) {
  return new TestStack("parts", { rung: "none", singlePoints: [] }, (stack) => {
    for (const [type, name, properties] of added) stack.add(type, name, properties);
  }).updated();
}

function bill(...added: readonly Part[]) {
  const made = new Bill(new Resources(resources(...added)));
  partCosts(made);
  return {
    items: made.items.map(({ what, amount }) => `${what}: ${round(amount, 2)}`),
    unpriced: made.unpriced,
  };
}

const volume = (properties: Record<string, unknown>): Part => ["aws:ebs/volume:Volume", "data", properties];
const alarm = (name: string, properties: Record<string, unknown>): Part => [
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  name,
  properties,
];
const check = (properties: Record<string, unknown>): Part => [
  "aws:route53/healthCheck:HealthCheck",
  "site",
  properties,
];

describe("what is paid by the piece", () => {
  it("counts a volume by its gigabytes and its type, and names one that has no price here", () => {
    assert.deepEqual(bill(volume({ size: 20, type: "gp3" })).items, ["volume data: 1.6"]);
    assert.deepEqual(bill(volume({ size: 20 })).items, ["volume data: 2"]);
    assert.deepEqual(bill(volume({ size: 20, type: "io2" })).unpriced, ["volume data"]);
    assert.deepEqual(bill(volume({ type: "gp3", snapshotId: "snap-1" })).unpriced, ["volume data"]);
  });

  const policy = (targetTags: Record<string, string>): Part => [
    "aws:dlm/lifecyclePolicy:LifecyclePolicy",
    "daily",
    { policyDetails: { targetTags, schedules: [{ retainRule: { count: 14 } }] } },
  ];

  it("estimates the snapshots of the volumes that a policy is for, and of no others", () => {
    const tagged = volume({ size: 20, type: "gp3", tags: { Snapshot: "prod", Name: "data" } });
    // 20 GB whole and thirteen times 1 % of it, at 0.05
    assert.deepEqual(bill(tagged, policy({ Snapshot: "prod" })).items, [
      "volume data: 1.6",
      "snapshots of data (estimate): 1.13",
    ]);
    assert.deepEqual(bill(tagged, policy({ Snapshot: "other" })).items, ["volume data: 1.6"]);
  });

  it("counts alarms by their metrics, and more where they look more often than once a minute", () => {
    assert.deepEqual(bill(alarm("a", { period: 60 }), alarm("b", { period: 300 })).items, [
      "alarms (2): 0.2",
    ]);
    assert.deepEqual(bill(alarm("a", { period: 10 })).items, ["alarms (1): 0.3"]);
    const queries = [
      { metric: { metricName: "x" } },
      { metric: { metricName: "y" } },
      { expression: "x / y" },
    ];
    assert.deepEqual(bill(alarm("a", { metricQueries: queries })).items, ["alarms (1): 0.2"]);
  });

  it("counts a dashboard", () => {
    assert.deepEqual(bill(["aws:cloudwatch/dashboard:Dashboard", "all", {}]).items, ["dashboard all: 3"]);
  });

  const checks: readonly (readonly [title: string, properties: Record<string, unknown>, price: number])[] = [
    ["over HTTP", { type: "HTTP" }, 0.5],
    ["over HTTPS", { type: "HTTPS" }, 1.5],
    ["over HTTPS with latency measured", { type: "HTTPS", measureLatency: true }, 2.5],
    ["that looks for a text every ten seconds", { type: "HTTP_STR_MATCH", requestInterval: 10 }, 2.5],
    ["with all of that", { type: "HTTPS_STR_MATCH", requestInterval: 10, measureLatency: true }, 4.5],
  ];
  for (const [title, properties, price] of checks) {
    it(`counts a health check ${title}`, () => {
      assert.deepEqual(bill(check(properties)).items, [`health check site: ${price}`]);
    });
  }

  it("is on the bill of a whole stack", () => {
    const stack = stacks.find(({ name }) => name === "this-project-on-aws");
    assert.ok(stack);
    const [before, after] = [[], resources(volume({ size: 20, type: "gp3" }), check({ type: "HTTPS" }))].map(
      (more) => monthlyCost(topology([...stack.updated(), ...more])).amount,
    );
    assert.equal(Math.round(((after ?? 0) - (before ?? 0)) * 100) / 100, 3.1);
  });
});
