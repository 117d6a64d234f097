import { fargateProfileType } from "../members/applications";
import { environmentType } from "../members/beanstalk";
import type { Member } from "../members/member";
import type { ResourceView } from "../resources";
import { rungDescriptions, sizesOf } from "../rungs";
import type { Group, Topology } from "../topology";
import { balancerType, ecsServiceType, groupType, lightsailBalancerType, nodeGroupType } from "../types";
import { type Change, type Part, spread } from "./change";
import { doubled, type Surroundings } from "./doubling";
import { managedDatabase, standby } from "./standby";

export function splitDatabase(site: Topology, shared: readonly Group[]): Change {
  const { database } = sizesOf(site);
  const names = shared.map(({ members }) => members.map(({ name }) => name).join(" and "));
  const added = shared.map((group, index): Group => {
    const resource = managedDatabase(names[index] ?? "site", database, false);
    const [first] = group.members as [Member];
    const { survives: _, ...rest } = first;
    const member: Member = {
      ...rest,
      key: `${group.id} database`,
      name: resource.name,
      type: resource.type,
      kind: "RDS instance",
      tiers: ["database"],
      count: 1,
      survives: "nothing",
      service: "rds",
      size: database,
      resource,
    };
    return {
      ...group,
      id: member.key,
      tiers: ["database"],
      members: [member],
      count: 1,
      survives: "nothing",
      balanced: false,
      dependsOn: [],
    };
  });
  return {
    rung: "split-database",
    what: `Move the database of ${listed(names)} to an aws.rds.Instance, in subnets that only the web server reaches`,
    groups: new Map(
      shared.map((group) => [
        group.id,
        { ...group, tiers: group.tiers.filter((tier) => tier !== "database") },
      ]),
    ),
    added,
    before: [],
    after: added.map(({ members }) => (members[0] as Member).resource),
    fixes: rungDescriptions["split-database"].fixes,
    newDuties: rungDescriptions["split-database"].newDuties,
    stillFails: ["the web server", "the database server", "restarts of either interrupt the site"],
  };
}

export function balance(around: Surroundings, weak: readonly Group[]): Change {
  const { merged, gone } = sameSite(around.site, weak);
  const parts = merged.map((group) => doubled(around, group));
  const added = merged.flatMap((group, index) =>
    (parts[index]?.after ?? [])
      .filter(({ type }) => type === balancerType || type === lightsailBalancerType)
      .map((resource) => entranceOf(group, resource)),
  );
  return {
    ...together(parts),
    rung: "load-balanced",
    groups: new Map(merged.map((group) => [group.id, spread(group, Math.max(2, group.count))])),
    gone,
    added,
    fixes: [
      "any one machine, or the zone it is in, may fail",
      "updates go from one to the next without an interruption",
    ],
    newDuties: [
      "health checks that must tell the truth",
      "sessions and uploads that must not live on one web server",
    ],
    stillFails: rungDescriptions["load-balanced"].stillFails,
  };
}

/** Machines that one name leads to, each for itself, become one group. */
function sameSite(
  site: Topology,
  weak: readonly Group[],
): { readonly merged: readonly Group[]; readonly gone: ReadonlySet<string> } {
  const byId = new Map(site.groups.map((group) => [group.id, group]));
  const left = new Map(weak.map((group) => [group.id, group]));
  const gone = new Set<string>();
  for (const { tiers, dependsOn } of site.groups) {
    if (!tiers.includes("dns")) continue;
    const behind = dependsOn.flatMap((id) =>
      byId.get(id)?.tiers.includes("address") ? (byId.get(id)?.dependsOn ?? []) : [id],
    );
    const [first, ...others] = [...new Set(behind)].flatMap((id) => left.get(id) ?? []);
    if (first === undefined || others.length === 0) continue;
    const members = [first, ...others].flatMap((group) => group.members);
    left.set(first.id, { ...first, members, count: members.reduce((sum, { count }) => sum + count, 0) });
    for (const { id } of others) {
      left.delete(id);
      gone.add(id);
    }
  }
  return { merged: [...left.values()], gone };
}

/** The load balancer that comes in front of a group. */
function entranceOf(group: Group, resource: ResourceView): Group {
  const [first] = group.members as [Member];
  const lightsail = resource.type === lightsailBalancerType;
  const member: Member = {
    key: `${group.id} entrance`,
    name: resource.name,
    type: resource.type,
    kind: lightsail ? "Lightsail load balancer" : "application load balancer",
    platform: "aws",
    purpose: "site",
    tiers: ["load-balancer"],
    count: 1,
    countKnown: true,
    zones: first.zones,
    survives: "zone",
    heals: true,
    scales: true,
    essential: true,
    service: lightsail ? "lightsailLb" : "elb",
    resource,
  };
  return spread(
    { ...group, id: member.key, tiers: ["load-balancer"], members: [member], dependsOn: [group.id] },
    1,
  );
}

export function addStandby(site: Topology, single: readonly Group[], rung: Change["rung"]): Change {
  // One thing at a time: databases before caches and the rest.
  const databases = single.filter(({ tiers }) => tiers.includes("database"));
  const chosen = databases.length > 0 ? databases : single.slice(0, 1);
  const { database } = sizesOf(site);
  return {
    ...together(chosen.map((group) => standby(group, database))),
    rung,
    groups: new Map(
      chosen.map((group) => {
        const members = group.members.map((member) => ({
          ...member,
          survives: "zone" as const,
          service: serviceAfter(group, member),
        }));
        return [group.id, { ...spread(group, Math.max(2, group.count)), members }];
      }),
    ),
    added: [],
    fixes: [`${listed(chosen.flatMap(({ members }) => members.map(({ name }) => name)))} may fail`],
    newDuties: ["failover that must be rehearsed"],
    stillFails: ["the region"],
  };
}

/** A database or cache on a machine or task is moved to a service of AWS. */
function serviceAfter({ tiers }: Group, { service }: Member): string {
  if (!["ec2", "lightsail", "machine", "ecs", "fargate"].includes(service)) return service;
  return tiers.includes("database") ? "rds" : "elasticache";
}

export function spreadZones(oneZone: readonly Group[], rung: Change["rung"]): Change {
  const names = oneZone.flatMap(({ members }) => members.map(({ name }) => name));
  return {
    rung,
    what: `Give ${listed(names)} subnets in two zones or more`,
    groups: new Map(oneZone.map((group) => [group.id, spread(group, group.count)])),
    added: [],
    before: [],
    after: [],
    fixes: ["a zone may fail"],
    newDuties: [],
    stillFails: ["the region"],
  };
}

export function scale(fixed: readonly Group[]): Change {
  const scaled = (member: Member) => ({ ...member, scales: true, heals: true });
  return {
    rung: "autoscaled",
    what: listed(fixed.map(scalingOf), "; "),
    groups: new Map(fixed.map((group) => [group.id, { ...group, members: group.members.map(scaled) }])),
    added: [],
    before: [],
    after: [],
    fixes: rungDescriptions.autoscaled.fixes,
    newDuties: ["limits, so that a flood of requests doesn't become a flood of costs"],
    stillFails: ["the region"],
  };
}

/** How each kind of group is made to follow the load. */
function scalingOf({ members }: Group): string {
  const [{ name, type }] = members as [Member];
  switch (type) {
    case groupType:
      return `Add an aws.autoscaling.Policy with target tracking to ${name}, with maxSize above minSize`;
    case ecsServiceType:
      return `Add an aws.appautoscaling.Target and a target tracking policy for ${name}`;
    case fargateProfileType:
      return `Add a HorizontalPodAutoscaler to what runs on ${name}`;
    case environmentType:
      return `Set MaxSize above MinSize on ${name}`;
    case nodeGroupType:
      return `Install Karpenter or the Cluster Autoscaler for ${name}`;
    default:
      return `Replace ${listed(members.map((member) => member.name))} by an aws.autoscaling.Group over two zones, with a target tracking policy and instanceRefresh`;
  }
}

function together(parts: readonly Part[]): Part {
  return {
    what: listed(
      parts.map(({ what }) => what),
      "; ",
    ),
    before: parts.flatMap(({ before }) => before),
    after: parts.flatMap(({ after }) => after),
  };
}

export function listed(texts: readonly string[], separator = ", "): string {
  return texts.length <= 3
    ? texts.join(separator)
    : `${texts.slice(0, 3).join(separator)}${separator}and ${texts.length - 3} more alike`;
}
