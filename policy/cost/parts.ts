import { sizePrice } from "../prices";
import { flag, isObject, isUnknown, list, number, objects, type ResourceView, text } from "../resources";
import type { Bill } from "./bill";
import { volumeCost } from "./stores";

/** What stands beside the servers and is paid by the piece: volumes, their snapshots, alarms, dashboards, keys, health checks. */
export function partCosts(bill: Bill): void {
  const { resources } = bill;
  for (const volume of resources.ofType("aws:ebs/volume:Volume"))
    bill.add(`volume ${volume.name}`, volumeCost(bill, volume));
  for (const policy of resources.ofType("aws:dlm/lifecyclePolicy:LifecyclePolicy")) {
    for (const volume of resources.ofType("aws:ebs/volume:Volume").filter((one) => targets(policy, one))) {
      bill.add(`snapshots of ${volume.name} (estimate)`, snapshotCost(bill, policy, volume));
    }
  }
  const alarms = resources.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
  if (alarms.length > 0)
    bill.add(`alarms (${alarms.length})`, sum(alarms.map((alarm) => alarmCost(bill, alarm))));
  for (const check of resources.ofType("aws:route53/healthCheck:HealthCheck")) {
    bill.add(`health check ${check.name}`, healthCheckCost(bill, check));
  }
  for (const instance of resources.ofType("aws:lightsail/instance:Instance")) {
    // Bundles of some regions end in another digit.
    const bundle = text(instance, "bundleId")?.replace(/_\d$/, "_0");
    bill.add(
      `Lightsail instance ${instance.name} (${bundle ?? "of a size not known"})`,
      sizePrice(bill.table(instance), "lightsail", bundle),
    );
  }
  for (const { types, what, unit, count } of byThePiece)
    for (const resource of resources.ofType(...types))
      bill.add(
        `${what} ${resource.name}`,
        bill.units(resource, unit, count === undefined ? 1 : count(resource)),
      );
  for (const [type, what] of withoutPrice)
    for (const resource of resources.ofType(type)) bill.add(`${what} ${resource.name}`, undefined);
}

interface Piece {
  readonly types: readonly string[];
  readonly what: string;
  readonly unit: Parameters<Bill["units"]>[1];
  /** One where it is missing; undefined where it isn't known yet. */
  readonly count?: (resource: ResourceView) => number | undefined;
}

const byThePiece: readonly Piece[] = [
  { types: ["aws:route53/zone:Zone"], what: "hosted zone", unit: "route53ZonePerMonth" },
  { types: ["aws:eks/cluster:Cluster"], what: "EKS cluster", unit: "eksClusterPerHour" },
  { types: ["aws:cloudwatch/dashboard:Dashboard"], what: "dashboard", unit: "cloudWatchDashboardPerMonth" },
  {
    types: ["aws:wafv2/webAcl:WebAcl", "aws:waf/webAcl:WebAcl", "aws:wafregional/webAcl:WebAcl"],
    what: "web ACL",
    unit: "webAclPerMonth",
  },
  {
    types: ["aws:wafv2/webAcl:WebAcl", "aws:waf/webAcl:WebAcl", "aws:wafregional/webAcl:WebAcl"],
    what: "rules of web ACL",
    unit: "webAclRulePerMonth",
    count: (acl) => list(acl, "rules").length,
  },
  { types: ["aws:kms/key:Key"], what: "key", unit: "kmsKeyPerMonth" },
  { types: ["aws:secretsmanager/secret:Secret"], what: "secret", unit: "secretPerMonth" },
  {
    types: ["aws:acmpca/certificateAuthority:CertificateAuthority"],
    what: "certificate authority",
    unit: "privateAuthorityPerMonth",
    count: (authority) => (text(authority, "usageMode") === "SHORT_LIVED_CERTIFICATE" ? 0 : 1),
  },
  {
    types: ["aws:acmpca/certificateAuthority:CertificateAuthority"],
    what: "certificate authority",
    unit: "shortLivedAuthorityPerMonth",
    count: (authority) => (text(authority, "usageMode") === "SHORT_LIVED_CERTIFICATE" ? 1 : 0),
  },
  { types: ["aws:codepipeline/pipeline:Pipeline"], what: "pipeline", unit: "codePipelinePerMonth" },
  {
    types: ["aws:transfer/server:Server"],
    what: "transfer server",
    unit: "transferProtocolPerHour",
    count: (server) => Math.max(1, list(server, "protocols").length),
  },
  {
    types: ["aws:lightsail/disk:Disk"],
    what: "Lightsail disk",
    unit: "lightsailDiskPerGigabyteMonth",
    count: (disk) => number(disk, "sizeInGb"),
  },
  {
    types: ["aws:opensearch/serverlessCollection:ServerlessCollection"],
    what: "OpenSearch Serverless collection (at the least)",
    unit: "searchUnitPerHour",
    count: (collection) => (text(collection, "standbyReplicas") === "DISABLED" ? 1 : 2),
  },
];

/** What is paid by the hour, or by the size that was asked for, and has no price in the tables. */
export const withoutPrice: readonly (readonly [type: string, what: string])[] = [
  ["aws:appstream/fleet:Fleet", "AppStream fleet"],
  ["aws:cloudhsmv2/hsm:Hsm", "CloudHSM"],
  ["aws:dax/cluster:Cluster", "DAX cluster"],
  ["aws:directconnect/connection:Connection", "Direct Connect"],
  ["aws:directoryservice/directory:Directory", "directory"],
  ["aws:dms/replicationInstance:ReplicationInstance", "replication instance"],
  ["aws:ec2/capacityReservation:CapacityReservation", "capacity reservation"],
  ["aws:ec2/dedicatedHost:DedicatedHost", "dedicated host"],
  ["aws:ec2/fleet:Fleet", "EC2 fleet"],
  ["aws:ec2/spotFleetRequest:SpotFleetRequest", "spot fleet"],
  ["aws:eks/fargateProfile:FargateProfile", "containers of Fargate profile"],
  ["aws:emr/cluster:Cluster", "EMR cluster"],
  ["aws:fsx/lustreFileSystem:LustreFileSystem", "FSx file system"],
  ["aws:fsx/ontapFileSystem:OntapFileSystem", "FSx file system"],
  ["aws:fsx/openZfsFileSystem:OpenZfsFileSystem", "FSx file system"],
  ["aws:fsx/windowsFileSystem:WindowsFileSystem", "FSx file system"],
  ["aws:gamelift/fleet:Fleet", "GameLift fleet"],
  ["aws:memorydb/cluster:Cluster", "MemoryDB cluster"],
  ["aws:mq/broker:Broker", "broker"],
  ["aws:msk/serverlessCluster:ServerlessCluster", "Kafka cluster"],
  ["aws:mwaa/environment:Environment", "Airflow environment"],
  ["aws:neptune/clusterInstance:ClusterInstance", "Neptune instance"],
  ["aws:sagemaker/endpointConfiguration:EndpointConfiguration", "SageMaker endpoint"],
  ["aws:sagemaker/notebookInstance:NotebookInstance", "notebook instance"],
  ["aws:timestreaminfluxdb/dbInstance:DbInstance", "InfluxDB instance"],
  ["aws:workspaces/workspace:Workspace", "WorkSpace"],
];

/** A policy takes the volumes that bear one of its tags. */
function targets(policy: ResourceView, volume: ResourceView): boolean {
  const { tags } = volume.properties;
  if (!isObject(tags)) return false;
  const wanted = objects(policy, "policyDetails").flatMap(({ targetTags }) =>
    isObject(targetTags) ? Object.entries(targetTags) : [],
  );
  return wanted.some(([name, value]) => !isUnknown(value) && tags[name] === value);
}

/** How much of a volume changes between two snapshots, as a guess for a small site: database pages and uploads. */
const changedShare = 0.01;

/** The first snapshot holds the whole volume at the most, each further one what changed since. */
function snapshotCost(bill: Bill, policy: ResourceView, volume: ResourceView): number | undefined {
  const size = number(volume, "size");
  const schedules = objects(policy, "policyDetails").flatMap((details) =>
    Array.isArray(details.schedules) ? details.schedules.filter(isObject) : [],
  );
  const kept =
    sum(schedules.map(({ retainRule }) => (isObject(retainRule) ? Number(retainRule.count) : 0))) ?? 0;
  if (size === undefined || !(kept > 0)) return undefined;
  return bill.units(volume, "snapshotPerGigabyteMonth", size * (1 + (kept - 1) * changedShare));
}

/** An alarm is paid by the metrics that it looks at, and costs more where it looks more than once a minute. */
function alarmCost(bill: Bill, alarm: ResourceView): number | undefined {
  const metrics = objects(alarm, "metricQueries").filter(({ metric }) => metric !== undefined).length;
  const often = (number(alarm, "period") ?? 60) < 60;
  return bill.units(alarm, often ? "alarmHighResolutionPerMonth" : "alarmPerMonth", Math.max(1, metrics));
}

/** HTTPS, a text looked for, ten seconds instead of thirty, and latency measured are options that each cost. */
function healthCheckCost(bill: Bill, check: ResourceView): number | undefined {
  const type = text(check, "type") ?? "";
  const options = [
    type.startsWith("HTTPS"),
    type.endsWith("_STR_MATCH"),
    number(check, "requestInterval") === 10,
    flag(check, "measureLatency") === true,
  ];
  return sum([
    bill.units(check, "route53HealthCheckPerMonth", 1),
    bill.units(check, "route53HealthCheckOptionPerMonth", options.filter(Boolean).length),
  ]);
}

/** Undefined where one of them is. */
function sum(amounts: readonly (number | undefined)[]): number | undefined {
  return amounts.reduce<number | undefined>(
    (total, amount) => (total === undefined || amount === undefined ? undefined : total + amount),
    0,
  );
}
