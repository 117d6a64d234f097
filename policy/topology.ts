import { links } from "./links";
import { type Routes, routesOf } from "./links/routes";
import { waysTo } from "./links/ways";
import { applications } from "./members/applications";
import { environments } from "./members/beanstalk";
import { data } from "./members/data";
import { entrances } from "./members/entrances";
import { fleets } from "./members/fleets";
import { machines } from "./members/machines";
import type { Member, Survival } from "./members/member";
import { allClassic } from "./native";
import { Resources, type ResourceView } from "./resources";
import { regionsOfStack, survivalOf, weakest } from "./survival";
import { type Tier, tiers } from "./vocabulary";
import type { Ways } from "./way";
import { sortedUnique, unionOfZones, type Zones } from "./zones";

/** Members that stand in for one another. A member that nothing stands in for is a group of one. */
export interface Group {
  /** The key of its first member. */
  readonly id: string;
  readonly tiers: readonly Tier[];
  readonly members: readonly Member[];
  /** How many machines it keeps running at the least. */
  readonly count: number;
  readonly zones: Zones;
  /** The largest thing that may fail while the group goes on working. */
  readonly survives: Survival;
  /** False when that depends on something that can't be seen in the stack before the update. */
  readonly certain: boolean;
  /** Something sends requests to those that live: a load balancer, or names with health checks. */
  readonly balanced: boolean;
  /** Ids of the groups that it sends requests to. */
  readonly dependsOn: readonly string[];
}

/** One part of the site, such as all its databases. */
export interface TopologyTier {
  readonly name: Tier;
  readonly groups: readonly Group[];
  readonly members: readonly Member[];
  readonly zones: Zones;
  /** The weakest of its groups decides. */
  readonly survives: Survival;
  /** The tiers that it sends requests to. */
  readonly dependsOn: readonly Tier[];
}

/** What a stack's website is made of. */
export interface Topology {
  /** In the order in which a request meets them; only those that exist. */
  readonly tiers: readonly TopologyTier[];
  readonly groups: readonly Group[];
  readonly platforms: readonly Member["platform"][];
  /** AWS regions that can be seen. */
  readonly regions: readonly string[];
  /** True for stacks of this project's program, which knows rungs by name. */
  readonly own: boolean;
  /** What leads to which resource. */
  readonly ways: Ways;
  /** The resources it was made from. */
  readonly resources: Resources;
}

/**
 * Finds the tiers of the website that these resources make up. Pure, and linear in the number of resources.
 * @param views in any order
 */
export function topology(views: readonly ResourceView[]): Topology {
  const resources = new Resources(allClassic(views));
  const routes = routesOf(resources);
  const ways = waysTo(routes);
  const servers = machines(resources, ways, new Set(routes.machineOfAddress.values()));
  const behind = [
    ...servers,
    ...fleets(resources, ways, servers),
    ...environments(resources),
    ...applications(resources),
    ...data(resources),
  ];
  const members = splitWebFromApp([...leadingSomewhere(entrances(resources), behind, routes), ...behind]);
  const { unions, edges, balanced } = links(resources, members, routes);
  const groupOf = new Map<string, string>();
  for (const member of members) groupOf.set(member.key, unions.find(member.key));
  const membersOf = new Map<string, Member[]>();
  for (const member of members) {
    const id = groupOf.get(member.key) as string;
    const inGroup = membersOf.get(id);
    if (inGroup === undefined) membersOf.set(id, [member]);
    else inGroup.push(member);
  }
  const edgesOf = new Map<string, Set<string>>();
  for (const [from, to] of edges) {
    const [fromGroup, toGroup] = [groupOf.get(from), groupOf.get(to)];
    if (fromGroup === undefined || toGroup === undefined || fromGroup === toGroup) continue;
    edgesOf.set(fromGroup, (edgesOf.get(fromGroup) ?? new Set()).add(toGroup));
  }
  const groups = [...membersOf].map(([id, inGroup]) =>
    makeGroup(id, inGroup, balanced, [...(edgesOf.get(id) ?? [])].sort()),
  );
  return {
    tiers: makeTiers(groups),
    groups,
    platforms: sortedUnique(members.map(({ platform }) => platform)) as Member["platform"][],
    regions: regionsOfStack(resources, members),
    own: resources.all.some(({ type }) => type.startsWith("one-server-web:")),
    ways,
    resources,
  };
}

/** Addresses and names that lead to nothing of the site, such as those of NAT gateways and VPN routers, stand beside it as well. */
function leadingSomewhere(entrances: readonly Member[], behind: readonly Member[], routes: Routes): Member[] {
  const purposes = new Map(behind.map(({ key, purpose }) => [key, purpose]));
  const targets = new Map(routes.names.map(({ name, targets }) => [name, targets]));
  return entrances.map((member) => {
    const [tier] = member.tiers;
    if (tier === "address") {
      const machine = routes.machineOfAddress.get(member.key);
      const purpose = machine === undefined ? "helper" : (purposes.get(machine) ?? "site");
      return purpose === "site" ? member : { ...member, purpose, tiers: [], essential: false };
    }
    const led = tier === "dns" ? (targets.get(member.key) ?? []) : [];
    const beside = led.length > 0 && led.every((key) => (purposes.get(key) ?? "site") !== "site");
    return beside ? { ...member, purpose: "helper" as const, tiers: [], essential: false } : member;
  });
}

/** Where app servers of their own exist, a web server is only a web server. */
function splitWebFromApp(members: readonly Member[]): Member[] {
  const ownApp = members.some(
    ({ tiers, service }) => service !== "machine" && tiers.length === 1 && tiers[0] === "app",
  );
  if (!ownApp) return [...members];
  return members.map((member) =>
    member.service !== "machine" &&
    member.tiers.length === 2 &&
    member.tiers.includes("web") &&
    member.tiers.includes("app")
      ? { ...member, tiers: ["web"] }
      : member,
  );
}

function makeGroup(
  id: string,
  members: readonly Member[],
  balanced: ReadonlySet<string>,
  dependsOn: string[],
): Group {
  const zones = unionOfZones(members.map((member) => member.zones));
  const count = members.reduce((sum, member) => sum + member.count, 0);
  const inOrder = tiers.filter((tier) => members.some((member) => member.tiers.includes(tier)));
  return {
    id,
    tiers: inOrder,
    members,
    count,
    zones,
    ...survivalOf(members, inOrder),
    balanced: members.some(({ key }) => balanced.has(key)),
    dependsOn,
  };
}

function makeTiers(groups: readonly Group[]): TopologyTier[] {
  const tiersOfGroup = new Map(groups.map((group) => [group.id, group.tiers]));
  const present = new Set(groups.flatMap(({ tiers }) => tiers));
  return tiers.flatMap((name) => {
    const inTier = groups.filter(({ tiers }) => tiers.includes(name));
    if (inTier.length === 0) return [];
    const needed = new Set(
      inTier.flatMap((group) => [
        ...group.dependsOn.flatMap((id) => tiersOfGroup.get(id) ?? []),
        // On a machine with several tiers each needs the next one.
        ...group.tiers.slice(group.tiers.indexOf(name) + 1, group.tiers.indexOf(name) + 2),
      ]),
    );
    const members = inTier.flatMap((group) => group.members.filter(({ tiers }) => tiers.includes(name)));
    return [
      {
        name,
        groups: inTier,
        members,
        zones: unionOfZones(members.map((member) => member.zones)),
        survives: weakest(inTier.map(({ survives }) => survives)),
        dependsOn: tiers.filter((tier) => tier !== name && (needed.has(tier) || usual(name).has(tier))),
      },
    ];
  });

  /** What a tier sends requests to where the resources don't show it: the usual way of a request. */
  function usual(name: Tier): ReadonlySet<Tier> {
    const exists = (tier: Tier) => present.has(tier);
    const next = usualWay[name].find((candidates) => candidates.some(exists)) ?? [];
    return new Set(next.filter(exists));
  }
}

/** For each tier the tiers that usually come next; the first line of which any exists counts. */
const usualWay: Readonly<Record<Tier, readonly (readonly Tier[])[]>> = {
  dns: [["address", "load-balancer"], ["web"], ["storage"]],
  address: [["load-balancer"], ["web"]],
  "load-balancer": [["web"], ["app"], ["storage"]],
  web: [["app"], ["database", "cache", "storage"]],
  app: [["database", "cache", "storage"]],
  database: [],
  cache: [],
  storage: [],
};
