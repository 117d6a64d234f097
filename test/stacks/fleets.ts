import { applicationBalancer, network, TestStack } from "./builder";

const zones = ["eu-central-1a", "eu-central-1b"];

export const groupOfOne = new TestStack(
  "auto-scaling-group-of-one",
  {
    rung: "single",
    singlePoints: ["machine: asg"],
    reports: ["downtime-at-deployment", "health-check", "no-headroom"],
  },
  (stack) => {
    const subnets = network(stack, zones);
    const { group } = applicationBalancer(stack, subnets);
    const template = stack.add("aws:ec2/launchTemplate:LaunchTemplate", "template", {
      instanceType: "t3.micro",
      imageId: "ami-1",
    });
    stack.add("aws:autoscaling/group:Group", "asg", {
      minSize: 1,
      maxSize: 1,
      desiredCapacity: 1,
      vpcZoneIdentifiers: subnets.map(({ id }) => id),
      launchTemplate: { id: template.id, version: "$Latest" },
      targetGroupArns: [group.arn],
    });
  },
);

export const aurora = new TestStack(
  "autoscaled-web-servers-with-aurora",
  {
    rung: "autoscaled",
    gaps: 0,
    singlePoints: [],
    silent: [
      "no-headroom",
      "downtime-at-deployment",
      "health-check",
      "database-without-replica",
      "database-without-backup",
      "database-without-deletion-protection",
      "dns-ttl",
    ],
  },
  (stack) => {
    const subnets = network(stack, zones);
    const { balancer, group } = applicationBalancer(stack, subnets);
    const template = stack.add("aws:ec2/launchTemplate:LaunchTemplate", "template", {
      instanceType: "m7g.large",
    });
    const fleet = stack.add("aws:autoscaling/group:Group", "web", {
      minSize: 2,
      maxSize: 6,
      vpcZoneIdentifiers: subnets.map(({ id }) => id),
      launchTemplate: { id: template.id, version: template.out("latestVersion") },
      targetGroupArns: [group.arn],
      healthCheckType: "ELB",
      instanceRefresh: { strategy: "Rolling" },
    });
    stack.add("aws:autoscaling/policy:Policy", "cpu", {
      autoscalingGroupName: fleet.out("name"),
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: 50,
      },
    });
    const cluster = stack.add("aws:rds/cluster:Cluster", "aurora", {
      engine: "aurora-mysql",
      backupRetentionPeriod: 7,
      deletionProtection: true,
    });
    for (const index of [0, 1])
      stack.add("aws:rds/clusterInstance:ClusterInstance", `aurora-${index}`, {
        clusterIdentifier: cluster.id,
        instanceClass: "db.r6g.large",
        engine: "aurora-mysql",
      });
    stack.add("aws:route53/record:Record", "www", {
      name: "www.example.com",
      type: "A",
      aliases: [
        { name: balancer.out("dnsName"), zoneId: balancer.out("zoneId"), evaluateTargetHealth: true },
      ],
    });
  },
);

export const fargateOneTask = new TestStack(
  "ecs-on-fargate-with-one-task",
  { rung: "split-database", singlePoints: ["machine: service"], silent: ["database-without-replica"] },
  (stack) => {
    const subnets = network(stack, zones);
    const { group } = applicationBalancer(stack, subnets);
    const cluster = stack.add("aws:ecs/cluster:Cluster", "cluster", {});
    const task = stack.add("aws:ecs/taskDefinition:TaskDefinition", "task", {
      cpu: "512",
      memory: "1024",
      requiresCompatibilities: ["FARGATE"],
      family: "shop",
      containerDefinitions: "[]",
    });
    stack.add("aws:ecs/service:Service", "service", {
      cluster: cluster.arn,
      taskDefinition: task.arn,
      launchType: "FARGATE",
      desiredCount: 1,
      networkConfiguration: { subnets: subnets.map(({ id }) => id), assignPublicIp: true },
      loadBalancers: [{ targetGroupArn: group.arn, containerName: "shop", containerPort: 80 }],
    });
    stack.add("aws:rds/instance:Instance", "db", {
      engine: "mysql",
      instanceClass: "db.t4g.medium",
      allocatedStorage: 100,
      maxAllocatedStorage: 500,
      multiAz: true,
      backupRetentionPeriod: 14,
      deletionProtection: true,
    });
  },
);

export const awsxFargate = new TestStack(
  "awsx-components-with-scaled-fargate-and-one-cache-node",
  { rung: "autoscaled", gaps: 1, singlePoints: ["machine: sessions"] },
  (stack) => {
    const vpc = stack.add("awsx:ec2:Vpc", "vpc", {});
    const subnets = network(stack, ["us-west-2a", "us-west-2b", "us-west-2c"], vpc);
    const lb = stack.add("awsx:lb:ApplicationLoadBalancer", "lb", {});
    const { group } = applicationBalancer(stack, subnets, lb);
    const component = stack.add("awsx:ecs:FargateService", "api", {});
    const service = stack.add(
      "aws:ecs/service:Service",
      "api",
      {
        launchType: "FARGATE",
        desiredCount: 3,
        networkConfiguration: { subnets: subnets.map(({ id }) => id) },
        loadBalancers: [{ targetGroupArn: group.arn }],
      },
      { parent: component },
    );
    const target = stack.add("aws:appautoscaling/target:Target", "api", {
      minCapacity: 2,
      maxCapacity: 10,
      resourceId: service.out("name"),
      scalableDimension: "ecs:service:DesiredCount",
      serviceNamespace: "ecs",
    });
    stack.add("aws:appautoscaling/policy:Policy", "api", { resourceId: target.out("resourceId") });
    stack.add("aws:elasticache/cluster:Cluster", "sessions", {
      engine: "redis",
      nodeType: "cache.t4g.micro",
      numCacheNodes: 1,
    });
    stack.add("aws:rds/instance:Instance", "orders", {
      engine: "postgres",
      instanceClass: "db.r6g.large",
      allocatedStorage: 200,
      maxAllocatedStorage: 1000,
      multiAz: true,
      backupRetentionPeriod: 30,
    });
  },
);

export const eks = new TestStack(
  "eks-with-one-node-group",
  // What its pods are can't be seen, nor that visitors reach them.
  { rung: "none", gaps: 0, singlePoints: [], reports: ["no-headroom"] },
  (stack) => {
    const subnets = network(stack, ["ap-southeast-2a", "ap-southeast-2b"]);
    const cluster = stack.add("aws:eks/cluster:Cluster", "cluster", {
      vpcConfig: { subnetIds: subnets.map(({ id }) => id) },
    });
    stack.add("aws:eks/nodeGroup:NodeGroup", "nodes", {
      clusterName: cluster.out("name"),
      subnetIds: subnets.map(({ id }) => id),
      instanceTypes: ["m6i.large"],
      scalingConfig: { minSize: 2, desiredSize: 3, maxSize: 5 },
    });
  },
);

export const defaultNetwork = new TestStack(
  "auto-scaling-group-in-subnets-of-another-stack",
  {
    rung: "load-balanced",
    singlePoints: [],
    possible: ["zone: workers-behind-shared-alb"],
    silent: ["downtime-at-deployment"],
  },
  (stack) => {
    const template = stack.add("aws:ec2/launchTemplate:LaunchTemplate", "lt", { instanceType: "c7g.xlarge" });
    stack.add("aws:autoscaling/group:Group", "workers-behind-shared-alb", {
      minSize: 3,
      maxSize: 3,
      vpcZoneIdentifiers: ["subnet-0aa", "subnet-0bb"],
      mixedInstancesPolicy: {
        launchTemplate: { launchTemplateSpecification: { launchTemplateId: template.id } },
      },
      targetGroupArns: ["arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/shared/1"],
      healthCheckType: "ELB",
      instanceRefresh: { strategy: "Rolling" },
    });
  },
);
