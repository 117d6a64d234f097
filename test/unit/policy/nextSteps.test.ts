import assert from "node:assert/strict";
import { assess } from "../../../policy/assess";
import { siteRecords } from "../../../policy/members/entrances";
import { Resources, type ResourceView, UNKNOWN } from "../../../policy/resources";
import { topology } from "../../../policy/topology";

type Case = readonly [type: string, name: string, inputs: Record<string, unknown>];
const views = (cases: readonly Case[]): ResourceView[] =>
  cases.map(([type, name, properties]) => ({ type, name, properties }));
const steps = (...cases: Case[]) =>
  assess(topology(views(cases))).findings.map(({ nextStep }) => `${nextStep.change}: ${nextStep.command}`);

const lamp: Case = [
  "aws:ec2/instance:Instance",
  "lamp",
  { userData: "apt-get install -y nginx mysql-server", associatePublicIpAddress: true, region: "us-east-1" },
];

describe("the next step for another program's stack", () => {
  it("asks for no output that only this project has", () => {
    for (const step of steps(lamp)) assert.doesNotMatch(step, /stack output upgradePath/);
  });
  it("puts no second machine beside one that holds the web server and the database", () => {
    const all = steps(lamp).join("\n");
    assert.doesNotMatch(all, /Put a second machine/);
    assert.match(all, /Move the database of lamp to aws\.rds\.Instance first/);
  });
  it("names failover settings only on a type that has them", () => {
    const all = steps(lamp, ["aws:elasticache/cluster:Cluster", "cache", { engine: "redis" }]).join("\n");
    assert.match(all, /Replace cache by an aws\.elasticache\.ReplicationGroup/);
    assert.doesNotMatch(all, /on cache, with two nodes/);
  });
});

describe("names of mail keys and proofs", () => {
  for (const [name, isSite] of [
    ["www.example.com", true],
    ["abc._domainkey.example.com", false],
    ["_dmarc.example.com", false],
  ] as const)
    it(`${name} is ${isSite ? "a" : "no"} name of the site`, () => {
      const record = { type: "aws:route53/record:Record", name: "r", properties: { name, type: "CNAME" } };
      assert.equal(siteRecords(new Resources([record])).length, isSite ? 1 : 0);
    });
});

describe("thousands of machines with subnets out of one component", () => {
  const stack = (count: number): ResourceView[] => [
    { type: "net:index:Network", name: "net", urn: "net", properties: {} },
    ...Array.from({ length: count }, (_, index) => ({
      type: "aws:ec2/subnet:Subnet",
      name: `subnet-${index}`,
      parent: "net",
      properties: {},
    })),
    ...Array.from({ length: count }, (_, index) => ({
      type: "aws:ec2/instance:Instance",
      name: `web-${index}`,
      properties: { instanceType: "t3.micro", subnetId: UNKNOWN },
      propertyDependencies: { subnetId: ["net"] },
    })),
  ];
  const seconds = (count: number) => {
    const made = stack(count);
    const start = process.cpuUsage();
    assess(topology(made));
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  it("take time in proportion to their number", function () {
    this.timeout(60_000);
    seconds(500);
    const [few, many] = [Math.max(0.05, seconds(750)), seconds(3000)];
    assert.ok(many < 12 * few, `${few} s for 750, ${many} s for 3,000`);
  });
});
