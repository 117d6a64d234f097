import { type Finding, practices } from "../finding";
import { clusterType, databaseType, isSecondary } from "../members/data";
import { dumpOf, engineOf } from "../members/engines";
import { templateOf } from "../members/fleets";
import type { Member } from "../members/member";
import {
  flag,
  keyOf,
  number,
  type Resources,
  type ResourceView,
  text,
  texts,
  unknownProperty,
} from "../resources";
import { secondCopy } from "../secondCopy";
import { decidesByMajority } from "../survival";
import type { Group, Topology } from "../topology";

/** What may cost data: databases without a replica, without backups, without protection from being deleted. */
export function databases(site: Topology): Finding[] {
  const groups = site.groups.filter(({ tiers }) => tiers.includes("database"));
  const members = groups.flatMap((group) => group.members.filter(({ tiers }) => tiers.includes("database")));
  const onMachines = members.filter(isSelfKept).length;
  const planned = backupsArePlanned(site);
  const copied = copiedElsewhere(site);
  return groups.flatMap((group) => {
    const kept = group.members.filter(keepsDatabase);
    return [
      ...withoutReplica(site, group, kept, { onMachines, copied }),
      ...oncePerCopy(kept).flatMap((member) => withoutBackup(site, member, planned)),
      ...(replicates(kept) ? kept.slice(0, 1) : kept).flatMap((member) => withoutProtection(site, member)),
    ];
  });
}

/** Containers are judged as what they are: their data ends with them. */
function keepsDatabase({ tiers, service }: Member): boolean {
  return tiers.includes("database") && service !== "fargate" && service !== "ecs";
}

/** Servers of this project that hold copies of the same data. */
function replicates(members: readonly Member[]): boolean {
  return members.length > 1 && decidesByMajority(members, "database");
}

/** Of copies of the same data one backup is enough. */
function oncePerCopy(members: readonly Member[]): readonly Member[] {
  if (!replicates(members)) return members;
  return members.some(({ resource }) => flag(resource, "backup") === true) ? [] : members.slice(0, 1);
}

/** Keys of databases with a read replica in the stack, and of Aurora clusters with, or as, a copy in another region. */
function copiedElsewhere({ resources }: Topology): ReadonlySet<string> {
  const replicas = resources
    .ofType(databaseType)
    .flatMap((database) => resources.referred(database, "replicateSourceDb", [databaseType, clusterType]));
  const clusters = resources.ofType(clusterType);
  const globals = new Set(
    clusters
      .filter((cluster) => isSecondary(resources, cluster))
      .flatMap((cluster) => globalOf(resources, cluster)),
  );
  const inGlobal = clusters.filter((cluster) => globalOf(resources, cluster).some((key) => globals.has(key)));
  return new Set([...replicas, ...inGlobal].map(keyOf));
}

/** The global database that a cluster belongs to: the resource's key, or its identifier. */
function globalOf(resources: Resources, cluster: ResourceView): string[] {
  const type = "aws:rds/globalCluster:GlobalCluster";
  const inside = resources.referred(cluster, "globalClusterIdentifier", [type]).map(keyOf);
  const source = resources
    .ofType(type)
    .filter((each) => resources.referred(each, "sourceDbClusterIdentifier", [clusterType]).includes(cluster));
  return [...inside, ...source.map(keyOf), ...texts(cluster, "globalClusterIdentifier")];
}

/** What is known of the stack's databases as a whole. */
interface Copies {
  /** How many database servers are kept by their owner. */
  readonly onMachines: number;
  readonly copied: ReadonlySet<string>;
}

function withoutReplica(
  site: Topology,
  group: Group,
  kept: readonly Member[],
  { onMachines, copied }: Copies,
): Finding[] {
  const [member] = kept;
  if (group.survives !== "nothing" || member === undefined || replicates(kept)) return [];
  if (copied.has(member.key)) return [];
  const selfKept = isSelfKept(member);
  // The storage of these is spread over zones whatever the number of instances.
  const spread = ["aurora", "documentdb", "neptune"].includes(member.service);
  const aurora = spread && member.type !== "aws:docdb/elasticCluster:ElasticCluster";
  return [
    {
      ...base(
        "database-without-replica",
        aurora || !member.essential ? "medium" : "high",
        "single point of failure",
        member,
      ),
      title: aurora
        ? `The database on ${member.name} has no second instance to take over`
        : `The database on ${member.name} has no second copy that is up to date`,
      breaks: selfKept
        ? `When ${member.name}'s disk dies, everything since the last backup is lost.`
        : aurora
          ? `When ${member.name}'s only instance fails, AWS starts another, which takes ten minutes or more. Its storage keeps the data.`
          : `When ${member.name} fails, a restore takes tens of minutes and ${
              member.service === "search"
                ? "loses what came after the last hourly snapshot"
                : "may lose the last five minutes of writes"
            }.`,
      notices: aurora
        ? "Everyone who reads or writes meanwhile."
        : "Customers whose orders, accounts or posts are gone.",
      nextStep: site.own
        ? {
            change: "Until the rung load-balanced: keep backups on another machine",
            command: backupCommand(site, member),
          }
        : { change: replicaChange(member), command: "pulumi up" },
      removedBy: {
        rung: "load-balanced",
        how: "each write is on a second machine before it is acknowledged",
      },
      wellArchitected: practices.failover,
      // Replication that people set up by hand between several database machines can't be seen.
      certain: group.certain && !(selfKept && onMachines > 1),
    },
  ];
}

function replicaChange(member: Member): string {
  return (
    secondCopy(member)?.what ?? `Move the database of ${member.name} to aws.rds.Instance with multiAz: true`
  );
}

/** True where the database has its machine for itself. */
function isApart({ tiers }: Member): boolean {
  return !tiers.includes("web") && !tiers.includes("app");
}

/** True where the database runs on a machine that is kept by its owner. */
function isSelfKept({ service }: Member): boolean {
  return service === "machine" || service === "ec2" || service === "lightsail";
}

/** @param planned whether the stack plans snapshots or backups of what is kept by its owner */
function withoutBackup(site: Topology, member: Member, planned: boolean): Finding[] {
  const { backed, certain } = backup(member, planned);
  if (backed) return [];
  return [
    {
      ...base("database-without-backup", "critical", "single point of failure", member),
      title: `The database on ${member.name} isn't backed up`,
      breaks: `A wrong DELETE, a break-in or a dead disk on ${member.name} can't be undone.`,
      notices: "You, on the worst day; then every customer.",
      nextStep: isSelfKept(member)
        ? {
            change: site.own
              ? "Have it backed up every night and every ten minutes, to a place elsewhere (whose keys go into backupEnvironment)"
              : "Dump the database to another place every day",
            command: backupCommand(site, member),
          }
        : {
            change:
              member.service === "lightsailDatabase"
                ? `Set backupRetentionEnabled: true on ${member.name}`
                : `Set backupRetentionPeriod: 7 on ${member.name}`,
            command: "pulumi up",
          },
      // This project's own stack that is there already has its database on a server all the same.
      ...(isSelfKept(member) && !(site.own && isApart(member))
        ? {
            removedBy: {
              rung: "split-database" as const,
              how: "on AWS, RDS backs itself up every day and keeps the log in between",
            },
          }
        : {}),
      wellArchitected: practices.backup,
      certain,
    },
  ];
}

/** Whether something in the stack backs a database up. */
function backup(
  { service, resource }: Member,
  planned: boolean,
): { readonly backed: boolean; readonly certain: boolean } {
  if (service === "rds") {
    const days = number(resource, "backupRetentionPeriod");
    return { backed: (days ?? 0) > 0, certain: !unknownProperty(resource, "backupRetentionPeriod") };
  }
  // These always keep a day, and search domains snapshots of each hour.
  if (service === "search") return { backed: true, certain: true };
  if (["aurora", "documentdb", "neptune"].includes(service))
    return { backed: number(resource, "backupRetentionPeriod") !== 0, certain: true };
  if (service === "lightsailDatabase")
    return { backed: flag(resource, "backupRetentionEnabled") !== false, certain: true };
  if (service === "lightsail") {
    const snapshots = JSON.stringify(resource.properties.addOn ?? {});
    return { backed: snapshots.includes("AutoSnapshot"), certain: true };
  }
  return { backed: flag(resource, "backup") === true || planned, certain: true };
}

function backupsArePlanned(site: Topology): boolean {
  const plans = site.resources.ofType(
    "aws:dlm/lifecyclePolicy:LifecyclePolicy",
    "aws:backup/plan:Plan",
    "aws:backup/selection:Selection",
  );
  return plans.length > 0;
}

/** This project's own backups, or a dump over SSH with the machine's address where it is known. */
function backupCommand(site: Topology, member: Member): string {
  if (site.own) {
    return "openssl rand -base64 24 | pulumi config set --secret backupPassword && pulumi config set backupRepository s3:https://HOST/BUCKET && pulumi up";
  }
  const address = text(member.resource, "publicIp") ?? "ADDRESS";
  const template = member.heals ? templateOf(site.resources, member.resource) : undefined;
  const engine = engineOf([member.resource, ...(template === undefined ? [] : [template])]);
  const file = `${member.name}.${engine === "mongodb" ? "archive" : "sql"}.gz`;
  return `ssh root@${address} '${dumpOf(engine)}' > ${file}`;
}

function withoutProtection(site: Topology, member: Member): Finding[] {
  const { resource } = member;
  const instances = site.resources.descendants(resource, "aws:ec2/instance:Instance");
  const protectedBy = [resource, ...instances].some(
    (view) =>
      view.protect === true ||
      flag(view, "deletionProtection") === true ||
      flag(view, "disableApiTermination") === true,
  );
  if (protectedBy) return [];
  const managed = !isSelfKept(member);
  const local = member.platform === "local";
  return [
    {
      ...base(
        "database-without-deletion-protection",
        local ? "low" : "medium",
        "single point of failure",
        member,
      ),
      title: `${member.name}, with the database on it, can be deleted by one command`,
      breaks: `A pulumi destroy, a rename in the program or a click in the console deletes ${member.name}${
        flag(resource, "skipFinalSnapshot") === true ? ", without a last snapshot" : ""
      }.`,
      notices: "Everyone, at once.",
      nextStep: managed
        ? {
            change: withoutSwitch(member)
              ? `Give ${member.name} the option { protect: true }`
              : `Set deletionProtection: true on ${member.name}`,
            command: "pulumi up",
          }
        : {
            change:
              "Protect it in Pulumi's state (an up with a program that doesn't protect it lifts that again)",
            command: resource.urn?.startsWith("urn:pulumi:")
              ? `pulumi state protect '${resource.urn}'`
              : "pulumi state protect --all",
          },
      wellArchitected: practices.backup,
      certain: !unknownProperty(resource, "deletionProtection"),
    },
  ];
}

/** AWS has no protection from being deleted for these: Pulumi's own stands in. */
function withoutSwitch({ service, type }: Member): boolean {
  return (
    service === "lightsailDatabase" ||
    service === "search" ||
    type === "aws:docdb/elasticCluster:ElasticCluster"
  );
}

function base(
  rule: Finding["rule"],
  severity: Finding["severity"],
  problem: Finding["problem"],
  member: Member,
) {
  return {
    rule,
    severity,
    problem,
    scope: "data",
    tiers: ["database"],
    resources: [member.key],
    names: [member.name],
  } as const;
}
