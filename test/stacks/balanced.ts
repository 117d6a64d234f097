import { applicationBalancer, network, TestStack } from "./builder";

export const albInOneZone = new TestStack(
  "two-instances-behind-an-alb-in-one-zone",
  { rung: "load-balanced", gaps: 1, singlePoints: ["zone: web-0, web-1"], silent: ["health-check"] },
  (stack) => {
    const subnets = network(stack, ["us-east-1a", "us-east-1b"]);
    const { group } = applicationBalancer(stack, subnets);
    for (const index of [0, 1]) {
      const instance = stack.add("aws:ec2/instance:Instance", `web-${index}`, {
        instanceType: "t3.small",
        subnetId: subnets[0]?.id,
      });
      stack.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", `web-${index}`, {
        targetGroupArn: group.arn,
        targetId: instance.id,
        port: 80,
      });
    }
  },
);

export const albWithSingleRds = new TestStack(
  "two-instances-behind-an-alb-with-rds-in-one-zone",
  {
    rung: "load-balanced",
    gaps: 1,
    singlePoints: ["machine: db"],
    reports: ["database-without-replica", "database-without-backup", "no-headroom"],
  },
  (stack) => {
    const subnets = network(stack, ["us-east-1a", "us-east-1b"]);
    const { balancer, group } = applicationBalancer(stack, subnets);
    const database = stack.add("aws:rds/instance:Instance", "db", {
      engine: "postgres",
      instanceClass: "db.t4g.small",
      allocatedStorage: 50,
      skipFinalSnapshot: true,
    });
    subnets.forEach((subnet, index) => {
      const instance = stack.add("aws:ec2/instance:Instance", `server-${index}`, {
        instanceType: "t4g.small",
        subnetId: subnet.id,
        userData: database.out("address"),
      });
      stack.add("aws:alb/targetGroupAttachment:TargetGroupAttachment", `server-${index}`, {
        targetGroupArn: group.arn,
        targetId: instance.id,
      });
    });
    stack.add("aws:route53/record:Record", "www", {
      name: "shop.example.com",
      type: "A",
      aliases: [{ name: balancer.out("dnsName"), zoneId: "Z2", evaluateTargetHealth: true }],
    });
  },
);

export const nlbToOne = new TestStack(
  "nlb-to-one-instance",
  { rung: "single", singlePoints: ["machine: app", "zone: nlb"], reports: ["health-check"] },
  (stack) => {
    const [subnet] = network(stack, ["eu-north-1a"]);
    const balancer = stack.add("aws:lb/loadBalancer:LoadBalancer", "nlb", {
      loadBalancerType: "network",
      subnets: [subnet?.id],
    });
    const group = stack.add("aws:lb/targetGroup:TargetGroup", "tg", { port: 80, protocol: "TCP" });
    stack.add("aws:lb/listener:Listener", "tcp", {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: "TCP",
      defaultActions: [{ type: "forward", forward: { targetGroups: [{ arn: group.arn }] } }],
    });
    const instance = stack.add("aws:ec2/instance:Instance", "app", {
      instanceType: "c7g.large",
      subnetId: subnet?.id,
    });
    stack.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", "app", {
      targetGroupArn: group.arn,
      targetId: instance.id,
    });
  },
);

export const classicBalancer = new TestStack(
  "classic-load-balancer-over-zones-by-name",
  { rung: "load-balanced", gaps: 0, singlePoints: [], reports: ["health-check"] },
  (stack) => {
    const instances = ["us-east-1a", "us-east-1b", "us-east-1c"].map((zone) =>
      stack.add("aws:ec2/instance:Instance", `node${zone.at(-1)}`, {
        instanceType: "m5.large",
        availabilityZone: zone,
      }),
    );
    stack.add("aws:elb/loadBalancer:LoadBalancer", "elb", {
      availabilityZones: ["us-east-1a", "us-east-1b", "us-east-1c"],
      instances: instances.map(({ id }) => id),
      listeners: [{ instancePort: 80, instanceProtocol: "http", lbPort: 80, lbProtocol: "http" }],
      healthCheck: { target: "TCP:80", interval: 30, healthyThreshold: 2, unhealthyThreshold: 2, timeout: 5 },
    });
  },
);

export const dnsFailover = new TestStack(
  "two-instances-by-dns-failover",
  { rung: "load-balanced", gaps: 0, singlePoints: [], silent: ["health-check"] },
  (stack) => {
    const check = stack.add("aws:route53/healthCheck:HealthCheck", "check", {
      type: "HTTPS",
      fqdn: "one.example.com",
      resourcePath: "/healthz",
    });
    const subnets = network(stack, ["eu-west-1a", "eu-west-1b"]);
    subnets.forEach((subnet, index) => {
      const instance = stack.add("aws:ec2/instance:Instance", `www-${index}`, {
        instanceType: "t3.medium",
        subnetId: subnet.id,
      });
      const address = stack.add("aws:ec2/eip:Eip", `www-${index}`, { instance: instance.id });
      stack.add("aws:route53/record:Record", `www-${index}`, {
        name: "www.example.com",
        type: "A",
        ttl: 60,
        records: [address.out("publicIp")],
        setIdentifier: `${index}`,
        failoverRoutingPolicies: [{ type: index === 0 ? "PRIMARY" : "SECONDARY" }],
        ...(index === 0 ? { healthCheckId: check.id } : {}),
      });
    });
  },
);

export const dnsWithoutChecks = new TestStack(
  "two-instances-by-weighted-names-without-health-checks",
  {
    rung: "single",
    singlePoints: ["machine: www-0", "machine: www-1"],
    reports: ["health-check", "dns-ttl"],
  },
  (stack) => {
    const subnets = network(stack, ["eu-west-1a", "eu-west-1b"]);
    subnets.forEach((subnet, index) => {
      const instance = stack.add("aws:ec2/instance:Instance", `www-${index}`, {
        instanceType: "t3.medium",
        subnetId: subnet.id,
      });
      stack.add("aws:route53/record:Record", `www-${index}`, {
        name: "www.example.com",
        type: "A",
        ttl: 900,
        records: [instance.out("publicIp")],
        setIdentifier: `${index}`,
        weightedRoutingPolicies: [{ weight: 50 }],
      });
    });
  },
);
