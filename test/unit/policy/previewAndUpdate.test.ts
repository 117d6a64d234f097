import assert from "node:assert/strict";
import type { ResourceView } from "../../../policy/resources";
import { UNKNOWN } from "../../../policy/resources";
import { stackPolicies } from "../../../policy/stackPolicies";
import { topology } from "../../../policy/topology";
import { stacks } from "../../stacks";
import { runStackPolicy } from "../../support/stackPolicy";

/** Every finding, as `policy: severity resource: what`, but the way up, whose figures are those of what is known. */
function said(views: readonly ResourceView[]): string[] {
  return stackPolicies
    .filter(({ name }) => name !== "upgrade-path")
    .flatMap(({ name }) =>
      runStackPolicy(name, views).map(
        ({ severity, urn, message }) =>
          `${name}: ${severity} ${urn?.split("::").at(-1) ?? "stack"}: ${message.split("\n")[0]}`,
      ),
    )
    .sort();
}

/** What the provider fills in after an update where a program says nothing (@pulumi/aws 7, as states hold it). */
const filledIn: Readonly<Record<string, Record<string, unknown>>> = {
  "aws:autoscaling/group:Group": {
    healthCheckType: "EC2",
    loadBalancers: [],
    targetGroupArns: [],
    tags: [],
    trafficSources: [],
    launchConfiguration: "",
    enabledMetrics: [],
  },
  "aws:cloudfront/distribution:Distribution": { orderedCacheBehaviors: [], originGroups: [], aliases: [] },
  "aws:dynamodb/table:Table": {
    billingMode: "PROVISIONED",
    pointInTimeRecovery: { enabled: false, recoveryPeriodInDays: 0 },
    ttl: { attributeName: "", enabled: false },
    deletionProtectionEnabled: false,
  },
  "aws:ec2/instance:Instance": {
    ebsBlockDevices: [],
    networkInterfaces: [],
    securityGroups: [],
    disableApiTermination: false,
    iamInstanceProfile: "",
    userDataBase64: null,
  },
  "aws:ec2/securityGroup:SecurityGroup": { ingress: [], egress: [], revokeRulesOnDelete: false },
  "aws:ecs/service:Service": {
    schedulingStrategy: "REPLICA",
    loadBalancers: [],
    serviceRegistries: null,
    capacityProviderStrategies: [],
    deploymentMaximumPercent: 200,
    deploymentMinimumHealthyPercent: 100,
    networkConfiguration: null,
  },
  "aws:efs/fileSystem:FileSystem": { availabilityZoneName: "", throughputMode: "bursting", encrypted: false },
  "aws:elasticache/cluster:Cluster": { replicationGroupId: "", numCacheNodes: 1 },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    automaticFailoverEnabled: false,
    multiAzEnabled: false,
    globalReplicationGroupId: "",
  },
  "aws:lb/listener:Listener": { protocol: "HTTP", certificateArn: null, sslPolicy: "", alpnPolicy: null },
  "aws:lb/loadBalancer:LoadBalancer": {
    internal: false,
    loadBalancerType: "application",
    subnetMappings: [],
  },
  "aws:lb/targetGroup:TargetGroup": {
    targetType: "instance",
    healthCheck: { enabled: true, port: "traffic-port" },
  },
  "aws:rds/cluster:Cluster": {
    engineMode: "provisioned",
    globalClusterIdentifier: "",
    replicationSourceIdentifier: "",
    deletionProtection: false,
    backupRetentionPeriod: 1,
    dbClusterInstanceClass: "",
    snapshotIdentifier: null,
  },
  "aws:rds/instance:Instance": {
    multiAz: false,
    backupRetentionPeriod: 0,
    deletionProtection: false,
    maxAllocatedStorage: 0,
    publiclyAccessible: false,
    replicateSourceDb: "",
    replicas: [],
  },
  "aws:route53/record:Record": {
    aliases: [],
    failoverRoutingPolicies: [],
    weightedRoutingPolicies: [],
    healthCheckId: "",
    setIdentifier: "",
  },
  "aws:s3/bucket:Bucket": { website: null, versioning: { enabled: false, mfaDelete: false } },
};

function withFilledIn(views: readonly ResourceView[]): ResourceView[] {
  return views.map((view) => ({ ...view, properties: { ...filledIn[view.type], ...view.properties } }));
}

describe("a preview says of a stack what its state says after the update", () => {
  for (const stack of stacks) {
    it(`for ${stack.name}`, () => assert.deepEqual(said(stack.preview()), said(stack.updated())));
    it(`for ${stack.name} with what the provider fills in`, () =>
      assert.deepEqual(said(withFilledIn(stack.updated())), said(stack.updated())));
  }

  it("for a listener without a protocol", () => {
    const listener = (properties: Record<string, unknown>): ResourceView[] => [
      {
        type: "aws:lb/listener:Listener",
        name: "http",
        properties: {
          port: 80,
          defaultActions: [{ type: "forward", targetGroupArn: UNKNOWN }],
          ...properties,
        },
      },
    ];
    assert.deepEqual(said(listener({})), said(listener({ protocol: "HTTP" })));
    assert.equal(runStackPolicy("http-without-redirect", listener({})).length, 1);
  });

  it("for a service whose load balancers aren't known as a whole", () => {
    const service = (loadBalancers: unknown): ResourceView[] => [
      {
        type: "aws:lb/targetGroup:TargetGroup",
        name: "targets",
        urn: "targets",
        properties: { arn: "arn:t" },
      },
      {
        type: "aws:ecs/service:Service",
        name: "shop",
        properties: { desiredCount: 2, launchType: "FARGATE", loadBalancers },
        propertyDependencies: { loadBalancers: ["targets"] },
      },
    ];
    const known = [{ targetGroupArn: "arn:t", containerName: "shop", containerPort: 80 }];
    assert.deepEqual(said(service(UNKNOWN)), said(service(known)));
  });

  const nodes = (inputs: Record<string, unknown>, more: Partial<ResourceView> = {}): ResourceView[] => [
    { type: "aws:eks/cluster:Cluster", name: "shop", urn: "cluster", properties: { name: "shop" } },
    { type: "eks:index:NodeGroup", name: "nodes", urn: "nodes", properties: {} },
    {
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      name: "web",
      urn: "template",
      properties: {
        id: "lt-1",
        ...(typeof inputs.userData === "string" ? { userData: inputs.userData } : {}),
      },
      propertyDependencies: { userData: ["cluster"] },
    },
    {
      type: "aws:autoscaling/group:Group",
      name: "web",
      properties: {
        minSize: 2,
        maxSize: 4,
        desiredCapacity: 2,
        launchTemplate: { id: "lt-1" },
        tags: inputs.tags ?? [],
      },
      ...more,
    },
  ];
  const script = "#!/bin/bash\n/etc/eks/bootstrap.sh shop";
  const owned = (key: string) => ({ tags: [{ key, value: "owned", propagateAtLaunch: true }] });
  for (const [what, preview, update] of [
    [
      "tagged with a name that isn't known",
      nodes(owned(UNKNOWN)),
      nodes(owned("kubernetes.io/cluster/shop")),
    ],
    ["whose script isn't known", nodes({ userData: UNKNOWN }), nodes({ userData: script })],
    [
      "inside a node group",
      nodes({ userData: UNKNOWN }, { parent: "nodes" }),
      nodes({ userData: script }, { parent: "nodes" }),
    ],
  ] as const)
    it(`for nodes of a Kubernetes cluster ${what}`, () => {
      assert.deepEqual(said(preview), said(update));
      for (const views of [preview, update]) {
        const group = topology(views).groups.find(({ members }) => members[0]?.name === "web");
        assert.equal(group?.members[0]?.purpose, "nodes");
      }
    });
});
