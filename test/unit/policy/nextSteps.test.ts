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

describe("the dump of a database on a machine", () => {
  const dump = (name: string, userData: string) =>
    steps(["aws:ec2/instance:Instance", name, { userData, associatePublicIpAddress: true }]).find((step) =>
      step.includes("ssh root@"),
    ) ?? "";
  for (const [what, name, script, wanted, unwanted] of [
    ["PostgreSQL by its script", "db", "apt-get install -y postgresql", /pg_dumpall/, /mysqldump/],
    ["PostgreSQL by its name", "postgres-1", "", /pg_dumpall/, /mysqldump/],
    ["MySQL", "db", "apt-get install -y mysql-server", /mysqldump/, /pg_dumpall/],
    ["MariaDB", "mariadb", "", /mysqldump/, /pg_dumpall/],
    ["MongoDB", "mongo", "", /mongodump/, /mysqldump/],
    ["an engine that isn't known", "db", "", /pg_dumpall.*else mysqldump/, /mongodump/],
  ] as const)
    it(`is made with the client of ${what}`, () => {
      const found = dump(name, script);
      assert.match(found, wanted);
      assert.doesNotMatch(found, unwanted);
    });
});

describe("a second task of a service", () => {
  const service: Case = [
    "aws:ecs/service:Service",
    "shop",
    {
      name: "shop",
      launchType: "FARGATE",
      desiredCount: 1,
      loadBalancers: [{ targetGroupArn: "arn:aws:targets", containerPort: 80 }],
    },
  ];
  const target: Case = [
    "aws:appautoscaling/target:Target",
    "shop",
    { resourceId: "service/cluster/shop", minCapacity: 1, maxCapacity: 4 },
  ];

  it("is asked for by desiredCount where nothing else decides", () => {
    assert.ok(steps(service).some((step) => step.startsWith("Set desiredCount: 2 or more on shop")));
  });

  it("is asked for by minCapacity where a scalable target decides", () => {
    const all = steps(service, target).join("\n");
    assert.match(all, /Set minCapacity: 2 or more on the aws\.appautoscaling\.Target of shop/);
    assert.doesNotMatch(all, /desiredCount/);
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
