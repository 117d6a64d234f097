import { type Handle, network, TestStack } from "./builder";

/** A load balancer with one machine behind it, in a region. */
function siteIn(stack: TestStack, region: string, targets = 1): Handle {
  const subnets = ["a", "b"].map((letter) =>
    stack.add("aws:ec2/subnet:Subnet", `${region}${letter}`, { availabilityZone: `${region}${letter}` }),
  );
  const balancer = stack.add("aws:lb/loadBalancer:LoadBalancer", `alb-${region}`, {
    subnets: subnets.map(({ id }) => id),
  });
  const group = stack.add("aws:lb/targetGroup:TargetGroup", `web-${region}`, { port: 80, protocol: "HTTP" });
  stack.add("aws:lb/listener:Listener", `https-${region}`, {
    loadBalancerArn: balancer.arn,
    port: 443,
    protocol: "HTTPS",
    defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
  });
  for (let index = 0; index < targets; index += 1) {
    const machine = stack.add("aws:ec2/instance:Instance", `web-${region}-${index}`, {
      instanceType: "t3.small",
      subnetId: subnets[index % 2]?.id,
    });
    stack.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", `web-${region}-${index}`, {
      targetGroupArn: group.arn,
      targetId: machine.id,
    });
  }
  return balancer;
}

function failover(stack: TestStack, balancers: readonly Handle[]): void {
  balancers.forEach((balancer, index) => {
    const type = index === 0 ? "PRIMARY" : "SECONDARY";
    stack.add("aws:route53/record:Record", `www-${type.toLowerCase()}`, {
      name: "www.example.com",
      type: "A",
      setIdentifier: type,
      failoverRoutingPolicies: [{ type }],
      aliases: [{ name: balancer.out("dnsName"), zoneId: "Z2", evaluateTargetHealth: true }],
    });
  });
}

export const twoRegions = new TestStack(
  "one-machine-behind-a-balancer-in-each-of-two-regions-under-failover-records",
  { rung: "load-balanced", gaps: 0, singlePoints: [] },
  (stack) => failover(stack, [siteIn(stack, "us-east-1"), siteIn(stack, "us-west-2")]),
);

export const sorryPageOfOne = new TestStack(
  "one-machine-behind-a-balancer-with-a-sorry-page",
  { rung: "single", singlePoints: ["machine: web-us-east-1-0"] },
  (stack) => {
    const page = stack.add("aws:s3/bucket:Bucket", "sorry", { website: { indexDocument: "index.html" } });
    failover(stack, [siteIn(stack, "us-east-1"), page]);
  },
);

export const globalAurora = new TestStack(
  "aurora-global-database-with-a-secondary-in-another-region",
  {
    rung: "none",
    singlePoints: [],
    silent: ["database-without-replica", "database-without-backup"],
  },
  (stack) => {
    const global = stack.add("aws:rds/globalCluster:GlobalCluster", "global", {
      globalClusterIdentifier: "shop",
      engine: "aurora-postgresql",
    });
    for (const [name, instances, own] of [
      ["primary", 2, { masterUsername: "shop", masterPassword: "-", backupRetentionPeriod: 7 }],
      ["secondary", 1, {}],
    ] as const) {
      const cluster = stack.add("aws:rds/cluster:Cluster", name, {
        engine: "aurora-postgresql",
        globalClusterIdentifier: global.id,
        ...own,
      });
      for (let index = 0; index < instances; index += 1)
        stack.add("aws:rds/clusterInstance:ClusterInstance", `${name}-${index}`, {
          clusterIdentifier: cluster.id,
          instanceClass: "db.r6g.large",
        });
    }
  },
);

export const auroraServerless = new TestStack(
  "aurora-serverless-of-the-first-version",
  { rung: "none", singlePoints: [], silent: ["database-without-replica"] },
  (stack) => {
    stack.add("aws:rds/cluster:Cluster", "aurora", {
      engine: "aurora-mysql",
      engineMode: "serverless",
      scalingConfiguration: { minCapacity: 1, maxCapacity: 8 },
    });
  },
);

export const replicaInStack = new TestStack(
  "rds-in-one-zone-with-a-read-replica",
  { rung: "none", singlePoints: ["machine: main"], silent: ["database-without-replica"] },
  (stack) => {
    const main = stack.add("aws:rds/instance:Instance", "main", {
      instanceClass: "db.t4g.medium",
      backupRetentionPeriod: 7,
    });
    stack.add("aws:rds/instance:Instance", "copy", { replicateSourceDb: main.out("identifier") });
  },
);

/** Tasks on the machines of an Auto Scaling group, without a network of their own. */
function onMachines(stack: TestStack, zones: readonly string[], machines: number): void {
  const subnets = network(stack, zones);
  const cluster = stack.add("aws:ecs/cluster:Cluster", "cluster", { name: "shop" });
  const template = stack.add("aws:ec2/launchTemplate:LaunchTemplate", "template", {
    instanceType: "t3.large",
  });
  const group = stack.add("aws:autoscaling/group:Group", "machines", {
    minSize: machines,
    maxSize: machines,
    vpcZoneIdentifiers: subnets.map(({ id }) => id),
    launchTemplate: { id: template.id, version: "$Latest" },
    instanceRefresh: { strategy: "Rolling" },
  });
  const provider = stack.add("aws:ecs/capacityProvider:CapacityProvider", "provider", {
    autoScalingGroupProvider: { autoScalingGroupArn: group.arn },
  });
  stack.add("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "providers", {
    clusterName: cluster.out("name"),
    capacityProviders: [provider.out("name")],
  });
  const balancer = stack.add("aws:lb/loadBalancer:LoadBalancer", "alb", {
    subnets: subnets.map(({ id }) => id),
  });
  const targets = stack.add("aws:lb/targetGroup:TargetGroup", "targets", { port: 80, protocol: "HTTP" });
  stack.add("aws:lb/listener:Listener", "https", {
    loadBalancerArn: balancer.arn,
    port: 443,
    protocol: "HTTPS",
    defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
  });
  stack.add("aws:ecs/service:Service", "shop", {
    cluster: cluster.arn,
    desiredCount: 2,
    loadBalancers: [{ targetGroupArn: targets.arn, containerName: "shop", containerPort: 80 }],
  });
}

export const tasksOverZones = new TestStack(
  "ecs-on-ec2-takes-the-zones-of-its-cluster",
  { rung: "load-balanced", gaps: 0, singlePoints: [] },
  (stack) => onMachines(stack, ["eu-west-1a", "eu-west-1b"], 2),
);

export const tasksOnOneMachine = new TestStack(
  "ecs-on-ec2-with-two-tasks-on-one-machine",
  { rung: "single", singlePoints: ["machine: shop"] },
  (stack) => onMachines(stack, ["eu-west-1a", "eu-west-1b"], 1),
);

/** Servers of Consul, each alone, in these zones. */
function consul(stack: TestStack, zones: readonly string[]): void {
  zones.forEach((availabilityZone, index) => {
    stack.add("aws:ec2/instance:Instance", `consul-${index}`, { instanceType: "t3.small", availabilityZone });
  });
}

export const quorumOverZones = new TestStack(
  "consul-on-three-machines-in-three-zones",
  {
    rung: "none",
    singlePoints: [],
    silent: ["quorum", "no-headroom", "health-check", "downtime-at-deployment"],
  },
  (stack) => consul(stack, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
);

export const quorumInTwoZones = new TestStack(
  "consul-on-three-machines-in-two-zones",
  { rung: "none", singlePoints: [], reports: ["quorum"] },
  (stack) => consul(stack, ["eu-west-1a", "eu-west-1a", "eu-west-1b"]),
);

export const quorumOfTwo = new TestStack(
  "consul-on-two-machines",
  { rung: "none", singlePoints: ["machine: consul-0, consul-1"] },
  (stack) => consul(stack, ["eu-west-1a", "eu-west-1b"]),
);
