import { type Handle, network, TestStack } from "./builder";

/** Programs with containers, in the shape of public examples. */
const zones = ["us-west-2a", "us-west-2b"];
const everything = [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }];

function task(stack: TestStack, name: string, image: string, port?: number): Handle {
  return stack.add("aws:ecs/taskDefinition:TaskDefinition", name, {
    family: name,
    cpu: "256",
    memory: "512",
    containerDefinitions: JSON.stringify([
      { name, image, portMappings: port === undefined ? [] : [{ containerPort: port }] },
    ]),
  });
}

interface Entrance {
  readonly name: string;
  readonly port: number;
  readonly listener: Record<string, unknown>;
  readonly balancer?: Record<string, unknown>;
}

/** A load balancer with a listener and a target group. */
function entrance(
  stack: TestStack,
  subnets: readonly Handle[],
  { name, port, listener, balancer }: Entrance,
): Handle {
  const made = stack.add("aws:lb/loadBalancer:LoadBalancer", `${name}-lb`, {
    subnets: subnets.map(({ id }) => id),
    ...balancer,
  });
  const group = stack.add("aws:lb/targetGroup:TargetGroup", `${name}-tg`, {
    port,
    protocol: "HTTP",
    targetType: "ip",
    healthCheck: { path: "/health", protocol: "HTTP" },
  });
  stack.add("aws:lb/listener:Listener", `${name}-listener`, {
    loadBalancerArn: made.arn,
    port,
    defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
    ...listener,
  });
  return group;
}

const https = {
  port: 443,
  protocol: "HTTPS",
  sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
  certificateArn: "arn:aws:acm:x",
};

function service(
  stack: TestStack,
  name: string,
  subnets: readonly Handle[],
  definition: Handle,
  more: Record<string, unknown> = {},
): Handle {
  return stack.add("aws:ecs/service:Service", name, {
    launchType: "FARGATE",
    desiredCount: 1,
    taskDefinition: definition.arn,
    networkConfiguration: { subnets: subnets.map(({ id }) => id), assignPublicIp: true },
    ...more,
  });
}

const behind = (group: Handle, containerName: string, containerPort: number) => ({
  loadBalancers: [{ targetGroupArn: group.arn, containerName, containerPort }],
});

const database = {
  engine: "postgres",
  instanceClass: "db.t3.micro",
  allocatedStorage: 20,
  skipFinalSnapshot: true,
};

export const nginx = new TestStack(
  "awsx-nginx-on-fargate-with-open-groups",
  {
    rung: "load-balanced",
    gaps: 0,
    singlePoints: [],
    rails: ["http nginx-listener"],
    silent: ["data-on-task"],
  },
  (stack) => {
    const subnets = network(stack, zones);
    const group = stack.add("aws:ec2/securityGroup:SecurityGroup", "nginx-lb", { ingress: everything });
    const tasks = stack.add("aws:ec2/securityGroup:SecurityGroup", "nginx-sg", { ingress: everything });
    const targets = entrance(stack, subnets, {
      name: "nginx",
      port: 80,
      listener: { protocol: "HTTP" },
      balancer: { securityGroups: [group.id] },
    });
    service(stack, "nginx", subnets, task(stack, "nginx", "nginx:latest", 80), {
      desiredCount: 2,
      networkConfiguration: {
        subnets: subnets.map(({ id }) => id),
        assignPublicIp: true,
        securityGroups: [tasks.id],
      },
      ...behind(targets, "nginx", 80),
    });
  },
);

export const airflow = new TestStack(
  "airflow-with-a-scheduler-workers-and-redis",
  {
    rung: "split-database",
    singlePoints: ["machine: cache", "machine: db", "machine: flower", "machine: webserver"],
    reports: ["database-without-backup", "database-without-replica"],
    rails: ["http flower-listener", "http webserver-listener"],
    silent: ["data-on-task", "quorum"],
  },
  (stack) => {
    const subnets = network(stack, zones);
    stack.add("aws:rds/instance:Instance", "db", database);
    stack.add("aws:elasticache/cluster:Cluster", "cache", {
      engine: "redis",
      nodeType: "cache.t3.micro",
      numCacheNodes: 1,
    });
    const image = "123456789012.dkr.ecr.us-west-2.amazonaws.com/airflow:2";
    for (const [name, port] of [
      ["webserver", 8080],
      ["flower", 5555],
    ] as const) {
      const targets = entrance(stack, subnets, { name, port, listener: { protocol: "HTTP" } });
      service(stack, name, subnets, task(stack, name, image, port), behind(targets, name, port));
    }
    service(stack, "scheduler", subnets, task(stack, "scheduler", image));
    service(stack, "workers", subnets, task(stack, "workers", image), { desiredCount: 3 });
  },
);

export const voting = new TestStack(
  "voting-app-with-redis-in-a-task",
  {
    rung: "single",
    singlePoints: ["machine: cache", "machine: frontend"],
    reports: ["data-on-task"],
    rails: ["http frontend-listener"],
    silent: ["database-without-backup"],
  },
  (stack) => {
    const subnets = network(stack, zones);
    const redis = entrance(stack, subnets, {
      name: "cache",
      port: 6379,
      listener: { protocol: "TCP" },
      balancer: { loadBalancerType: "network", internal: true },
    });
    service(
      stack,
      "cache",
      subnets,
      task(stack, "cache", "redis:alpine", 6379),
      behind(redis, "cache", 6379),
    );
    const web = entrance(stack, subnets, {
      name: "frontend",
      port: 80,
      listener: { protocol: "TCP" },
      balancer: { loadBalancerType: "network" },
    });
    service(
      stack,
      "frontend",
      subnets,
      task(stack, "frontend", "example/votes:1", 80),
      behind(web, "frontend", 80),
    );
  },
);

export const wordpress = new TestStack(
  "wordpress-on-fargate-with-rds",
  {
    rung: "load-balanced",
    gaps: 1,
    singlePoints: ["machine: db"],
    reports: ["data-on-task", "database-without-backup"],
    rails: ["http wp-listener"],
  },
  (stack) => {
    const subnets = network(stack, zones);
    const group = stack.add("aws:ec2/securityGroup:SecurityGroup", "wp-sg", {
      ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["0.0.0.0/0"] }],
    });
    stack.add("aws:rds/instance:Instance", "db", {
      ...database,
      engine: "mysql",
      vpcSecurityGroupIds: [group.id],
    });
    const targets = entrance(stack, subnets, { name: "wp", port: 80, listener: { protocol: "HTTP" } });
    service(stack, "wp", subnets, task(stack, "wp", "wordpress", 80), {
      desiredCount: 3,
      ...behind(targets, "wp", 80),
    });
  },
);

export const modern = new TestStack(
  "scaled-fargate-behind-cloudfront-with-aurora-and-redis",
  {
    rung: "autoscaled",
    gaps: 0,
    singlePoints: [],
    rails: [],
    silent: ["no-headroom", "database-without-replica", "data-on-task", "quorum", "database-without-backup"],
  },
  (stack) => {
    const subnets = network(stack, zones);
    const targets = entrance(stack, subnets, { name: "shop", port: 443, listener: https });
    const shop = service(stack, "shop", subnets, task(stack, "shop", "example/shop:7", 8080), {
      networkConfiguration: { subnets: subnets.map(({ id }) => id) },
      ...behind(targets, "shop", 8080),
    });
    stack.add("aws:appautoscaling/target:Target", "shop", {
      minCapacity: 2,
      maxCapacity: 20,
      resourceId: shop.out("name"),
    });
    const aurora = stack.add("aws:rds/cluster:Cluster", "aurora", {
      engine: "aurora-postgresql",
      serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 8 },
      backupRetentionPeriod: 7,
      deletionProtection: true,
    });
    for (const index of [0, 1])
      stack.add("aws:rds/clusterInstance:ClusterInstance", `aurora-${index}`, {
        clusterIdentifier: aurora.id,
        instanceClass: "db.serverless",
      });
    stack.add("aws:elasticache/replicationGroup:ReplicationGroup", "sessions", {
      nodeType: "cache.t4g.small",
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
    });
  },
);

export const gateway = new TestStack(
  "services-behind-an-internal-balancer-and-api-gateway",
  {
    rung: "single",
    singlePoints: ["machine: orders"],
    rails: ["http orders-listener"],
    silent: ["data-on-task", "quorum"],
  },
  (stack) => {
    const subnets = network(stack, zones);
    const targets = entrance(stack, subnets, {
      name: "orders",
      port: 80,
      listener: { protocol: "HTTP" },
      balancer: { internal: true },
    });
    service(
      stack,
      "orders",
      subnets,
      task(stack, "orders", "example/orders", 8080),
      behind(targets, "orders", 8080),
    );
    service(stack, "mailer", subnets, task(stack, "mailer", "example/mailer"));
    const api = stack.add("aws:apigatewayv2/api:Api", "api", { protocolType: "HTTP" });
    stack.add("aws:apigatewayv2/integration:Integration", "orders", {
      apiId: api.id,
      integrationType: "HTTP_PROXY",
      integrationUri: "arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/orders/1/2",
    });
  },
);

export const nightly = new TestStack(
  "a-task-that-a-schedule-runs-every-night",
  {
    rung: "none",
    singlePoints: [],
    rails: [],
    silent: ["no-headroom", "downtime-at-deployment", "health-check"],
  },
  (stack) => {
    const report = task(stack, "report", "example/report");
    const rule = stack.add("aws:cloudwatch/eventRule:EventRule", "nightly", {
      scheduleExpression: "rate(1 day)",
    });
    stack.add("aws:cloudwatch/eventTarget:EventTarget", "nightly", {
      rule: rule.out("name"),
      ecsTarget: { taskDefinitionArn: report.arn, taskCount: 1 },
    });
  },
);
