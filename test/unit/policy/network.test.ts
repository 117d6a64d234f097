import assert from "node:assert/strict";
import type { ResourceView } from "../../../policy/resources";
import { UNKNOWN } from "../../../policy/resources";
import { runStackPolicy } from "../../support/stackPolicy";

type Entry = readonly [type: string, name: string, inputs: Readonly<Record<string, unknown>>];

/** What the three rules about open ports and plain HTTP say, each as `SEVERITY RESOURCE`. */
interface Expected {
  readonly ssh?: readonly string[];
  readonly database?: readonly string[];
  readonly http?: readonly string[];
}

const rules = {
  ssh: "ssh-open-to-the-world",
  database: "database-open-to-the-world",
  http: "http-without-redirect",
} as const;

const groupType = "aws:ec2/securityGroup:SecurityGroup";
const world = ["0.0.0.0/0"];
const all = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: world };
const tcp = (fromPort: number, toPort = fromPort) => ({
  protocol: "tcp",
  fromPort,
  toPort,
  cidrBlocks: world,
});
const udp = (fromPort: number, toPort = fromPort) => ({
  protocol: "udp",
  fromPort,
  toPort,
  cidrBlocks: world,
});
const group = (...ingress: readonly object[]): Entry => [groupType, "group", { id: "sg-1", ingress }];
const machine = (inputs: object = {}): Entry => [
  "aws:ec2/instance:Instance",
  "server",
  { vpcSecurityGroupIds: ["sg-1"], ...inputs },
];
const balancer = (inputs: object = {}): Entry => [
  "aws:lb/loadBalancer:LoadBalancer",
  "alb",
  { arn: "arn:lb", securityGroups: ["sg-1"], ...inputs },
];
const listener = (inputs: object): Entry => [
  "aws:lb/listener:Listener",
  "listener",
  {
    loadBalancerArn: "arn:lb",
    defaultActions: [{ type: "forward", targetGroupArn: "arn:aws:tg" }],
    ...inputs,
  },
];
const https = listener({ port: 443, protocol: "HTTPS" });
const database = (inputs: object = {}): Entry => [
  "aws:rds/instance:Instance",
  "db",
  { vpcSecurityGroupIds: ["sg-1"], ...inputs },
];
const service = (image: string, port: number): Entry[] => [
  [
    "aws:ecs/taskDefinition:TaskDefinition",
    "task",
    {
      arn: "arn:task",
      containerDefinitions: JSON.stringify([
        { name: "main", image, portMappings: [{ containerPort: port }] },
      ]),
    },
  ],
  [
    "aws:ecs/service:Service",
    "service",
    {
      taskDefinition: "arn:task",
      networkConfiguration: { assignPublicIp: true, securityGroups: ["sg-1"], subnets: ["subnet-1"] },
    },
  ],
];

const cases: readonly (readonly [what: string, stack: readonly Entry[], expected: Expected])[] = [
  [
    "a group open to all that a load balancer alone uses, as awsx makes it",
    [group(all), balancer(), https],
    {},
  ],
  [
    "the same as a rule of its own",
    [
      group(),
      [
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "rule",
        { securityGroupId: "sg-1", ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
      ],
      balancer(),
      https,
    ],
    {},
  ],
  [
    "a group open to all that a machine uses",
    [group(all), machine()],
    { ssh: ["high group"], database: ["high group"] },
  ],
  [
    "a group open to all that a machine with MySQL uses",
    [group(all), machine({ userData: "apt-get install -y mysql-server" })],
    { ssh: ["high group"], database: ["critical group"] },
  ],
  [
    "a group open to all that a balancer and a machine share",
    [group(all), balancer(), https, machine()],
    { ssh: ["high group"], database: ["high group"] },
  ],
  [
    "a group open to all that nothing in the stack uses",
    [group(all)],
    { ssh: ["high group"], database: ["critical group"] },
  ],
  ["UDP for calls", [group(udp(1024, 65535), tcp(443)), machine()], {}],
  ["UDP at MySQL's port", [group(udp(3306)), machine()], {}],
  ["pings", [group({ protocol: "icmp", fromPort: -1, toPort: -1, cidrBlocks: world }), machine()], {}],
  [
    "a wide range of TCP on a machine",
    [group(tcp(1024, 65535)), machine()],
    { ssh: ["high group"], database: ["high group"] },
  ],
  [
    "tasks that listen on port 80 behind a group open to all",
    [group(all), ...service("nginx", 80)],
    { http: ["high service"] },
  ],
  [
    "Redis as a task with a public address",
    [group(all), ...service("redis:7", 6379)],
    { database: ["critical group"] },
  ],
  [
    "functions behind a group open to all",
    [
      group(all),
      ["aws:lambda/function:Function", "api", { vpcConfig: { securityGroupIds: ["sg-1"], subnetIds: [] } }],
    ],
    {},
  ],
  [
    "an interface endpoint behind a group open to all",
    [group(all), ["aws:ec2/vpcEndpoint:VpcEndpoint", "endpoint", { securityGroupIds: ["sg-1"] }]],
    {},
  ],
  [
    "a database with a public address",
    [group(tcp(3306)), database({ publiclyAccessible: true })],
    { database: ["critical group"] },
  ],
  [
    "a public database on a port of its own",
    [group(tcp(2000)), database({ publiclyAccessible: true, port: 2000 })],
    { database: ["critical group"] },
  ],
  ["a database without a public address", [group(tcp(5432)), database()], { database: ["medium group"] }],
  [
    "a cache that can't have a public address",
    [group(all), ["aws:elasticache/cluster:Cluster", "cache", { securityGroupIds: ["sg-1"] }]],
    { database: ["medium group"] },
  ],
  [
    "a balancer that leads to Redis",
    [group(all), balancer({ loadBalancerType: "network" }), listener({ port: 6379, protocol: "TCP" })],
    { database: ["critical group"] },
  ],
  ["SSH to a machine", [group(tcp(22)), machine()], { ssh: ["high group"] }],
  [
    "SSH through a launch template",
    [
      group(tcp(22)),
      [
        "aws:ec2/launchTemplate:LaunchTemplate",
        "template",
        { networkInterfaces: [{ securityGroups: ["sg-1"] }] },
      ],
    ],
    { ssh: ["high group"] },
  ],
  ["an unknown rule", [[groupType, "group", { id: "sg-1", ingress: UNKNOWN }], machine()], {}],

  ["a listener on HTTP", [balancer(), listener({ port: 80, protocol: "HTTP" })], { http: ["high listener"] }],
  ["a listener that says no protocol", [balancer(), listener({ port: 80 })], { http: ["high listener"] }],
  [
    "a listener on HTTP of an internal balancer",
    [balancer({ internal: true }), listener({ port: 80, protocol: "HTTP" })],
    { http: ["low listener"] },
  ],
  [
    "a network balancer that hands port 80 on",
    [balancer({ loadBalancerType: "network" }), listener({ port: 80, protocol: "TCP" })],
    { http: ["high listener"] },
  ],
  [
    "a network balancer that hands ports 80 and 443 on",
    [
      balancer({ loadBalancerType: "network" }),
      listener({ port: 80, protocol: "TCP" }),
      ["aws:lb/listener:Listener", "tls", { loadBalancerArn: "arn:lb", port: 443, protocol: "TCP" }],
    ],
    {},
  ],
  [
    "a network balancer before MQTT",
    [balancer({ loadBalancerType: "network" }), listener({ port: 8883, protocol: "TCP" })],
    {},
  ],
  [
    "a classic balancer on HTTP",
    [
      [
        "aws:elb/loadBalancer:LoadBalancer",
        "elb",
        { listeners: [{ lbPort: 80, lbProtocol: "http", instancePort: 80 }] },
      ],
    ],
    { http: ["high elb"] },
  ],
  [
    "a classic balancer on HTTP and HTTPS",
    [
      [
        "aws:elb/loadBalancer:LoadBalancer",
        "elb",
        {
          listeners: [
            { lbPort: 80, lbProtocol: "http" },
            { lbPort: 443, lbProtocol: "https" },
          ],
        },
      ],
    ],
    {},
  ],
  ["a machine that opens port 80 alone", [group(tcp(80)), machine()], { http: ["high server"] }],
  ["a machine that opens ports 80 and 443", [group(tcp(80), tcp(443)), machine()], {}],
  [
    "a machine in a subnet without public addresses",
    [
      group(tcp(80)),
      ["aws:ec2/subnet:Subnet", "private", { id: "subnet-9" }],
      machine({ subnetId: "subnet-9" }),
    ],
    {},
  ],
  [
    "a website bucket of its own",
    [["aws:s3/bucket:Bucket", "site", { website: { indexDocument: "index.html" } }]],
    { http: ["medium site"] },
  ],
  [
    "a website bucket behind CloudFront",
    [
      [
        "aws:s3/bucket:Bucket",
        "site",
        { websiteEndpoint: "site.s3-website", website: { indexDocument: "index.html" } },
      ],
      ["aws:cloudfront/distribution:Distribution", "cdn", { origins: [{ domainName: "site.s3-website" }] }],
    ],
    {},
  ],
  [
    "a bucket that only redirects",
    [["aws:s3/bucket:Bucket", "apex", { website: { redirectAllRequestsTo: "https://www.example.com" } }]],
    {},
  ],
  [
    "a distribution whose path for files allows HTTP",
    [
      [
        "aws:cloudfront/distribution:Distribution",
        "cdn",
        {
          defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" },
          orderedCacheBehaviors: [{ pathPattern: "/files/*", viewerProtocolPolicy: "allow-all" }],
        },
      ],
    ],
    { http: ["high cdn"] },
  ],
  [
    "Elastic Beanstalk as it comes",
    [["aws:elasticbeanstalk/environment:Environment", "shop", { settings: [] }]],
    { http: ["high shop"] },
  ],
  [
    "Elastic Beanstalk with a listener for TLS",
    [
      [
        "aws:elasticbeanstalk/environment:Environment",
        "shop",
        { settings: [{ namespace: "aws:elbv2:listener:443", name: "Protocol", value: "HTTPS" }] },
      ],
    ],
    {},
  ],
];

describe("open ports and plain HTTP, by who uses them", () => {
  for (const [what, stack, expected] of cases)
    it(what, () => {
      const views: ResourceView[] = stack.map(([type, name, properties]) => ({ type, name, properties }));
      const said = Object.fromEntries(
        Object.entries(rules).map(([key, rule]) => [
          key,
          runStackPolicy(rule, views).map(({ severity, urn }) => `${severity} ${urn?.split("::").at(-1)}`),
        ]),
      );
      assert.deepEqual(said, { ssh: [], database: [], http: [], ...expected });
    });

  it("knows who uses a group before it exists", () => {
    const urn = (name: string) => `urn:pulumi:prod::shop::x::${name}`;
    const views: ResourceView[] = [
      { type: groupType, name: "group", urn: urn("group"), properties: { ingress: [all] } },
      {
        type: "aws:lb/loadBalancer:LoadBalancer",
        name: "alb",
        urn: urn("alb"),
        properties: { securityGroups: [UNKNOWN] },
        propertyDependencies: { securityGroups: [urn("group")] },
      },
    ];
    assert.deepEqual(runStackPolicy(rules.database, views), []);
    assert.deepEqual(runStackPolicy(rules.ssh, views), []);
  });
});
