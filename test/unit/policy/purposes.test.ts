import assert from "node:assert/strict";
import { assess } from "../../../policy/assess";
import type { Purpose } from "../../../policy/members/member";
import { keyOf, type ResourceView } from "../../../policy/resources";
import { topology } from "../../../policy/topology";
import type { Tier } from "../../../policy/vocabulary";

type Inputs = Readonly<Record<string, unknown>>;
type Entry = readonly [type: string, name: string, inputs: Inputs];

/** What a person sees in the last of these resources: a purpose, and tiers where it is a part of the site. */
interface Case {
  readonly what: string;
  readonly resources: readonly Entry[];
  readonly purpose: Purpose;
  readonly tiers?: readonly Tier[];
}

const instance = "aws:ec2/instance:Instance";
const service = "aws:ecs/service:Service";
const groupType = "aws:autoscaling/group:Group";
const world = ["0.0.0.0/0"];

/** A security group that opens ports; a port may be `udp:51820`, and is open to the world unless it is `10.0.0.0/8:PORT`. */
function opening(...ports: readonly string[]): Entry {
  const ingress = ports.map((port) => {
    const [number = "", scheme = ""] = port.split(":").reverse();
    const cidrBlocks = scheme.includes("/") ? [scheme] : world;
    const protocol = scheme === "udp" ? "udp" : number === "all" ? "-1" : "tcp";
    const [from, to = from] = number === "all" ? [0, 0] : number.split("-").map(Number);
    return { protocol, fromPort: from, toPort: to, cidrBlocks };
  });
  return ["aws:ec2/securityGroup:SecurityGroup", "group", { id: "sg-1", ingress }];
}

function machine(name: string, inputs: Inputs = {}): Entry {
  return [instance, name, { instanceType: "t3.micro", vpcSecurityGroupIds: ["sg-1"], ...inputs }];
}

/** A load balancer that listens on a port and sends to a target group. */
function balancer(port: number, inputs: Inputs = {}): Entry[] {
  return [
    ["aws:lb/loadBalancer:LoadBalancer", "lb", { arn: "arn:lb", ...inputs }],
    ["aws:lb/targetGroup:TargetGroup", "targets", { arn: "arn:aws:tg", port }],
    [
      "aws:lb/listener:Listener",
      "listener",
      {
        loadBalancerArn: "arn:lb",
        port,
        defaultActions: [{ type: "forward", targetGroupArn: "arn:aws:tg" }],
      },
    ],
  ];
}

function task(image: string, ...ports: readonly number[]): Entry {
  return [
    "aws:ecs/taskDefinition:TaskDefinition",
    "task",
    {
      arn: "arn:task",
      containerDefinitions: JSON.stringify([
        { name: "main", image, portMappings: ports.map((containerPort) => ({ containerPort })) },
      ]),
    },
  ];
}

const behindTargets = { loadBalancers: [{ targetGroupArn: "arn:aws:tg", containerName: "main" }] };
const publicNetwork = {
  networkConfiguration: { assignPublicIp: true, securityGroups: ["sg-1"], subnets: ["subnet-1"] },
};

const cases: readonly Case[] = [
  {
    what: "a service without a balancer or a public port",
    resources: [[service, "mail-sender", { desiredCount: 1, launchType: "FARGATE" }]],
    purpose: "worker",
  },
  {
    what: "a scheduler that must run once, with a port for its own metrics",
    resources: [
      task("ghcr.io/shop/scheduler:3", 9102),
      [service, "scheduler", { desiredCount: 1, launchType: "FARGATE", taskDefinition: "arn:task" }],
    ],
    purpose: "worker",
  },
  {
    what: "a service behind a balancer, whatever it is called",
    resources: [...balancer(443), [service, "worker", { desiredCount: 2, ...behindTargets }]],
    purpose: "site",
    tiers: ["web", "app"],
  },
  {
    what: "a service behind an internal balancer",
    resources: [...balancer(80, { internal: true }), [service, "orders", behindTargets]],
    purpose: "site",
    tiers: ["app"],
  },
  {
    what: "a service that others find by its name in Cloud Map",
    resources: [[service, "orders", { serviceRegistries: { registryArn: "arn:registry" } }]],
    purpose: "site",
    tiers: ["app"],
  },
  {
    what: "tasks with public addresses and a port that their security group opens",
    resources: [
      opening("all"),
      task("nginx", 80),
      [service, "hello", { taskDefinition: "arn:task", ...publicNetwork }],
    ],
    purpose: "site",
    tiers: ["web", "app"],
  },
  {
    what: "tasks with public addresses that only fetch work",
    resources: [
      opening("22"),
      task("shop/consumer", 8080),
      [service, "consumer", { taskDefinition: "arn:task", ...publicNetwork }],
    ],
    purpose: "worker",
  },
  {
    what: "Redis as a container behind a network balancer",
    resources: [
      ...balancer(6379, { loadBalancerType: "network" }),
      task("public.ecr.aws/docker/library/redis:alpine", 6379),
      [service, "votes", { taskDefinition: "arn:task", ...behindTargets }],
    ],
    purpose: "site",
    tiers: ["cache"],
  },
  {
    what: "a job that migrates a database",
    resources: [[service, "db-migrator", { desiredCount: 1 }]],
    purpose: "worker",
  },
  {
    what: "Consul's servers in an Auto Scaling group",
    resources: [[groupType, "consul-servers", { minSize: 3, maxSize: 3, desiredCapacity: 3 }]],
    purpose: "quorum",
  },
  {
    what: "Vault behind a balancer",
    resources: [
      ...balancer(8200),
      [groupType, "vault", { minSize: 3, maxSize: 3, targetGroupArns: ["arn:aws:tg"] }],
    ],
    purpose: "quorum",
  },
  {
    what: "servers that bootstrap a quorum in their script",
    resources: [machine("server-1", { userData: "consul agent -server -bootstrap-expect=3" })],
    purpose: "quorum",
  },
  {
    what: "a VPN router by its port",
    resources: [opening("22", "udp:51820"), machine("gateway")],
    purpose: "helper",
  },
  {
    what: "a VPN router by its script",
    resources: [
      opening("22", "udp:53"),
      machine("server", { userData: "#!/bin/sh\nsystemctl enable --now wg-quick@wg0" }),
    ],
    purpose: "router",
  },
  {
    what: "a machine that forwards what isn't meant for it",
    resources: [opening("10.0.0.0/8:all"), machine("egress", { sourceDestCheck: false })],
    purpose: "router",
  },
  { what: "a machine with port 22 alone", resources: [opening("22"), machine("server")], purpose: "helper" },
  {
    what: "a machine that nothing is known of",
    resources: [[instance, "server", { ami: "ami-1" }]],
    purpose: "helper",
  },
  {
    what: "a machine that opens port 80 to visitors",
    resources: [opening("22", "80"), machine("server")],
    purpose: "site",
    tiers: ["web", "app"],
  },
  {
    what: "a machine with a name and an address",
    resources: [
      ["aws:ec2/eip:Eip", "ip", { publicIp: "198.51.100.7", instance: "i-1" }],
      [
        "aws:route53/record:Record",
        "www",
        { name: "www.example.com", type: "A", ttl: 60, records: ["198.51.100.7"] },
      ],
      [instance, "server", { id: "i-1" }],
    ],
    purpose: "site",
    tiers: ["web", "app"],
  },
  {
    what: "a machine with a name and no port but SSH",
    resources: [
      opening("22"),
      [
        "aws:route53/record:Record",
        "dev",
        { name: "dev.example.com", type: "A", ttl: 60, records: ["198.51.100.7"] },
      ],
      machine("server", { publicIp: "198.51.100.7" }),
    ],
    purpose: "helper",
  },
  {
    what: "an origin of CloudFront",
    resources: [
      [
        "aws:cloudfront/distribution:Distribution",
        "cdn",
        { origins: [{ originId: "app", domainName: "ec2-1.compute.amazonaws.com" }] },
      ],
      [instance, "server", { publicDns: "ec2-1.compute.amazonaws.com" }],
    ],
    purpose: "site",
    tiers: ["web", "app"],
  },
  {
    what: "a game server",
    resources: [opening("22", "25565"), machine("minecraft")],
    purpose: "site",
    tiers: ["app"],
  },
  {
    what: "the address of a NAT gateway",
    resources: [
      ["aws:ec2/natGateway:NatGateway", "nat", { allocationId: "eipalloc-1" }],
      ["aws:ec2/eip:Eip", "nat", { id: "eipalloc-1", domain: "vpc" }],
    ],
    purpose: "helper",
  },
  {
    what: "the address of a VPN router",
    resources: [
      [instance, "vpn", { id: "i-1" }],
      ["aws:ec2/eip:Eip", "vpn", { instance: "i-1" }],
    ],
    purpose: "router",
  },
  {
    what: "a bastion that a balancer leads to",
    resources: [
      ...balancer(22, { loadBalancerType: "network" }),
      [groupType, "bastion", { minSize: 1, maxSize: 1, targetGroupArns: ["arn:aws:tg"] }],
    ],
    purpose: "helper",
  },
  {
    what: "workers in an Auto Scaling group",
    resources: [[groupType, "image-workers", { minSize: 0, maxSize: 10, desiredCapacity: 2 }]],
    purpose: "worker",
  },
  {
    what: "WordPress on Lightsail, which brings its database along",
    resources: [
      ["aws:lightsail/instance:Instance", "blog", { blueprintId: "wordpress", bundleId: "nano_3_0" }],
    ],
    purpose: "site",
    tiers: ["web", "app", "database"],
  },
  {
    what: "a web server that only installs the database's client",
    resources: [
      opening("80"),
      machine("server", { userData: "yum install -y httpd php mariadb105 && systemctl start httpd" }),
    ],
    purpose: "site",
    tiers: ["web", "app"],
  },
  {
    what: "MySQL on a machine of its own",
    resources: [opening("10.0.0.0/8:3306"), machine("store")],
    purpose: "site",
    tiers: ["database"],
  },
  {
    what: "EKS nodes that nothing leads visitors to",
    resources: [["aws:eks/nodeGroup:NodeGroup", "nodes", { scalingConfig: { desiredSize: 2 } }]],
    purpose: "nodes",
  },
  {
    what: "EKS nodes behind a service with a load balancer",
    resources: [
      ["kubernetes:core/v1:Service", "shop", { spec: { type: "LoadBalancer" } }],
      ["aws:eks/nodeGroup:NodeGroup", "nodes", { scalingConfig: { desiredSize: 2 } }],
    ],
    purpose: "site",
    tiers: ["web", "app"],
  },
  {
    what: "machines that run an ECS cluster's containers",
    resources: [
      [
        "aws:ec2/launchTemplate:LaunchTemplate",
        "lt",
        { id: "lt-1", userData: "echo ECS_CLUSTER=shop >> /etc/ecs/ecs.config" },
      ],
      [groupType, "cluster-machines", { minSize: 2, maxSize: 4, launchTemplate: { id: "lt-1" } }],
    ],
    purpose: "nodes",
  },
];

function views(entries: readonly Entry[]): ResourceView[] {
  return entries.map(([type, name, properties]) => ({ type, name, properties }));
}

describe("what a part of a stack is there for", () => {
  for (const { what, resources, purpose, tiers = [] } of cases)
    it(`${what}: ${purpose}${tiers.length > 0 ? ` (${tiers.join(", ")})` : ""}`, () => {
      const given = views(resources);
      const key = keyOf(given.at(-1) as ResourceView);
      const site = topology(given);
      const member = site.groups.flatMap(({ members }) => members).find((each) => each.key === key);
      assert.deepEqual({ purpose: member?.purpose, tiers: member?.tiers }, { purpose, tiers });
    });

  it("calls for no load balancer, scaling or second machine where no visitor comes", () => {
    for (const { what, resources, purpose } of cases.filter((each) => each.purpose !== "site")) {
      const key = keyOf(views(resources).at(-1) as ResourceView);
      const found = assess(topology(views(resources))).findings.filter((finding) =>
        finding.resources.includes(key),
      );
      const wrong = found.filter(({ rule, title }) =>
        rule === "single-point-of-failure" ? purpose !== "quorum" : /fixed size|stops serving/.test(title),
      );
      assert.deepEqual(
        wrong.map(({ title }) => title),
        [],
        what,
      );
    }
  });
});
