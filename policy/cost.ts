import { round } from "./availability";
import { Bill, type CostItem } from "./cost/bill";
import { containerCosts } from "./cost/containers";
import { machineCosts } from "./cost/machines";
import { networkCosts } from "./cost/network";
import { partCosts, withoutPrice } from "./cost/parts";
import { storeCosts } from "./cost/stores";
import { coverage } from "./coverage";
import { currency, prices } from "./prices";
import type { Resources } from "./resources";

export type { CostItem } from "./cost/bill";

/** What isn't judged has no price either; these are named one by one. */
const namedAlready: ReadonlySet<string> = new Set(withoutPrice.map(([type]) => type));

export interface MonthlyCost {
  readonly amount: number;
  readonly currency: "USD";
  /** The month of the price tables. */
  readonly asOf: string;
  /** The regions whose prices were taken, such as `us-east-1`, or `us-east-1 (in place of eu-west-1)`. */
  readonly region: string;
  readonly items: readonly CostItem[];
  /** What the tables have no price for; the amount is without it. */
  readonly unpriced: readonly string[];
}

/**
 * What a stack costs a month on AWS, on demand and without free tiers, each resource by the prices of its region. Traffic, requests, logs, backups and
 * storage that grows by itself depend on use and are left out. Machines of one's own cost nothing here.
 */
export function monthlyCost({ resources }: { readonly resources: Resources }): MonthlyCost {
  const bill = new Bill(resources);
  machineCosts(bill);
  containerCosts(bill);
  storeCosts(bill);
  networkCosts(bill);
  partCosts(bill);
  for (const { type, count } of coverage(resources).kinds)
    if (!namedAlready.has(type)) bill.add(`${count} x ${type}`, undefined);
  const { items } = bill;
  return {
    amount: round(
      items.reduce((sum, item) => sum + item.amount, 0),
      2,
    ),
    currency,
    asOf: prices.asOf,
    region: bill.region,
    items: items.map((item) => ({ ...item, amount: round(item.amount, 2) })),
    unpriced: bill.unpriced,
  };
}
