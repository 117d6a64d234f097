import assert from "node:assert/strict";
import type { ResourceValidationArgs } from "@pulumi/policy";
import { assess } from "../../../policy/assess";
import { guardRails } from "../../../policy/guardRails";
import { type ResourceView, UNKNOWN } from "../../../policy/resources";
import { topology } from "../../../policy/topology";
import { runStackPolicy } from "../../support/stackPolicy";
import { collector } from "../../support/violations";

type Entry = readonly [
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  sources?: Record<string, string[]>,
];

function views(entries: readonly Entry[]): ResourceView[] {
  return entries.map(([type, name, properties, propertyDependencies]) => ({
    type: `aws-native:${type}`,
    name,
    urn: name,
    properties,
    ...(propertyDependencies === undefined ? {} : { propertyDependencies }),
  }));
}

/** A site of two machines in two zones behind a balancer, before or after it exists. */
function site(known: boolean): Entry[] {
  const id = (value: string) => (known ? value : UNKNOWN);
  const subnet = (zone: string): Entry => [
    "ec2:Subnet",
    `subnet-${zone}`,
    { availabilityZone: `eu-west-1${zone}`, ...(known ? { subnetId: `subnet-${zone}` } : {}) },
  ];
  const machine = (zone: string): Entry => [
    "ec2:Instance",
    `web-${zone}`,
    {
      instanceType: "m7g.large",
      subnetId: id(`subnet-${zone}`),
      ...(known ? { instanceId: `i-${zone}` } : {}),
      tags: [{ key: "Name", value: `web-${zone}` }],
    },
    { subnetId: [`subnet-${zone}`] },
  ];
  return [
    subnet("a"),
    subnet("b"),
    machine("a"),
    machine("b"),
    [
      "elasticloadbalancingv2:LoadBalancer",
      "alb",
      {
        scheme: "internet-facing",
        type: "application",
        subnets: [id("subnet-a"), id("subnet-b")],
        ...(known ? { loadBalancerArn: "arn:alb" } : {}),
      },
      { subnets: ["subnet-a", "subnet-b"] },
    ],
    [
      "elasticloadbalancingv2:TargetGroup",
      "targets",
      {
        port: 80,
        protocol: "HTTP",
        healthCheckPath: "/healthz",
        targets: [{ id: id("i-a") }, { id: id("i-b") }],
        ...(known ? { targetGroupArn: "arn:group" } : {}),
      },
      { targets: ["web-a", "web-b"] },
    ],
    [
      "elasticloadbalancingv2:Listener",
      "https",
      {
        port: 443,
        protocol: "HTTPS",
        sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
        loadBalancerArn: id("arn:alb"),
        defaultActions: [{ type: "forward", targetGroupArn: id("arn:group") }],
      },
      { loadBalancerArn: ["alb"], defaultActions: ["targets"] },
    ],
  ];
}

describe("stacks made with aws-native", () => {
  for (const [phase, known] of [
    ["preview", false],
    ["update", true],
  ] as const)
    it(`are judged at ${phase} as those made with aws`, () => {
      const { rung, findings, coverage } = assess(topology(views(site(known))));
      assert.equal(rung, "load-balanced");
      assert.deepEqual(
        findings.filter(({ rule, scope }) => rule === "single-point-of-failure" && scope !== "region"),
        [],
      );
      assert.equal(coverage.notJudged, 0);
    });

  const cases: readonly (readonly [what: string, entry: Entry, rules: readonly string[]])[] = [
    [
      "a database in one zone, which CloudFormation backs up for a day",
      [
        "rds:DbInstance",
        "db",
        { engine: "mysql", multiAz: false, allocatedStorage: "20", deletionProtection: true },
      ],
      ["database-without-replica", "downtime-at-deployment", "no-headroom", "single-point-of-failure"],
    ],
    [
      "a database without backups",
      [
        "rds:DbInstance",
        "db",
        { multiAz: true, maxAllocatedStorage: 100, deletionProtection: true, backupRetentionPeriod: 0 },
      ],
      ["database-without-backup"],
    ],
    [
      "a table without recovery",
      ["dynamodb:Table", "t", { keySchema: [{ attributeName: "id", keyType: "HASH" }] }],
      ["data-without-backup"],
    ],
    [
      "a table with recovery",
      ["dynamodb:Table", "t", { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } }],
      [],
    ],
    [
      "a file system with a backup policy",
      ["efs:FileSystem", "f", { fileSystemId: "fs", backupPolicy: { status: "ENABLED" } }],
      [],
    ],
    ["a file system without", ["efs:FileSystem", "f", { fileSystemId: "fs" }], ["data-without-backup"]],
    [
      "a bucket of uploads without versions",
      ["s3:Bucket", "uploads", { bucketName: "uploads" }],
      ["data-without-backup"],
    ],
    [
      "a bucket of uploads with versions",
      ["s3:Bucket", "uploads", { bucketName: "uploads", versioningConfiguration: { status: "Enabled" } }],
      [],
    ],
  ];
  for (const [what, entry, rules] of cases)
    it(`have the same findings for ${what}`, () => {
      const { findings } = assess(topology(views([entry])));
      const found = findings.filter(({ scope }) => scope !== "region").map(({ rule }) => rule);
      assert.deepEqual([...new Set(found)].sort(), [...rules]);
    });

  it("have guard rails for single resources", () => {
    const report = (type: string, props: Record<string, unknown>) =>
      guardRails.flatMap((policy) => {
        const { found, take } = collector();
        const args = {
          type: `aws-native:${type}`,
          name: "x",
          urn: "x",
          props,
          opts: { protect: false },
          getConfig: () => ({}),
        };
        if (typeof policy.validateResource === "function")
          void policy.validateResource(args as unknown as ResourceValidationArgs, take);
        return found.length === 0 ? [] : [policy.name];
      });
    assert.ok(report("rds:DbInstance", { publiclyAccessible: true }).includes("public-database"));
    assert.ok(report("rds:DbInstance", { storageEncrypted: false }).includes("unencrypted-database"));
    assert.ok(report("ec2:Volume", { encrypted: false }).includes("unencrypted-volume"));
    const disk = { deviceName: "/dev/xvda", ebs: { encrypted: true } };
    assert.ok(!report("ec2:Instance", { blockDeviceMappings: [disk] }).includes("unencrypted-volume"));
  });

  it("have open ports found by who uses the group", () => {
    const stack = views([
      [
        "ec2:SecurityGroup",
        "open",
        {
          groupId: "sg-1",
          securityGroupIngress: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIp: "0.0.0.0/0" }],
        },
      ],
      ["ec2:Instance", "web", { instanceId: "i-1", securityGroupIds: ["sg-1"] }],
    ]);
    assert.equal(runStackPolicy("ssh-open-to-the-world", stack).length, 1);
  });
});
