import {
  append,
  flag,
  keyOf,
  list,
  nested,
  number,
  type Resources,
  type ResourceView,
  text,
  unknownProperty,
} from "../resources";
import { bucketTypes } from "../types";
import { unionOfZones, type Zones, zonesOf } from "../zones";
import { managed, sized } from "./managed";
import type { Member, Survival } from "./member";
import { stores } from "./stores";

export const databaseType = "aws:rds/instance:Instance";
export const clusterType = "aws:rds/cluster:Cluster";
export const clusterInstanceType = "aws:rds/clusterInstance:ClusterInstance";
export const lightsailDatabaseType = "aws:lightsail/database:Database";
const websiteTypes = [
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
  "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
];

/** What keeps the site's data: databases, caches, file systems, buckets. */
export function data(resources: Resources): Member[] {
  return [
    ...resources
      .ofType(databaseType)
      .filter((database) => !isReplica(database))
      .map((database) => rds(resources, database)),
    ...clusters(resources),
    ...resources.ofType(lightsailDatabaseType).map(lightsailDatabase),
    ...caches(resources),
    ...stores(resources),
    ...resources.ofType("aws:efs/fileSystem:FileSystem").map(fileSystem),
    ...buckets(resources),
  ];
}

/** True for a read replica, of this stack or another: it helps reading, but nothing switches over to it automatically. */
export function isReplica(database: ResourceView): boolean {
  const source = database.properties.replicateSourceDb;
  return source !== undefined && source !== null && source !== "";
}

function rds(resources: Resources, database: ResourceView): Member {
  const multiZone = flag(database, "multiAz");
  const member = managed(
    database,
    "RDS instance",
    "database",
    multiZone === true ? "zone" : "nothing",
    "rds",
  );
  return {
    ...member,
    countKnown: !unknownProperty(database, "multiAz"),
    zones: zonesOf(resources, database, ["availabilityZone"], []),
    ...sized(database, "instanceClass"),
  };
}

function clusters(resources: Resources): Member[] {
  const instances = new Map<string, ResourceView[]>();
  for (const instance of resources.ofType(clusterInstanceType))
    for (const cluster of resources.referred(instance, "clusterIdentifier", [clusterType]))
      append(instances, keyOf(cluster), instance);
  return resources.ofType(clusterType).map((cluster) => {
    const members = instances.get(keyOf(cluster)) ?? [];
    // A "Multi-AZ DB cluster" (MySQL or PostgreSQL, not Aurora) names its instance class itself and always has three instances in three zones.
    const builtIn = text(cluster, "dbClusterInstanceClass") !== undefined;
    // Aurora Serverless v1 has no instances: AWS moves its capacity to another zone.
    const serverless = text(cluster, "engineMode") === "serverless";
    const secondary = isSecondary(resources, cluster);
    const count = builtIn ? 3 : members.length;
    const zones = clusterZones(resources, cluster, members);
    const spread = builtIn || serverless || (count >= 2 && !(zones.known && zones.names.length < 2));
    const first = members[0];
    return {
      ...managed(
        cluster,
        builtIn ? "RDS cluster" : "Aurora cluster",
        "database",
        spread ? "zone" : count >= 2 ? "machine" : "nothing",
        "aurora",
      ),
      count: Math.max(1, count),
      zones,
      scales: serverless,
      // A cluster of another region takes over when a person says so: requests don't need it before.
      essential: !secondary,
      ...(first === undefined ? sized(cluster, "dbClusterInstanceClass") : sized(first, "instanceClass")),
    };
  });
}

/** True for the copy of an Aurora global database in another region: it has no password of its own. */
export function isSecondary(resources: Resources, cluster: ResourceView): boolean {
  const global = cluster.properties.globalClusterIdentifier;
  if (global === undefined || global === null || global === "") return false;
  const own = ["masterPassword", "masterPasswordWo", "manageMasterUserPassword", "snapshotIdentifier"].some(
    (property) => !["", false, null, undefined].includes(cluster.properties[property] as string),
  );
  if (text(cluster, "replicationSourceIdentifier") !== undefined) return true;
  const source = resources
    .referred(cluster, "globalClusterIdentifier", ["aws:rds/globalCluster:GlobalCluster"])
    .flatMap((each) => resources.referred(each, "sourceDbClusterIdentifier", [clusterType]));
  return !own && !source.includes(cluster);
}

/** Aurora spreads its instances over the zones of its subnet group unless each is put into a zone by name. */
function clusterZones(resources: Resources, cluster: ResourceView, members: readonly ResourceView[]): Zones {
  const placed = members.map((member) => zonesOf(resources, member, ["availabilityZone"], []));
  if (placed.length > 0 && placed.every(({ names }) => names.length > 0)) return unionOfZones(placed);
  return zonesOf(resources, cluster, ["availabilityZones"], []);
}

function lightsailDatabase(database: ResourceView): Member {
  const bundle = text(database, "bundleId");
  const highlyAvailable = bundle?.includes("_ha_") === true;
  return {
    ...managed(
      database,
      "Lightsail database",
      "database",
      highlyAvailable ? "zone" : "nothing",
      "lightsailDatabase",
    ),
    countKnown: bundle !== undefined,
    ...sized(database, "bundleId"),
  };
}

function caches(resources: Resources): Member[] {
  const alone = resources
    .ofType("aws:elasticache/cluster:Cluster")
    .filter(
      (cluster) =>
        cluster.properties.replicationGroupId === undefined || cluster.properties.replicationGroupId === "",
    );
  const groups = resources.ofType("aws:elasticache/replicationGroup:ReplicationGroup");
  const serverless = resources.ofType("aws:elasticache/serverlessCache:ServerlessCache");
  return [
    ...alone.map((cluster) => ({
      ...managed(cluster, "ElastiCache cluster", "cache", "nothing", "elasticache"),
      zones: zonesOf(resources, cluster, ["availabilityZone", "preferredAvailabilityZones"], []),
      ...sized(cluster, "nodeType"),
    })),
    ...groups.map((group) => {
      const shards = number(group, "replicasPerNodeGroup");
      const nodes = shards === undefined ? (number(group, "numCacheClusters") ?? 1) : shards + 1;
      const failsOver = flag(group, "automaticFailoverEnabled") === true && nodes >= 2;
      const survives: Survival = !failsOver
        ? "nothing"
        : flag(group, "multiAzEnabled") === true
          ? "zone"
          : "machine";
      return {
        ...managed(group, "ElastiCache replication group", "cache", survives, "elasticache"),
        count: Math.max(1, nodes),
        countKnown: !["automaticFailoverEnabled", "multiAzEnabled", "numCacheClusters"].some((property) =>
          unknownProperty(group, property),
        ),
        ...sized(group, "nodeType"),
      };
    }),
    ...serverless.map((cache) =>
      managed(cache, "ElastiCache serverless cache", "cache", "zone", "elasticache"),
    ),
  ];
}

function fileSystem(system: ResourceView): Member {
  const oneZone = text(system, "availabilityZoneName");
  return {
    ...managed(
      system,
      "EFS file system",
      "storage",
      oneZone === undefined ? "zone" : "machine",
      oneZone === undefined ? "efs" : "efsOneZone",
    ),
    zones: oneZone === undefined ? { names: [], known: true } : { names: [oneZone], known: true },
    countKnown: !unknownProperty(system, "availabilityZoneName"),
  };
}

/** Buckets: those that serve the website itself are essential, others (logs, uploads, state) stand beside it. */
function buckets(resources: Resources): Member[] {
  const serving = new Set<ResourceView>();
  for (const website of resources.ofType(...websiteTypes))
    for (const bucket of resources.referred(website, "bucket", bucketTypes)) serving.add(bucket);
  for (const distribution of resources.ofType("aws:cloudfront/distribution:Distribution"))
    for (const origin of nested(distribution, "origins"))
      for (const bucket of resources.referred(origin, "domainName", bucketTypes)) serving.add(bucket);
  return resources.ofType(...bucketTypes).map((bucket) => {
    const essential =
      serving.has(bucket) || list(bucket, "website").length > 0 || list(bucket, "websites").length > 0;
    return { ...managed(bucket, "S3 bucket", "storage", "zone", "s3"), essential };
  });
}
