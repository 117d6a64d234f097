import type { Group, Topology } from "../topology";
import type { Change } from "./change";
import { addStandby, balance, listed, scale, splitDatabase, spreadZones } from "./changes";
import type { Surroundings } from "./doubling";

/** The groups whose web servers decide on which rung a stack stands. */
export function servingGroups(groups: readonly Group[]): readonly Group[] {
  const inTier = (tier: "web" | "app") =>
    groups.filter(({ tiers, members }) => tiers.includes(tier) && members.some(({ essential }) => essential));
  return inTier("web").length > 0 ? inTier("web") : inTier("app");
}

/**
 * The next thing to change in a stack, derived from what is there: all other parts are kept. First a database that shares a machine with the web server
 * moves away, then web servers are doubled, then what nothing stands in for is, then what stands in one zone is spread, and last the number follows
 * the load.
 * @returns undefined where the ladder has nothing to say
 */
export function nextChange(around: Surroundings, groups: readonly Group[]): Change | undefined {
  const serving = servingGroups(groups);
  if (serving.length === 0) return undefined;
  const shared = serving.filter(({ tiers }) => tiers.includes("database"));
  if (shared.length > 0) return splitDatabase(around.site, shared);
  const weak = serving.filter(({ count, balanced }) => count < 2 || !balanced);
  const doubling = weak.filter((group) => canBeDoubled(around.site, group));
  if (weak.length > 0) return doubling.length > 0 ? balance(around, doubling) : undefined;
  const all = serving.filter(({ members }) => !members.every(({ scales, heals }) => scales && heals));
  const fixed = all.filter((group) => !isLightsail(group));
  const rung = all.length > 0 ? "load-balanced" : "autoscaled";
  const essential = groups.filter(({ members }) => members.some((member) => member.essential));
  const single = essential.filter(({ survives }) => survives === "nothing");
  if (single.length > 0) return addStandby(around.site, single, rung);
  const oneZone = essential.filter(({ survives, certain }) => survives === "machine" && certain);
  if (oneZone.length > 0) return spreadZones(oneZone, rung);
  return fixed.length > 0 ? scale(fixed) : undefined;
}

/** Lightsail has no instances or containers that follow the load. */
function isLightsail({ members }: Group): boolean {
  return members.every(({ service }) => service.startsWith("lightsail"));
}

/** Why there is no next step. */
export function noNextStep({ groups }: Topology): string {
  const serving = servingGroups(groups);
  if (serving.length === 0)
    return "This stack has no web servers that visitors are led to, so that the ladder doesn't apply.";
  if (serving.some(({ count }) => count < 2))
    return `No step of the ladder fits: ${listed(serving.flatMap(({ members }) => members.map(({ name }) => name)))} can't simply be doubled behind a load balancer.`;
  if (serving.some(isLightsail))
    return "No step of the ladder is left on Lightsail, which adds nothing under load: that takes a move to EC2.";
  return "No step of the ladder is left: what remains is the region.";
}

/** A machine that visitors reach by a protocol of its own, such as a game's, keeps what it serves on itself. */
function canBeDoubled({ ways }: Topology, { tiers, members }: Group): boolean {
  const alone = members.every(({ heals, key }) => !heals && (ways.get(key) ?? []).length === 0);
  return tiers.includes("web") || !alone;
}
