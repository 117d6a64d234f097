import { applicationBalancer, type Handle, network, TestStack } from "./builder";

const instance = "aws:ec2/instance:Instance";

/** Two instances in the zones given, behind one Global Accelerator. */
function accelerated(stack: TestStack, zones: readonly string[]): void {
  const servers = network(stack, zones).map((subnet, index) =>
    stack.add(instance, `web-${index}`, { instanceType: "m7g.large", subnetId: subnet.id }),
  );
  const accelerator = stack.add("aws:globalaccelerator/accelerator:Accelerator", "global", { enabled: true });
  const listener = stack.add("aws:globalaccelerator/listener:Listener", "https", {
    acceleratorArn: accelerator.arn,
    protocol: "TCP",
    portRanges: [{ fromPort: 443, toPort: 443 }],
  });
  stack.add("aws:globalaccelerator/endpointGroup:EndpointGroup", "endpoints", {
    listenerArn: listener.arn,
    endpointConfigurations: servers.map(({ id }) => ({ endpointId: id, weight: 100 })),
  });
}

export const acceleratedZones = new TestStack(
  "two-instances-in-two-zones-behind-a-global-accelerator",
  { rung: "load-balanced", gaps: 0, singlePoints: [] },
  (stack) => accelerated(stack, ["eu-west-1a", "eu-west-1b"]),
);

export const acceleratedOne = new TestStack(
  "one-instance-behind-a-global-accelerator",
  { rung: "single", singlePoints: ["machine: web-0"] },
  (stack) => accelerated(stack, ["eu-west-1a"]),
);

export const functionBehindBalancer = new TestStack(
  "alb-with-a-lambda-function-and-rds-through-a-proxy",
  { rung: "none", singlePoints: ["machine: db"], silent: ["health-check"] },
  (stack) => {
    const subnets = network(stack, ["eu-west-1a", "eu-west-1b"]);
    const { group } = applicationBalancer(stack, subnets);
    const database = stack.add("aws:rds/instance:Instance", "db", {
      instanceClass: "db.t4g.medium",
      allocatedStorage: 20,
    });
    const proxy = stack.add("aws:rds/proxy:Proxy", "proxy", { engineFamily: "MYSQL" });
    stack.add("aws:rds/proxyTarget:ProxyTarget", "proxy", {
      dbProxyName: proxy.out("name"),
      dbInstanceIdentifier: database.out("identifier"),
    });
    const handler = stack.add("aws:lambda/function:Function", "site", {
      runtime: "nodejs22.x",
      environment: { variables: { DATABASE_HOST: proxy.out("endpoint") } },
    });
    stack.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", "site", {
      targetGroupArn: group.arn,
      targetId: handler.arn,
    });
  },
);

export const gatewayWithServerless = new TestStack(
  "api-gateway-with-lambda-and-aurora-serverless-of-two",
  { rung: "none", singlePoints: [] },
  (stack) => {
    const cluster = stack.add("aws:rds/cluster:Cluster", "aurora", {
      engine: "aurora-mysql",
      serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 4 },
      backupRetentionPeriod: 7,
      deletionProtection: true,
    });
    for (const index of [0, 1])
      stack.add("aws:rds/clusterInstance:ClusterInstance", `aurora-${index}`, {
        clusterIdentifier: cluster.id,
        instanceClass: "db.serverless",
      });
    const handler = stack.add("aws:lambda/function:Function", "api", { runtime: "python3.13" });
    const api = stack.add("aws:apigatewayv2/api:Api", "api", { protocolType: "HTTP" });
    stack.add("aws:apigatewayv2/integration:Integration", "api", {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: handler.arn,
    });
  },
);

export const serverlessOfOne = new TestStack(
  "aurora-serverless-of-one-instance",
  { rung: "none", singlePoints: ["machine: aurora"] },
  (stack) => {
    const cluster = stack.add("aws:rds/cluster:Cluster", "aurora", { engine: "aurora-postgresql" });
    stack.add("aws:rds/clusterInstance:ClusterInstance", "aurora-0", {
      clusterIdentifier: cluster.id,
      instanceClass: "db.serverless",
    });
  },
);

/** A service of two tasks behind a load balancer, which is handed back. */
function fargate(stack: TestStack, subnets: readonly Handle[], tasks: readonly Handle[]): Handle {
  const { balancer, group } = applicationBalancer(stack, subnets);
  stack.add("aws:ecs/service:Service", "web", {
    launchType: "FARGATE",
    desiredCount: 2,
    networkConfiguration: { subnets: tasks.map(({ id }) => id) },
    loadBalancers: [{ targetGroupArn: group.arn, containerName: "web", containerPort: 80 }],
  });
  return balancer;
}

export const serviceInOneSubnet = new TestStack(
  "ecs-service-behind-an-alb-in-one-subnet",
  { rung: "load-balanced", gaps: 1, singlePoints: ["zone: web"] },
  (stack) => {
    const subnets = network(stack, ["us-east-1a", "us-east-1b"]);
    fargate(stack, subnets, subnets.slice(0, 1));
  },
);

/** A group behind a network load balancer whose two subnets are of the zones given. */
function behindNetworkBalancer(stack: TestStack, zones: readonly string[]): void {
  const vpc = stack.add("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" });
  const subnets = zones.map((availabilityZone, index) =>
    stack.add("aws:ec2/subnet:Subnet", `subnet-${index}`, { vpcId: vpc.id, availabilityZone }),
  );
  const ids = subnets.map(({ id }) => id);
  const balancer = stack.add("aws:lb/loadBalancer:LoadBalancer", "nlb", {
    loadBalancerType: "network",
    subnets: ids,
  });
  const group = stack.add("aws:lb/targetGroup:TargetGroup", "tcp", {
    port: 443,
    protocol: "TCP",
    healthCheck: { protocol: "HTTPS", path: "/healthz" },
  });
  stack.add("aws:lb/listener:Listener", "tcp", {
    loadBalancerArn: balancer.arn,
    port: 443,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
  });
  stack.add("aws:autoscaling/group:Group", "web", {
    minSize: 2,
    maxSize: 2,
    healthCheckType: "ELB",
    vpcZoneIdentifiers: ids,
    targetGroupArns: [group.arn],
  });
}

export const twoSubnetsOfOneZone = new TestStack(
  "auto-scaling-group-behind-an-nlb-in-two-subnets-of-one-zone",
  { rung: "load-balanced", gaps: 2, singlePoints: ["zone: nlb, web"], silent: ["health-check"] },
  (stack) => behindNetworkBalancer(stack, ["eu-west-1a", "eu-west-1a"]),
);

export const twoSubnetsOfTwoZones = new TestStack(
  "auto-scaling-group-behind-an-nlb-in-subnets-of-two-zones",
  { rung: "load-balanced", gaps: 0, singlePoints: [], silent: ["health-check"] },
  (stack) => behindNetworkBalancer(stack, ["eu-west-1a", "eu-west-1b"]),
);

export const oneWeightedName = new TestStack(
  "one-weighted-name-for-one-instance-with-a-cache-that-does-not-fail-over",
  { rung: "single", singlePoints: ["machine: cache", "machine: web"] },
  (stack) => {
    const [subnet] = network(stack, ["eu-west-1a"]);
    const web = stack.add(instance, "web", { instanceType: "t4g.small", subnetId: subnet?.id });
    stack.add("aws:elasticache/replicationGroup:ReplicationGroup", "cache", {
      numCacheClusters: 2,
      automaticFailoverEnabled: false,
      nodeType: "cache.t4g.small",
    });
    const check = stack.add("aws:route53/healthCheck:HealthCheck", "web", {
      type: "HTTPS",
      resourcePath: "/healthz",
    });
    stack.add("aws:route53/record:Record", "www", {
      name: "www.example.com",
      type: "A",
      ttl: 60,
      records: [web.out("publicIp")],
      setIdentifier: "only",
      weightedRoutingPolicies: [{ weight: 100 }],
      healthCheckId: check.id,
    });
  },
);

export const acceleratedRegions = new TestStack(
  "load-balancers-of-two-regions-behind-a-global-accelerator",
  { rung: "none", singlePoints: [] },
  (stack) => {
    const accelerator = stack.add("aws:globalaccelerator/accelerator:Accelerator", "global", {});
    const listener = stack.add("aws:globalaccelerator/listener:Listener", "https", {
      acceleratorArn: accelerator.id,
    });
    for (const region of ["eu-west-1", "us-east-1"]) {
      const subnets = ["a", "b"].map((letter) =>
        stack.add("aws:ec2/subnet:Subnet", `${region}${letter}`, { availabilityZone: `${region}${letter}` }),
      );
      const balancer = stack.add("aws:lb/loadBalancer:LoadBalancer", `alb-${region}`, {
        subnets: subnets.map(({ id }) => id),
      });
      stack.add("aws:globalaccelerator/endpointGroup:EndpointGroup", region, {
        listenerArn: listener.id,
        endpointGroupRegion: region,
        endpointConfigurations: [{ endpointId: balancer.arn }],
      });
    }
  },
);

export const sorryPage = new TestStack(
  "load-balanced-service-with-a-sorry-page-by-dns-failover",
  { rung: "load-balanced", gaps: 0, singlePoints: [], silent: ["health-check"] },
  (stack) => {
    const subnets = network(stack, ["us-east-1a", "us-east-1b"]);
    const balancer = fargate(stack, subnets, subnets);
    const page = stack.add("aws:s3/bucket:Bucket", "sorry", { website: { indexDocument: "index.html" } });
    for (const [type, target] of [
      ["PRIMARY", balancer.out("dnsName")],
      ["SECONDARY", page.out("websiteEndpoint")],
    ] as const)
      stack.add("aws:route53/record:Record", `www-${type.toLowerCase()}`, {
        name: "www.example.com",
        type: "A",
        setIdentifier: type,
        failoverRoutingPolicies: [{ type }],
        aliases: [{ name: target, zoneId: "Z2", evaluateTargetHealth: true }],
      });
  },
);
