import assert from "node:assert/strict";
import { assess } from "../../../policy/assess";
import { type ResourceView, UNKNOWN } from "../../../policy/resources";
import { topology } from "../../../policy/topology";

type Entry = readonly [type: string, name: string, inputs: Readonly<Record<string, unknown>>];

function assessed(entries: readonly Entry[]) {
  const views = entries.map(
    ([type, name, properties]): ResourceView => ({ type, name, urn: `${type}::${name}`, properties }),
  );
  return assess(topology(views));
}

/** Findings but those about the region, as `rule: severity`. */
function found(entries: readonly Entry[]): string[] {
  return assessed(entries)
    .findings.filter(({ scope }) => scope !== "region")
    .map(({ rule, severity }) => `${rule}: ${severity}`)
    .sort();
}

const documents = (inputs: object = {}): Entry => [
  "aws:docdb/cluster:Cluster",
  "orders",
  { clusterIdentifier: "orders", deletionProtection: true, ...inputs },
];
const documentInstance = (name: string, inputs: Record<string, unknown> = {}): Entry => [
  "aws:docdb/clusterInstance:ClusterInstance",
  name,
  { clusterIdentifier: "orders", instanceClass: "db.r6g.large", ...inputs },
];
const search = (clusterConfig: unknown): Entry => [
  "aws:opensearch/domain:Domain",
  "search",
  { clusterConfig, endpoint: "search.example.com" },
];
const broker = (inputs: object): Entry => [
  "aws:mq/broker:Broker",
  "queue",
  { engineType: "RabbitMQ", ...inputs },
];
const memory = (inputs: Record<string, unknown>): Entry => [
  "aws:memorydb/cluster:Cluster",
  "sessions",
  inputs,
];
const alone = "single-point-of-failure: high";

describe("data stores beside RDS and ElastiCache", () => {
  const cases: readonly (readonly [what: string, entries: readonly Entry[], rules: readonly string[]])[] = [
    [
      "a DocumentDB cluster of one instance",
      [documents(), documentInstance("a")],
      ["database-without-replica: medium", "downtime-at-deployment: medium", alone],
    ],
    ["one of two instances", [documents(), documentInstance("a"), documentInstance("b")], []],
    [
      "one of two instances that are put into one zone",
      [
        documents(),
        documentInstance("a", { availabilityZone: "eu-west-1a" }),
        documentInstance("b", { availabilityZone: "eu-west-1a" }),
      ],
      ["single-point-of-failure: medium"],
    ],
    [
      "one that a command may delete",
      [documents({ deletionProtection: false }), documentInstance("a"), documentInstance("b")],
      ["database-without-deletion-protection: medium"],
    ],
    [
      "a copy in another region",
      [documents({ globalClusterIdentifier: "world" }), documentInstance("a"), documentInstance("b")],
      [],
    ],
    [
      "an elastic cluster without copies",
      [["aws:docdb/elasticCluster:ElasticCluster", "orders", { shardInstanceCount: 1 }]],
      [
        "database-without-deletion-protection: medium",
        "database-without-replica: high",
        "downtime-at-deployment: medium",
        alone,
      ],
    ],
    [
      "a Neptune cluster of one instance",
      [
        ["aws:neptune/cluster:Cluster", "graph", { clusterIdentifier: "graph", deletionProtection: true }],
        ["aws:neptune/clusterInstance:ClusterInstance", "a", { clusterIdentifier: "graph" }],
      ],
      ["database-without-replica: medium", "downtime-at-deployment: medium", alone],
    ],
    [
      "a search domain of one node that nothing in the stack uses",
      [search({ instanceCount: 1 })],
      ["database-without-deletion-protection: medium", "database-without-replica: medium"],
    ],
    [
      "a search domain over two zones",
      [search({ instanceCount: 2, zoneAwarenessEnabled: true })],
      ["database-without-deletion-protection: medium"],
    ],
    [
      "a broker alone",
      [broker({ deploymentMode: "SINGLE_INSTANCE" })],
      ["downtime-at-deployment: medium", alone],
    ],
    ["a broker of three", [broker({ deploymentMode: "CLUSTER_MULTI_AZ" })], []],
    ["a MemoryDB cluster with a replica, as by default", [memory({})], []],
    ["a MemoryDB cluster without replicas", [memory({ numReplicasPerShard: 0 })], [alone]],
    ["a DAX cluster of one node", [["aws:dax/cluster:Cluster", "cache", { replicationFactor: 1 }]], [alone]],
    ["a Redshift cluster with its daily snapshots", [["aws:redshift/cluster:Cluster", "reports", {}]], []],
    [
      "a Redshift cluster without snapshots",
      [["aws:redshift/cluster:Cluster", "reports", { automatedSnapshotRetentionPeriod: 0 }]],
      ["data-without-backup: high"],
    ],
  ];
  for (const [what, entries, rules] of cases)
    it(`finds of ${what} what would fail, and no more`, () => {
      assert.deepEqual(found(entries), [...rules].sort());
    });

  it("takes a search domain that a function is configured with for a part of the site", () => {
    const handler: ResourceView = {
      type: "aws:lambda/function:Function",
      name: "api",
      properties: { environment: UNKNOWN },
      propertyDependencies: { environment: ["aws:opensearch/domain:Domain::search"] },
    };
    const domain: ResourceView = {
      type: "aws:opensearch/domain:Domain",
      name: "search",
      urn: "aws:opensearch/domain:Domain::search",
      properties: { clusterConfig: { instanceCount: 1 } },
    };
    const rules = assess(topology([handler, domain])).findings.map(
      ({ rule, severity }) => `${rule}: ${severity}`,
    );
    assert.ok(rules.includes(alone), rules.join());
    assert.ok(rules.includes("database-without-replica: high"), rules.join());
  });

  it("doesn't claim what is known only after the update", () => {
    const { findings } = assessed([memory({ numReplicasPerShard: UNKNOWN })]);
    assert.ok(findings.every(({ rule, certain }) => rule !== "single-point-of-failure" || !certain));
  });

  it("says what to do in the store's own words", () => {
    const changes = (entries: readonly Entry[]) =>
      assessed(entries)
        .findings.map(({ nextStep }) => nextStep.change)
        .join("\n");
    assert.match(
      changes([documents(), documentInstance("a")]),
      /second aws\.docdb\.ClusterInstance to orders/,
    );
    assert.match(changes([broker({})]), /CLUSTER_MULTI_AZ/);
    assert.match(changes([search({ instanceCount: 1 })]), /option \{ protect: true \}/);
    assert.match(changes([memory({ numReplicasPerShard: 0 })]), /numReplicasPerShard: 1/);
  });
});

describe("applications whose machines are no resources of the stack", () => {
  const runner: Entry = ["aws:apprunner/service:Service", "shop", { serviceName: "shop" }];
  const containers = (scale: number, more: object = {}): Entry => [
    "aws:lightsail/containerService:ContainerService",
    "shop",
    { power: "micro", scale, ...more },
  ];

  it("takes App Runner for a site over several zones that scales", () => {
    assert.equal(assessed([runner]).rung, "autoscaled");
    assert.deepEqual(found([runner]), []);
  });

  it("finds a Lightsail container service of one node, and not one of two", () => {
    assert.equal(assessed([containers(1)]).rung, "single");
    assert.ok(found([containers(1)]).includes("single-point-of-failure: medium"));
    assert.equal(assessed([containers(2)]).rung, "load-balanced");
    assert.ok(!found([containers(2)]).some((rule) => rule.startsWith("single-point")));
    assert.equal(assessed([containers(1, { isDisabled: true })]).rung, "none");
  });

  it("finds pods on Fargate that may stand in one zone alone", () => {
    const ingress: Entry = ["kubernetes:networking.k8s.io/v1:Ingress", "shop", {}];
    const cluster: Entry = ["aws:eks/cluster:Cluster", "shop", {}];
    const subnet = (zone: string): Entry => [
      "aws:ec2/subnet:Subnet",
      zone,
      { id: zone, availabilityZone: `eu-west-1${zone}` },
    ];
    const profile = (subnetIds: string[], namespace = "shop"): Entry => [
      "aws:eks/fargateProfile:FargateProfile",
      "shop",
      { subnetIds, selectors: [{ namespace }] },
    ];
    const inOne = [ingress, cluster, subnet("a"), profile(["a"])];
    assert.ok(found(inOne).includes("single-point-of-failure: medium"), found(inOne).join());
    const inTwo = [ingress, cluster, subnet("a"), subnet("b"), profile(["a", "b"])];
    assert.ok(!found(inTwo).some((rule) => rule.startsWith("single-point")), found(inTwo).join());
    assert.equal(assessed(inTwo).rung, "load-balanced");
    assert.equal(assessed([ingress, cluster, profile(["a"], "kube-system")]).rung, "none");
  });
});
