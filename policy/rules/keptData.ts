import { type Finding, practices } from "../finding";
import { kindOfImage, taskOf } from "../members/containers";
import { someWord, splitWords } from "../members/words";
import {
  flag,
  isUnknown,
  keyOf,
  list,
  nested,
  number,
  type Resources,
  type ResourceView,
  text,
  unknownProperty,
} from "../resources";
import type { Topology } from "../topology";
import { bucketTypes, distributionType, ecsServiceType } from "../types";

const tableType = "aws:dynamodb/table:Table";
const fileSystemType = "aws:efs/fileSystem:FileSystem";

/** Data beside databases that nothing brings back: tables, file systems, buckets, and what tasks keep on themselves. */
export function keptData({ resources }: Topology): Finding[] {
  const planned = resources.ofType("aws:backup/selection:Selection").length > 0;
  return [
    ...(planned ? [] : resources.ofType(tableType).flatMap(tables)),
    ...(planned ? [] : fileSystems(resources)),
    ...(planned ? [] : buckets(resources)),
    ...(planned ? [] : resources.ofType("aws:redshift/cluster:Cluster").flatMap(warehouses)),
    ...resources.ofType(ecsServiceType).flatMap((service) => tasks(resources, service)),
  ];
}

/** A table of locks, or one whose rows all expire, holds nothing to bring back. */
function tables(table: ResourceView): Finding[] {
  const recovery = nested(table, "pointInTimeRecovery");
  if (unknownProperty(table, "pointInTimeRecovery")) return [];
  if (recovery.some((each) => flag(each, "enabled") !== false)) return [];
  const expires = nested(table, "ttl").some((ttl) => flag(ttl, "enabled") === true);
  if (text(table, "hashKey") === "LockID" || expires) return [];
  return [
    {
      ...base("data-without-backup", "medium", table, "database"),
      title: `The table ${table.name} can't be set back to an earlier time`,
      breaks: `A wrong write or delete in ${table.name} can't be undone.`,
      notices: "Everyone whose entries are gone.",
      nextStep: {
        change: `Set pointInTimeRecovery: { enabled: true } on ${table.name}`,
        command: "pulumi up",
      },
    },
  ];
}

/** Snapshots are kept for a day where nothing else is said. */
function warehouses(cluster: ResourceView): Finding[] {
  if (number(cluster, "automatedSnapshotRetentionPeriod") !== 0) return [];
  return [
    {
      ...base("data-without-backup", "high", cluster, "database"),
      title: `The warehouse ${cluster.name} takes no snapshots`,
      breaks: `A wrong write or delete in ${cluster.name}, or its end, can't be undone.`,
      notices: "Everyone who reads its reports.",
      nextStep: {
        change: `Set automatedSnapshotRetentionPeriod: 7 on ${cluster.name}`,
        command: "pulumi up",
      },
    },
  ];
}

function fileSystems(resources: Resources): Finding[] {
  const backed = new Set(
    resources
      .ofType("aws:efs/backupPolicy:BackupPolicy")
      .filter((policy) => !nested(policy, "backupPolicy").some((each) => text(each, "status") === "DISABLED"))
      .flatMap((policy) => resources.referred(policy, "fileSystemId", [fileSystemType])),
  );
  return resources.ofType(fileSystemType).flatMap((system): Finding[] => {
    // AWS backs up file systems of one zone unless a setting prevents it.
    if (backed.has(system) || text(system, "availabilityZoneName") !== undefined) return [];
    return [
      {
        ...base("data-without-backup", "medium", system, "storage"),
        title: `The file system ${system.name} isn't backed up`,
        breaks: `A file that is deleted or overwritten on ${system.name} can't be brought back.`,
        notices: "Everyone whose uploads are gone.",
        nextStep: {
          change: `Add an aws.efs.BackupPolicy with status: "ENABLED" for ${system.name}`,
          command: "pulumi up",
        },
      },
    ];
  });
}

const words = (list: string) => new Set(list.split(" "));
/** What buckets with data that exists nowhere else are called. */
const dataWords = words(
  "upload uploads media state tfstate states backup backups dump dumps document documents photo photos image images video videos avatar avatars attachment attachments user users data files storage",
);
/** What can be made again, or is written down elsewhere. */
const madeWords = words(
  "log logs logging access artifact artifacts pipeline pipelines build builds deploy deployment deployments code lambda source static website site web www content assets cdn public cache tmp temp thumbnail thumbnails athena query results redirect trail cloudtrail",
);

/** Buckets with uploads or state, in which an overwritten object is gone. */
function buckets(resources: Resources): Finding[] {
  const all = resources.ofType(...bucketTypes);
  if (all.length === 0) return [];
  const versioned = new Set(
    resources
      .ofType("aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2")
      .filter(
        (each) =>
          isUnknown(each.properties.versioningConfiguration) ||
          nested(each, "versioningConfiguration").some((inner) => text(inner, "status") !== "Suspended"),
      )
      .flatMap((each) => resources.referred(each, "bucket", bucketTypes)),
  );
  const uploaded = new Set(
    resources
      .ofType("aws:s3/bucketNotification:BucketNotification")
      .flatMap((each) => resources.referred(each, "bucket", bucketTypes)),
  );
  const made = madeBuckets(resources);
  return all.flatMap((bucket): Finding[] => {
    const inline = [...nested(bucket, "versioning"), ...nested(bucket, "versionings")];
    const unknown = ["versioning", "versionings"].some((property) => unknownProperty(bucket, property));
    if (versioned.has(bucket) || unknown || inline.some((each) => flag(each, "enabled") === true)) return [];
    const names = splitWords(bucket.name);
    const holds = uploaded.has(bucket) || someWord(names, dataWords);
    if (!holds || made.has(bucket) || someWord(names, madeWords)) return [];
    return [
      {
        ...base("data-without-backup", "medium", bucket, "storage"),
        title: `The bucket ${bucket.name} keeps no earlier versions`,
        breaks: `An object that is deleted or overwritten in ${bucket.name} can't be brought back.`,
        notices: "Anyone who stored it, on the day they look for it.",
        nextStep: {
          change: `Add an aws.s3.BucketVersioning with status: "Enabled" for ${bucket.name}`,
          command: "pulumi up",
        },
      },
    ];
  });
}

/** Buckets whose content comes from the program, or which serve a website. */
function madeBuckets(resources: Resources): ReadonlySet<ResourceView> {
  const websites = resources
    .ofType(
      "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
      "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
    )
    .flatMap((each) => resources.referred(each, "bucket", bucketTypes));
  const origins = resources
    .ofType(distributionType)
    .flatMap((each) => nested(each, "origins"))
    .flatMap((origin) => resources.referred(origin, "domainName", bucketTypes));
  const filled = resources
    .ofType("aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2")
    .flatMap((each) => resources.referred(each, "bucket", bucketTypes));
  const inline = resources
    .ofType(...bucketTypes)
    .filter((bucket) => list(bucket, "website").length > 0 || list(bucket, "websites").length > 0);
  return new Set([...websites, ...origins, ...filled, ...inline]);
}

/** Containers known to keep data, without a volume that outlives the task. */
function tasks(resources: Resources, service: ResourceView): Finding[] {
  const task = taskOf(resources, service);
  return (task?.containers ?? []).flatMap((container): Finding[] => {
    const kind = kindOfImage(container.image);
    // Memcached forgets by design.
    if (kind === undefined || container.image.startsWith("memcached")) return [];
    if (container.mounts.some((mount) => task?.kept.has(mount) === true)) return [];
    const memory = kind === "cache";
    return [
      {
        ...base("data-on-task", memory ? "medium" : "high", service, memory ? "cache" : "storage"),
        title: `${service.name} keeps the data of ${container.image} on the task itself`,
        breaks: `Each deployment, crash or move of ${service.name} starts with an empty ${container.image}.`,
        notices: memory
          ? "Everyone whose session, vote or job was in it."
          : "Everyone whose data was in it, without a way back.",
        nextStep: {
          change: memory
            ? `Use aws.elasticache.ReplicationGroup in place of ${service.name}`
            : kind === "database"
              ? `Use a database that AWS keeps, such as aws.rds.Instance, in place of ${service.name}`
              : `Mount an aws.efs.FileSystem in the task of ${service.name}, where ${container.image} keeps its data`,
          command: "pulumi up",
        },
      },
    ];
  });
}

function base(
  rule: Finding["rule"],
  severity: Finding["severity"],
  resource: ResourceView,
  tier: "database" | "cache" | "storage",
) {
  return {
    rule,
    problem: "single point of failure",
    severity,
    scope: "data",
    tiers: [tier],
    resources: [keyOf(resource)],
    names: [resource.name],
    wellArchitected: practices.backup,
    certain: true,
  } as const;
}
