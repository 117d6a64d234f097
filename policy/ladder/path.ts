import { availability, round } from "../availability";
import { type MonthlyCost, monthlyCost } from "../cost";
import { keyOf, Resources, type ResourceView } from "../resources";
import type { Group, Topology } from "../topology";
import type { Change } from "./change";
import { nextChange } from "./derive";
import { surroundingsOf } from "./doubling";

/** What a stack would be after one change, and after those before it. */
export interface Stage {
  readonly change: Change;
  readonly availability: ReturnType<typeof availability>;
  readonly monthlyCost: MonthlyCost;
}

/** There are five kinds of changes, and databases are given a standby apart from caches. */
const most = 8;

/** The changes that lead up from where a stack stands, each judged and priced by the same rules as the stack itself. */
export function stagesOf(site: Topology, cost: MonthlyCost): Stage[] {
  const around = surroundingsOf(site);
  const stages: Stage[] = [];
  let groups: readonly Group[] = site.groups;
  let priced = cost;
  for (let change = nextChange(around, groups); change !== undefined && stages.length < most; ) {
    groups = applied(groups, change);
    priced = costAfter(priced, change);
    stages.push({ change, availability: availability({ ...site, groups }), monthlyCost: priced });
    change = nextChange(around, groups);
  }
  return stages;
}

function applied(groups: readonly Group[], { groups: changed, gone, added }: Change): Group[] {
  const left = groups.filter(({ id }) => gone?.has(id) !== true);
  return [...left.map((group) => changed.get(group.id) ?? group), ...added];
}

/** The cost of what is there, without what is replaced and with what replaces it. */
function costAfter(cost: MonthlyCost, { before, after }: Change): MonthlyCost {
  if (before.length === 0 && after.length === 0) return cost;
  // What only gives a price its context, such as a template or a subnet, costs nothing itself.
  const kept = new Set(after);
  const without = costOf(before.every((view) => kept.has(view)) ? [] : before);
  const added = costOf(after);
  const known = new Set(without.unpriced);
  return {
    ...cost,
    amount: round(cost.amount - without.amount + added.amount, 2),
    unpriced: [...new Set([...cost.unpriced.filter((what) => !known.has(what)), ...added.unpriced])],
  };
}

function costOf(views: readonly ResourceView[]): MonthlyCost {
  return monthlyCost({
    resources: new Resources([...new Map(views.map((view) => [keyOf(view), view])).values()]),
  });
}
