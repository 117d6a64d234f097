import { applicationBalancer, type Handle, network, TestStack } from "./builder";

/** Programs with machines and functions, in the shape of public examples. */
const world = ["0.0.0.0/0"];
const open = (...ports: readonly number[]) =>
  ports.map((port) => ({ protocol: "tcp", fromPort: port, toPort: port, cidrBlocks: world }));

function group(stack: TestStack, ...ports: readonly number[]): Handle {
  return stack.add("aws:ec2/securityGroup:SecurityGroup", "sg", { ingress: open(...ports) });
}

function machine(stack: TestStack, name: string, inputs: Record<string, unknown>): Handle {
  return stack.add("aws:ec2/instance:Instance", name, { instanceType: "t3.micro", ami: "ami-1", ...inputs });
}

export const webserver = new TestStack(
  "a-web-server-with-ssh-and-http-open",
  {
    rung: "single",
    singlePoints: ["machine: web-server-www"],
    rails: ["http web-server-www", "ssh sg"],
    silent: ["database-without-backup", "data-without-backup"],
  },
  (stack) => {
    machine(stack, "web-server-www", {
      vpcSecurityGroupIds: [group(stack, 22, 80).id],
      userData: "#!/bin/bash\necho 'Hello' > index.html\nnohup python3 -m http.server 80 &",
    });
  },
);

export const website = new TestStack(
  "a-website-bucket-without-content-delivery",
  { rung: "none", singlePoints: [], rails: ["http site"], silent: ["data-without-backup"] },
  (stack) => {
    const bucket = stack.add("aws:s3/bucket:Bucket", "site", { website: { indexDocument: "index.html" } });
    stack.add("aws:s3/bucketObject:BucketObject", "index.html", {
      bucket: bucket.id,
      content: "<h1>Hi</h1>",
    });
  },
);

export const thumbnails = new TestStack(
  "functions-that-make-thumbnails-of-uploads",
  { rung: "none", singlePoints: [], rails: [], reports: ["data-without-backup"], silent: ["no-headroom"] },
  (stack) => {
    const bucket = stack.add("aws:s3/bucket:Bucket", "bucket", {});
    const handler = stack.add("aws:lambda/function:Function", "thumbnail", { runtime: "nodejs22.x" });
    stack.add("aws:s3/bucketNotification:BucketNotification", "onNewVideo", {
      bucket: bucket.id,
      lambdaFunctions: [{ lambdaFunctionArn: handler.arn, events: ["s3:ObjectCreated:*"] }],
    });
  },
);

export const shortener = new TestStack(
  "api-gateway-with-functions-and-a-table",
  { rung: "none", singlePoints: [], rails: [], reports: ["data-without-backup"] },
  (stack) => {
    stack.add("aws:dynamodb/table:Table", "urls", {
      hashKey: "name",
      attributes: [{ name: "name", type: "S" }],
      billingMode: "PAY_PER_REQUEST",
    });
    stack.add("aws:lambda/function:Function", "get", { runtime: "nodejs22.x" });
    stack.add("aws:apigateway/restApi:RestApi", "api", {});
  },
);

export const cluster = new TestStack(
  "eks-with-a-load-balanced-service",
  { rung: "load-balanced", gaps: 0, singlePoints: [], rails: [], reports: ["no-headroom"] },
  (stack) => {
    const subnets = network(stack, ["us-east-2a", "us-east-2b"]);
    stack.add("aws:eks/cluster:Cluster", "cluster", {
      vpcConfig: { subnetIds: subnets.map(({ id }) => id) },
    });
    stack.add("aws:eks/nodeGroup:NodeGroup", "nodes", {
      subnetIds: subnets.map(({ id }) => id),
      scalingConfig: { minSize: 2, desiredSize: 2, maxSize: 4 },
    });
    stack.add("kubernetes:core/v1:Service", "nginx", {
      spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
    });
  },
);

export const ansible = new TestStack(
  "wordpress-on-ec2-with-an-address-and-rds",
  {
    rung: "split-database",
    singlePoints: ["machine: wordpress-instance", "machine: wordpressdb"],
    reports: ["database-without-backup"],
    rails: ["ssh sg"],
  },
  (stack) => {
    const [subnet] = network(stack, ["eu-west-1a", "eu-west-1b"]);
    const ec2 = group(stack, 22, 80, 443);
    stack.add("aws:rds/instance:Instance", "wordpressdb", {
      engine: "mysql",
      instanceClass: "db.t3.small",
      allocatedStorage: 20,
    });
    const wordpress = machine(stack, "wordpress-instance", {
      subnetId: subnet?.id,
      vpcSecurityGroupIds: [ec2.id],
    });
    stack.add("aws:ec2/eip:Eip", "wordpress-eip", { instance: wordpress.id });
  },
);

export const wireguard = new TestStack(
  "a-wireguard-server-with-an-address",
  {
    rung: "none",
    singlePoints: [],
    rails: [],
    silent: ["no-headroom", "downtime-at-deployment", "health-check"],
  },
  (stack) => {
    const sg = stack.add("aws:ec2/securityGroup:SecurityGroup", "sg", {
      ingress: [
        { protocol: "udp", fromPort: 51820, toPort: 51820, cidrBlocks: world },
        { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["203.0.113.7/32"] },
      ],
    });
    const server = machine(stack, "server", {
      vpcSecurityGroupIds: [sg.id],
      userData: "#cloud-config\nruncmd: [wg-quick up wg0]",
    });
    stack.add("aws:ec2/eip:Eip", "ip", { instance: server.id });
  },
);

export const consulGroup = new TestStack(
  "consul-in-an-auto-scaling-group-over-three-zones",
  {
    rung: "none",
    singlePoints: [],
    rails: [],
    silent: ["no-headroom", "quorum", "downtime-at-deployment", "health-check"],
  },
  (stack) => {
    const subnets = network(stack, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
    const launch = stack.add("aws:ec2/launchConfiguration:LaunchConfiguration", "consul", {
      instanceType: "t3.small",
    });
    stack.add("aws:autoscaling/group:Group", "consul", {
      minSize: 3,
      maxSize: 3,
      desiredCapacity: 3,
      launchConfiguration: launch.id,
      vpcZoneIdentifiers: subnets.map(({ id }) => id),
    });
  },
);

export const vault = new TestStack(
  "vault-on-one-machine",
  { rung: "none", singlePoints: ["machine: vault"], rails: ["ssh sg"], silent: ["no-headroom"] },
  (stack) => {
    machine(stack, "vault", { vpcSecurityGroupIds: [group(stack, 22, 8200).id] });
  },
);

export const devBox = new TestStack(
  "a-machine-to-work-on",
  {
    rung: "none",
    singlePoints: [],
    rails: ["ssh sg"],
    silent: ["no-headroom", "downtime-at-deployment", "health-check"],
  },
  (stack) => {
    machine(stack, "dev", { vpcSecurityGroupIds: [group(stack, 22).id] });
  },
);

export const minecraft = new TestStack(
  "a-game-server-with-an-address",
  { rung: "single", singlePoints: ["machine: minecraft"], rails: ["ssh sg"] },
  (stack) => {
    const server = machine(stack, "minecraft", { vpcSecurityGroupIds: [group(stack, 22, 25565).id] });
    stack.add("aws:ec2/eip:Eip", "ip", { instance: server.id });
  },
);

export const queueWorkers = new TestStack(
  "workers-on-a-queue-behind-a-nat-instance",
  {
    rung: "none",
    singlePoints: ["machine: nat"],
    rails: [],
    silent: ["no-headroom", "health-check", "quorum"],
  },
  (stack) => {
    const [outer, inner] = network(stack, ["us-east-1a", "us-east-1b"]);
    const nat = machine(stack, "nat", { subnetId: outer?.id, sourceDestCheck: false });
    const table = stack.add("aws:ec2/routeTable:RouteTable", "private", {
      routes: [{ cidrBlock: "0.0.0.0/0", networkInterfaceId: nat.out("primaryNetworkInterfaceId") }],
    });
    stack.add("aws:ec2/routeTableAssociation:RouteTableAssociation", "private", {
      routeTableId: table.id,
      subnetId: inner?.id,
    });
    stack.add("aws:sqs/queue:Queue", "jobs", {});
    const template = stack.add("aws:ec2/launchTemplate:LaunchTemplate", "workers", {
      instanceType: "c7g.large",
    });
    stack.add("aws:autoscaling/group:Group", "image-workers", {
      minSize: 1,
      maxSize: 10,
      vpcZoneIdentifiers: [inner?.id],
      launchTemplate: { id: template.id },
      instanceRefresh: { strategy: "Rolling" },
    });
  },
);

export const singleNode = new TestStack(
  "k3s-on-one-machine-with-a-name",
  { rung: "single", singlePoints: ["machine: node"], rails: ["ssh sg"] },
  (stack) => {
    const node = machine(stack, "node", {
      vpcSecurityGroupIds: [group(stack, 22, 80, 443, 6443).id],
      userData: "curl -sfL https://get.k3s.io | sh -",
    });
    const address = stack.add("aws:ec2/eip:Eip", "ip", { instance: node.id });
    stack.add("aws:route53/record:Record", "apps", {
      name: "apps.example.com",
      type: "A",
      ttl: 60,
      records: [address.out("publicIp")],
    });
  },
);

export const lightsailPair = new TestStack(
  "two-lightsail-instances-behind-a-load-balancer",
  { rung: "load-balanced", gaps: 0, singlePoints: [], rails: ["http lb"], reports: ["no-headroom"] },
  (stack) => {
    const balancer = stack.add("aws:lightsail/lb:Lb", "lb", { name: "lb", instancePort: 80 });
    for (const letter of ["a", "b"]) {
      const app = stack.add("aws:lightsail/instance:Instance", `app-${letter}`, {
        name: `app-${letter}`,
        availabilityZone: `eu-central-1${letter}`,
        blueprintId: "nodejs",
        bundleId: "small_3_0",
      });
      stack.add("aws:lightsail/lbAttachment:LbAttachment", `app-${letter}`, {
        lbName: balancer.id,
        instanceName: app.id,
      });
    }
  },
);

export const oneGateway = new TestStack(
  "private-machines-of-two-zones-behind-one-nat-gateway",
  { rung: "load-balanced", gaps: 0, singlePoints: ["zone: nat"], rails: [] },
  (stack) => {
    const subnets = network(stack, ["us-east-1a", "us-east-1b"]);
    const gateway = stack.add("aws:ec2/natGateway:NatGateway", "nat", { subnetId: subnets[0]?.id });
    const { group: targets } = applicationBalancer(stack, subnets);
    subnets.forEach((subnet, index) => {
      const table = stack.add("aws:ec2/routeTable:RouteTable", `private-${index}`, {});
      stack.add("aws:ec2/route:Route", `out-${index}`, {
        routeTableId: table.id,
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: gateway.id,
      });
      stack.add("aws:ec2/routeTableAssociation:RouteTableAssociation", `private-${index}`, {
        routeTableId: table.id,
        subnetId: subnet.id,
      });
      const app = machine(stack, `app-${index}`, { subnetId: subnet.id });
      stack.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", `app-${index}`, {
        targetGroupArn: targets.arn,
        targetId: app.id,
      });
    });
  },
);
