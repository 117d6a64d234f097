import type { Member, Survival } from "./members/member";
import type { Zones } from "./zones";

/**
 * The largest thing that may fail while these members, which stand in for one another, go on working.
 * Where something can't be seen the lower answer is given, and `certain` is false.
 */
export function survivalOf(
  members: readonly Member[],
  count: number,
  zones: Zones,
): { readonly survives: Survival; readonly certain: boolean } {
  const [only] = members;
  if (members.length === 1 && only?.survives !== undefined) {
    const certain = only.countKnown && (only.survives !== "machine" || zones.known);
    return { survives: only.survives, certain };
  }
  // The group goes on as long as one member does: what one survives by itself, such as a load balancer over zones, the group survives.
  const alone = members.filter(({ countKnown }) => countKnown).map(({ survives }) => survives);
  const best = (["region", "zone"] as const).find((survival) => alone.includes(survival));
  if (best !== undefined) return { survives: best, certain: true };
  const { machines, places } = needed(members);
  if (count < machines)
    return { survives: "nothing", certain: members.every(({ countKnown }) => countKnown) };
  if (zones.names.length >= places && zones.known) return { survives: "zone", certain: true };
  return { survives: "machine", certain: zones.known };
}

/**
 * How many machines and zones it takes to lose one of them. Databases on servers of this project replicate by majority, so that two are no better
 * than one: with one gone the other can't tell whether it may go on writing.
 */
function needed(members: readonly Member[]): { readonly machines: number; readonly places: number } {
  const byMajority = members.every(
    ({ tiers, type }) => tiers.includes("database") && type.startsWith("one-server-web:"),
  );
  return byMajority ? { machines: 3, places: 3 } : { machines: 2, places: 2 };
}
