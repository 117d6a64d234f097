import type { Member, Survival } from "./members/member";
import { namedRegion, regionOfZone } from "./regions";
import { type Resources, text } from "./resources";
import type { Tier } from "./vocabulary";
import { unionOfZones, type Zones } from "./zones";

/** What a group goes on after, and whether that can be told before the update. */
export interface Endurance {
  readonly survives: Survival;
  readonly certain: boolean;
}

const order: readonly Survival[] = ["nothing", "machine", "zone", "region"];

/** The one of them that survives least. */
export function weakest(values: readonly Survival[]): Survival {
  return order.find((survival) => values.includes(survival)) ?? "region";
}

/**
 * The largest thing that may fail while these members, which stand in for one another, go on working. Where they serve several tiers, the weakest
 * tier decides. Where something can't be seen the lower answer is given, and `certain` is false.
 */
export function survivalOf(members: readonly Member[], tiers: readonly Tier[]): Endurance {
  const alike = members.every((member) => member.tiers.length === members[0]?.tiers.length);
  if (alike && !byMajority(members)) return enduranceOf(members);
  const each = (tiers.length === 0 ? [undefined] : tiers).map((tier) =>
    enduranceOf(tier === undefined ? members : members.filter((member) => member.tiers.includes(tier)), tier),
  );
  const lowest = weakest(each.map(({ survives }) => survives));
  return each.find(({ survives }) => survives === lowest) ?? { survives: "nothing", certain: false };
}

function enduranceOf(members: readonly Member[], tier?: Tier): Endurance {
  const [only] = members;
  if (members.length === 1 && only?.survives !== undefined) {
    const certain = only.countKnown && (only.survives !== "machine" || only.zones.known);
    return { survives: only.survives, certain };
  }
  if (regionsOf(members).length >= 2) return { survives: "region", certain: true };
  // The group goes on as long as one member does: what one survives alone, such as a load balancer over zones, the group survives.
  const alone = members.filter(({ countKnown }) => countKnown).map(({ survives }) => survives);
  const best = (["region", "zone"] as const).find((survival) => alone.includes(survival));
  if (best !== undefined) return { survives: best, certain: true };
  const spare = spareMembers(members, tier);
  if (spare < 1) return { survives: "nothing", certain: members.every(({ countKnown }) => countKnown) };
  const zones = unionOfZones(members.map((member) => member.zones));
  if (zones.known && largestShare(members) <= spare && zones.names.length >= 2)
    return { survives: "zone", certain: true };
  return { survives: "machine", certain: zones.known };
}

/** How many may fail: all but one, or of those that decide by majority less than half. */
function spareMembers(members: readonly Member[], tier: Tier | undefined): number {
  const count = members.reduce((sum, member) => sum + member.count, 0);
  const majority = decidesByMajority(members, tier);
  return majority ? Math.ceil(count / 2) - 1 : count - 1;
}

/**
 * True for members that go on only while most of them do. Databases on servers of this project replicate by majority, so that two are no better than
 * one: with one gone the other can't tell whether it may go on writing.
 */
export function decidesByMajority(members: readonly Member[], tier: Tier | undefined): boolean {
  if (members.length > 0 && members.every(({ purpose }) => purpose === "quorum")) return true;
  return tier === "database" && byMajority(members);
}

function byMajority(members: readonly Member[]): boolean {
  return members.some(({ tiers, type }) => tiers.includes("database") && type.startsWith("one-server-web:"));
}

/** How many of the members are in the zone that holds most of them, as evenly as groups of machines are spread. */
export function largestShare(members: readonly Member[]): number {
  return Math.max(0, ...sharesOfZones(members).values());
}

/** For each zone how many of the members it holds at the most. */
export function sharesOfZones(members: readonly Member[]): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { count, zones } of members)
    for (const zone of zones.names)
      shares.set(zone, (shares.get(zone) ?? 0) + Math.ceil(count / zones.names.length));
  return shares;
}

/** The AWS regions that members stand in, as far as they can be seen. */
export function regionsOf(members: readonly Member[]): string[] {
  const found = new Set<string>();
  for (const member of members) {
    if (member.platform !== "aws") continue;
    const region = regionOf(member);
    if (region !== undefined) found.add(region);
  }
  return [...found].sort();
}

function regionOf({ zones, resource }: Member): string | undefined {
  return regionOfZones(zones) ?? namedRegion(resource);
}

/** Thousands of machines may share the zones of one component's subnets. */
const regionsByZones = new WeakMap<readonly string[], { readonly region: string | undefined }>();

function regionOfZones({ names }: Zones): string | undefined {
  const known = regionsByZones.get(names);
  if (known !== undefined) return known.region;
  let region: string | undefined;
  for (const zone of names) {
    region = regionOfZone(zone);
    if (region !== undefined) break;
  }
  regionsByZones.set(names, { region });
  return region;
}

/** Regions of members and of the stack's providers. */
export function regionsOfStack(resources: Resources, members: readonly Member[]): string[] {
  const found = new Set(regionsOf(members));
  for (const provider of resources.ofType("pulumi:providers:aws")) {
    const region = text(provider, "region");
    if (region !== undefined) found.add(region);
  }
  return [...found].sort();
}
