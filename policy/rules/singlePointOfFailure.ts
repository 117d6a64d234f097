import { type Finding, fewNames, listTiers, practices } from "../finding";
import { environmentType } from "../members/beanstalk";
import type { Member } from "../members/member";
import { append } from "../resources";
import { isBuilt } from "../rungs";
import { secondCopy } from "../secondCopy";
import { decidesByMajority } from "../survival";
import type { Group, Topology } from "../topology";
import { nodeGroupType } from "../types";
import type { Tier } from "../vocabulary";

/** The parts whose failure takes the site down: machines, zones, the region. */
export function singlePointsOfFailure(site: Topology): Finding[] {
  const { own } = site;
  const groups = site.groups.filter(({ members }) => members.some(({ essential }) => essential));
  return [
    ...groups.filter(({ survives }) => survives === "nothing").map((group) => machine(group, own)),
    ...zones(groups, own),
    ...region(site, groups, own),
  ];
}

function machine(group: Group, own: boolean): Finding {
  const names = group.members.map(({ name }) => name);
  const [first] = group.members;
  const kind = first?.kind ?? "machine";
  const heals = group.members.some((member) => member.heals) && first?.survives === undefined;
  const database = group.tiers.includes("database");
  const down = heals
    ? "until its replacement serves, minutes later"
    : database && group.tiers.length === 1
      ? "until the database is back or restored from a backup"
      : "until the machine is back or rebuilt";
  const pair = group.members.length > 1 && decidesByMajority(group.members, "database");
  const what =
    group.tiers.includes("web") || group.tiers.includes("app")
      ? "The site is down"
      : "Every page that needs it fails";
  return {
    rule: "single-point-of-failure",
    problem: "single point of failure",
    severity: heals ? "medium" : "high",
    scope: "machine",
    tiers: group.tiers,
    resources: group.members.map(({ key }) => key),
    names,
    title: pair
      ? `${fewNames(names)} decide by majority, and of two neither can lose the other`
      : `${fewNames(names)} (${kind}) alone ${names.length > 1 ? "hold" : "holds"} ${listTiers(group.tiers)}`,
    breaks: pair
      ? `When one of ${fewNames(names)} fails, the other takes no more writes: it can't tell whether it may.`
      : `${what} when ${fewNames(names)} fails, ${down}.`,
    notices: "Every visitor, at once: browsers show an error or wait.",
    nextStep: machineStep(group, own),
    removedBy: {
      rung: "load-balanced",
      how: group.tiers.includes("database")
        ? "a replica in another zone takes over within seconds to a minute"
        : "a second server behind a load balancer goes on serving",
    },
    wellArchitected: practices.failover,
    certain: group.certain,
  };
}

function machineStep(group: Group, own: boolean): Finding["nextStep"] {
  const [first] = group.members;
  const name = first?.name ?? "it";
  if (own) {
    const rung =
      group.tiers.includes("web") && group.tiers.includes("database") ? "split-database" : "load-balanced";
    const first = rung === "load-balanced" ? "" : ", the step before load-balanced";
    const missing = isBuilt(
      rung,
      group.members.map(({ platform }) => platform),
    )
      ? ""
      : " (not in this version yet)";
    return {
      change: `Take the rung ${rung}${missing}${first}`,
      command: `pulumi config set rung ${rung} && pulumi up`,
    };
  }
  const changes: Readonly<Record<string, string>> = {
    elasticache:
      first?.type === "aws:elasticache/cluster:Cluster"
        ? `Replace ${name} by an aws.elasticache.ReplicationGroup with automaticFailoverEnabled and multiAzEnabled`
        : `Set automaticFailoverEnabled and multiAzEnabled on ${name}, with two nodes or more`,
    fargate: taskChange(first),
    ecs: taskChange(first),
    efsOneZone: `Make ${name} regional (without availabilityZoneName)`,
  };
  const inFleet = first?.heals ? fleetChange(first) : undefined;
  const change =
    keptElsewhere(group) ??
    (first === undefined ? undefined : secondCopy(first)?.what) ??
    changes[first?.service ?? ""] ??
    inFleet ??
    (group.members.length > 1
      ? `Attach ${name} and its likes to one load balancer's target group`
      : group.tiers.includes("database") && group.tiers.length > 1
        ? `Move the database of ${name} to aws.rds.Instance first: a second machine beside it would split the data`
        : group.tiers.length === 1 && group.tiers[0] === "app" && !group.balanced && first?.service === "ec2"
          ? `Keep ${name}'s data on a volume of its own, and put it into an Auto Scaling group of one, so that AWS replaces it`
          : `Put a second machine in another zone, and both behind a load balancer`);
  return { change, command: "pulumi up" };
}

/** Where Application Auto Scaling keeps a service's number, its least capacity decides, and the machines below may. */
function taskChange(member: Member | undefined): string {
  if (member === undefined) return "";
  const { name, scales, limitedBy } = member;
  const setting = scales
    ? `minCapacity: 2 or more on the aws.appautoscaling.Target of ${name}`
    : `desiredCount: 2 or more on ${name}`;
  const machines = limitedBy === undefined ? "" : ` and minSize: 2 or more on ${limitedBy}`;
  return `Set ${setting}${machines}, with subnets in two zones`;
}

/** A second task would hold data of its own. */
function keptElsewhere({ tiers, members }: Group): string | undefined {
  const [first] = members;
  if (first?.service !== "fargate" && first?.service !== "ecs") return undefined;
  if (tiers.includes("database"))
    return `Use a database that AWS keeps, with multiAz, in place of ${first.name}`;
  return tiers.includes("cache")
    ? `Use an aws.elasticache.ReplicationGroup with automaticFailoverEnabled in place of ${first.name}`
    : undefined;
}

function fleetChange({ name, type }: Member): string {
  const settings =
    type === environmentType
      ? "EnvironmentType to LoadBalanced and MinSize to 2 or more"
      : type === nodeGroupType
        ? "scalingConfig's minSize and desiredSize to 2 or more"
        : "minSize and desiredCapacity to 2 or more";
  return `Set ${settings} on ${name}, with subnets in two zones`;
}

/** One finding for each zone that several parts share as the only one. */
function zones(groups: readonly Group[], own: boolean): Finding[] {
  const byZone = new Map<string, Group[]>();
  for (const group of groups) {
    if (group.survives !== "machine") continue;
    // One of several zones holds the majority: that is said of the quorum.
    if (group.zones.known && group.zones.names.length > 1) continue;
    const zone = group.zones.names.length === 1 ? (group.zones.names[0] as string) : "";
    append(byZone, zone, group);
  }
  return [...byZone].map(([zone, inZone]) => {
    const names = inZone.flatMap(({ members }) => members.map(({ name }) => name));
    const tiers = tiersOf(inZone);
    const known = zone !== "" && inZone.every(({ certain }) => certain);
    const host = inZone.some(({ members }) => members.some(({ platform }) => platform === "local"));
    return {
      rule: "single-point-of-failure",
      problem: "single point of failure",
      severity: known ? "medium" : "low",
      scope: "zone",
      tiers,
      resources: inZone.flatMap(({ members }) => members.map(({ key }) => key)),
      names,
      title: known
        ? `${fewNames(names)} all stand in ${zone}`
        : `${fewNames(names)} may all stand in one zone: it can't be seen from this stack`,
      breaks: `The site is down as long as ${host ? "this host" : known ? zone : "that zone"} is.`,
      notices: "Every visitor. Zones fail as a whole a few times a decade, mostly for hours.",
      nextStep: {
        change: own
          ? "Nothing on this platform: all its machines run on one host. On AWS the rung load-balanced spreads over two zones"
          : `Give ${fewNames(names)} subnets in two zones or more`,
        command: "pulumi up",
      },
      removedBy: { rung: "load-balanced", how: "servers and database stand in two zones" },
      wellArchitected: practices.locations,
      certain: known,
    };
  });
}

/** Once for the stack: nothing of the ladder leaves the region. */
function region(site: Topology, groups: readonly Group[], own: boolean): Finding[] {
  const inRegion = groups.filter(
    ({ survives, members }) => survives !== "region" && members[0]?.platform === "aws",
  );
  if (inRegion.length === 0 || site.regions.length > 1) return [];
  const where = site.regions[0] ?? "one region";
  return [
    {
      rule: "single-point-of-failure",
      problem: "single point of failure",
      severity: "low",
      scope: "region",
      tiers: tiersOf(inRegion),
      resources: inRegion.map(({ id }) => id),
      names: [where],
      title: `Everything stands in ${where}`,
      breaks: "The site is down as long as the region is.",
      notices: "Every visitor. For most sites the rare hours cost less than a second region.",
      nextStep: {
        change: `Keep a copy of the backups in a second region; a second site with failover records is the step after`,
        command: own ? "pulumi stack output upgradePath" : "pulumi up",
      },
      wellArchitected: practices.locations,
      certain: site.regions.length === 1,
    },
  ];
}

function tiersOf(groups: readonly Group[]): Tier[] {
  return [...new Set(groups.flatMap(({ tiers }) => tiers))];
}
