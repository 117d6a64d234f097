import assert from "node:assert/strict";
import { assess } from "../../../policy/assess";
import { type ResourceView, UNKNOWN } from "../../../policy/resources";
import { topology } from "../../../policy/topology";

type Entry = readonly [type: string, name: string, inputs: Readonly<Record<string, unknown>>];

const table = (inputs: object): Entry => [
  "aws:dynamodb/table:Table",
  "orders",
  { hashKey: "id", attributes: [{ name: "id", type: "S" }], ...inputs },
];
const bucket = (name: string, inputs: object = {}): Entry => [
  "aws:s3/bucket:Bucket",
  name,
  { id: name, bucket: name, ...inputs },
];
const versioning = (status: string): Entry => [
  "aws:s3/bucketVersioning:BucketVersioning",
  "versioning",
  { bucket: "uploads", versioningConfiguration: { status } },
];
const files = (inputs: object = {}): Entry => [
  "aws:efs/fileSystem:FileSystem",
  "files",
  { id: "fs-1", ...inputs },
];
const backupPlan: Entry = ["aws:backup/selection:Selection", "all", { planId: "plan", resources: ["*"] }];
const task = (image: string, container: object = {}, volumes: readonly object[] = []): Entry[] => [
  [
    "aws:ecs/taskDefinition:TaskDefinition",
    "task",
    {
      arn: "arn:task",
      volumes,
      containerDefinitions: JSON.stringify([{ name: "main", image, ...container }]),
    },
  ],
  ["aws:ecs/service:Service", "service", { taskDefinition: "arn:task", desiredCount: 1 }],
];
const mounted = { mountPoints: [{ sourceVolume: "data", containerPath: "/data" }] };

/** A gateway or machine that route tables of subnets in these zones lead to. */
function wayOut(zones: readonly string[], hop: Entry, route: object): Entry[] {
  return [
    hop,
    ...zones.flatMap((zone, index): Entry[] => [
      ["aws:ec2/subnet:Subnet", `private-${index}`, { id: `subnet-${index}`, availabilityZone: zone }],
      ["aws:ec2/routeTable:RouteTable", `table-${index}`, { id: `rtb-${index}` }],
      [
        "aws:ec2/route:Route",
        `route-${index}`,
        { routeTableId: `rtb-${index}`, destinationCidrBlock: "0.0.0.0/0", ...route },
      ],
      [
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        `association-${index}`,
        { routeTableId: `rtb-${index}`, subnetId: `subnet-${index}` },
      ],
    ]),
  ];
}
const gateway = (inputs: object = {}): Entry => [
  "aws:ec2/natGateway:NatGateway",
  "nat",
  { id: "nat-1", ...inputs },
];
const zones = ["eu-west-1a", "eu-west-1b"];

/** `SEVERITY RULE RESOURCE` of each finding of these rules, and of single points beside the site. */
const cases: readonly (readonly [what: string, stack: readonly Entry[], expected: readonly string[]])[] = [
  ["a table", [table({})], ["medium data-without-backup orders"]],
  ["a table with point-in-time recovery", [table({ pointInTimeRecovery: { enabled: true } })], []],
  [
    "a table with it off",
    [table({ pointInTimeRecovery: { enabled: false } })],
    ["medium data-without-backup orders"],
  ],
  ["a table with it unknown", [table({ pointInTimeRecovery: UNKNOWN })], []],
  ["a table of locks", [table({ hashKey: "LockID" })], []],
  ["a table whose rows expire", [table({ ttl: { enabled: true, attributeName: "until" } })], []],
  ["a table under AWS Backup", [table({}), backupPlan], []],
  ["a bucket for uploads", [bucket("uploads")], ["medium data-without-backup uploads"]],
  ["a bucket for Pulumi's state", [bucket("pulumi-state")], ["medium data-without-backup pulumi-state"]],
  ["uploads with versions", [bucket("uploads"), versioning("Enabled")], []],
  [
    "uploads with suspended versions",
    [bucket("uploads"), versioning("Suspended")],
    ["medium data-without-backup uploads"],
  ],
  ["uploads with versions of their own", [bucket("uploads", { versioning: { enabled: true } })], []],
  ["logs", [bucket("access-logs")], []],
  ["a website's content", [bucket("user-site", { website: { indexDocument: "index.html" } })], []],
  [
    "a bucket that something waits for objects in",
    [
      bucket("bucket"),
      ["aws:s3/bucketNotification:BucketNotification", "made", { bucket: "bucket", lambdaFunctions: [] }],
    ],
    ["medium data-without-backup bucket"],
  ],
  [
    "a bucket that the program fills",
    [bucket("files"), ["aws:s3/bucketObject:BucketObject", "index", { bucket: "files", key: "index.html" }]],
    [],
  ],
  ["a file system", [files()], ["medium data-without-backup files"]],
  ["a file system of one zone, which AWS backs up", [files({ availabilityZoneName: "eu-west-1a" })], []],
  [
    "a file system with backups",
    [
      files(),
      [
        "aws:efs/backupPolicy:BackupPolicy",
        "daily",
        { fileSystemId: "fs-1", backupPolicy: { status: "ENABLED" } },
      ],
    ],
    [],
  ],
  ["Redis in a task", task("redis:alpine"), ["medium data-on-task service"]],
  ["Memcached in a task", task("memcached:1.6"), []],
  ["PostgreSQL in a task", task("docker.io/library/postgres:17"), ["high data-on-task service"]],
  [
    "PostgreSQL in a task with EFS",
    task("postgres", mounted, [{ name: "data", efsVolumeConfiguration: { fileSystemId: "fs-9" } }]),
    [],
  ],
  [
    "PostgreSQL in a task with a volume that ends with it",
    task("postgres", mounted, [{ name: "data", configureAtLaunch: true }]),
    ["high data-on-task service"],
  ],
  ["WordPress in a task", task("wordpress:6"), ["high data-on-task service"]],
  ["a site's own image", task("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:3"), []],
  [
    "one NAT gateway for two zones",
    wayOut(zones, gateway(), { natGatewayId: "nat-1" }),
    ["low single-point-of-failure nat"],
  ],
  ["a NAT gateway for its own zone", wayOut(["eu-west-1a"], gateway(), { natGatewayId: "nat-1" }), []],
  [
    "a NAT gateway that spans zones",
    wayOut(zones, gateway({ availabilityMode: "regional" }), { natGatewayId: "nat-1" }),
    [],
  ],
  [
    "a machine as the way out",
    wayOut(zones, ["aws:ec2/instance:Instance", "fck-nat", { id: "i-1", sourceDestCheck: false }], {
      instanceId: "i-1",
    }),
    ["medium single-point-of-failure fck-nat"],
  ],
];

describe("data beside databases, and the way out of private subnets", () => {
  const rules = new Set(["data-without-backup", "data-on-task", "single-point-of-failure"]);
  for (const [what, stack, expected] of cases)
    it(what, () => {
      const views: ResourceView[] = stack.map(([type, name, properties]) => ({ type, name, properties }));
      const found = assess(topology(views))
        .findings.filter(
          ({ rule, scope, tiers }) => rules.has(rule) && scope !== "region" && !tiers.includes("web"),
        )
        .filter(({ rule, tiers }) => rule !== "single-point-of-failure" || tiers.length === 0)
        .map(({ severity, rule, names }) => `${severity} ${rule} ${names.join()}`);
      assert.deepEqual(found, expected);
    });
});
