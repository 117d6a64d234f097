import assert from "node:assert/strict";
import { assess } from "../../../policy/assess";
import { monthlyCost } from "../../../policy/cost";
import { modelOf } from "../../../policy/models";
import { Resources, type ResourceView } from "../../../policy/resources";
import { modelCost } from "../../../policy/rungs";
import { missedTargets } from "../../../policy/stackPolicies";
import { topology } from "../../../policy/topology";
import { rungs } from "../../../policy/vocabulary";

type Case = readonly [type: string, name: string, inputs: Record<string, unknown>];

const views = (cases: readonly Case[]): ResourceView[] =>
  cases.map(([type, name, properties]) => ({ type, name, properties }));
const costOf = (...cases: Case[]) => monthlyCost({ resources: new Resources(views(cases)) });

const template: Case = [
  "aws:ec2/launchTemplate:LaunchTemplate",
  "web",
  {
    id: "lt-1",
    instanceType: "t4g.small",
    blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 100, volumeType: "gp3" } }],
    networkInterfaces: [{ associatePublicIpAddress: "true" }],
  },
];
const redis = "aws:elasticache/replicationGroup:ReplicationGroup";
const cache = "aws:elasticache/cluster:Cluster";
const rds = "aws:rds/instance:Instance";

/** Each with what it costs by hand. */
const priced: readonly (readonly [string, readonly Case[], number])[] = [
  [
    "the disks and addresses of a group's machines",
    [
      template,
      ["aws:autoscaling/group:Group", "web", { desiredCapacity: 4, launchTemplate: { id: "lt-1" } }],
    ],
    95.66,
  ],
  [
    "a helper machine",
    [["aws:ec2/instance:Instance", "bastion", { instanceType: "t3.micro", subnetId: "subnet-1" }]],
    0.0104 * 730 + 0.64,
  ],
  ["nodes of Memcached", [[cache, "c", { nodeType: "cache.t3.micro", numCacheNodes: 3 }]], 3 * 0.017 * 730],
  [
    "shards of Redis",
    [[redis, "r", { nodeType: "cache.t4g.small", numNodeGroups: 2, replicasPerNodeGroup: 1 }]],
    4 * 0.032 * 730,
  ],
  [
    "PostgreSQL with provisioned operations",
    [
      [
        rds,
        "db",
        {
          engine: "postgres",
          instanceClass: "db.m5.large",
          allocatedStorage: 100,
          storageType: "io1",
          iops: 1000,
        },
      ],
    ],
    0.178 * 730 + 12.5 + 100,
  ],
  [
    "OpenSearch with its disks",
    [
      [
        "aws:opensearch/domain:Domain",
        "logs",
        {
          clusterConfig: { instanceType: "t3.small.search", instanceCount: 2 },
          ebsOptions: { ebsEnabled: true, volumeSize: 10, volumeType: "gp3" },
        },
      ],
    ],
    2 * 0.036 * 730 + 2.44,
  ],
  [
    "an interface endpoint in each subnet, and none for S3",
    [
      ["aws:ec2/vpcEndpoint:VpcEndpoint", "ecr", { vpcEndpointType: "Interface", subnetIds: ["a", "b"] }],
      ["aws:ec2/vpcEndpoint:VpcEndpoint", "s3", { vpcEndpointType: "Gateway" }],
    ],
    14.6,
  ],
  ["a Global Accelerator", [["aws:globalaccelerator/accelerator:Accelerator", "a", {}]], 18.25],
  [
    "a load balancer's addresses, and none inside of the network",
    [
      ["aws:lb/loadBalancer:LoadBalancer", "open", { subnets: ["a", "b", "c"] }],
      ["aws:lb/loadBalancer:LoadBalancer", "inner", { internal: true, subnets: ["a", "b"] }],
    ],
    2 * 0.0225 * 730 + 3 * 3.65,
  ],
];

/** Each has no price, and is named. */
const unpriced: readonly Case[] = [
  ["aws:ec2/instance:Instance", "big", { instanceType: "x99.large" }],
  [rds, "db", { engine: "sqlserver-se", instanceClass: "db.m5.large", allocatedStorage: 20 }],
  ["aws:mq/broker:Broker", "queue", { hostInstanceType: "mq.m5.large" }],
  ["aws:memorydb/cluster:Cluster", "memory", { nodeType: "db.r6g.large" }],
];

describe("the monthly cost", () => {
  for (const [what, cases, amount] of priced)
    it(`counts ${what}`, () => {
      const cost = costOf(...cases);
      assert.equal(cost.amount, Math.round(amount * 100) / 100);
      assert.deepEqual(cost.unpriced, []);
    });

  for (const one of unpriced)
    it(`names what has no price: ${one[1]}`, () => {
      assert.match(costOf(one).unpriced.join(), new RegExp(one[1]));
    });

  it("says the region whose prices were taken", () => {
    const instance = (region: string): Case => [
      "aws:ec2/instance:Instance",
      "web",
      { instanceType: "t3.micro", region },
    ];
    assert.equal(costOf(instance("us-west-2")).region, "us-west-2");
    assert.equal(costOf(instance("eu-west-1")).region, "us-east-1 (in place of eu-west-1)");
  });

  for (const rung of rungs)
    it(`of the rung ${rung}, built as resources, is that of its model`, () => {
      const sizes = { web: "t4g.small", database: "db.t4g.small" };
      const built = topology(modelOf(rung, sizes));
      assert.equal(monthlyCost(built).amount, modelCost(rung, sizes).amount);
    });
});

describe("a limit of the monthly cost", () => {
  const missed = (one: Case) => missedTargets(assess(topology(views([one]))), { maxMonthlyCost: 100 });

  it("fails for a machine that costs more", () => {
    const [line] = missed(["aws:ec2/instance:Instance", "big", { instanceType: "p3.16xlarge" }]);
    assert.match(line ?? "", /but the stack costs 17\d{3}/);
  });
  it("fails where it can't be checked, and names what has no price", () => {
    const [line] = missed(["aws:ec2/instance:Instance", "big", { instanceType: "p5.48xlarge" }]);
    assert.match(
      line ?? "",
      /can't be checked: the prices of us-east-1 lack EC2 instance big \(p5.48xlarge\)/,
    );
  });
});
