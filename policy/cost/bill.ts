import { defaultRegion, monthly, type PriceTable, prices, pricesOf, type Unit } from "../prices";
import { regionsOf } from "../regions";
import type { Resources, ResourceView } from "../resources";

/** One line of the bill. */
export interface CostItem {
  readonly what: string;
  readonly amount: number;
}

/** Collects what a stack costs a month, each resource by the prices of its region. What has no price is named. */
export class Bill {
  readonly items: CostItem[] = [];
  readonly unpriced: string[] = [];
  private readonly regionOf: (resource: ResourceView) => string | undefined;
  private readonly tables = new Map<ResourceView, PriceTable>();
  private readonly priced = new Set<string>();
  private readonly missing = new Set<string>();

  constructor(readonly resources: Resources) {
    this.regionOf = regionsOf(resources);
  }

  /** @param amount dollars a month; undefined where there is no price */
  add(what: string, amount: number | undefined): void {
    if (amount === undefined || !Number.isFinite(amount)) this.unpriced.push(what);
    else if (amount > 0) this.items.push({ what, amount });
  }

  /** The prices of a resource's region; those of another stand in where its region has none, and that is said. */
  table(resource: ResourceView): PriceTable {
    const known = this.tables.get(resource) ?? this.tableOf(resource);
    this.tables.set(resource, known);
    return known;
  }

  private tableOf(resource: ResourceView): PriceTable {
    const region = this.regionOf(resource);
    const found = region === undefined ? undefined : pricesOf(region);
    if (region !== undefined && found === undefined) this.missing.add(region);
    else this.priced.add(region ?? defaultRegion);
    return found ?? prices;
  }

  /** Dollars a month for a number of single figures; undefined where the number or the price isn't known. */
  units(resource: ResourceView, unit: Unit, count: number | undefined): number | undefined {
    const price = this.table(resource).units[unit];
    if (price === undefined || count === undefined) return undefined;
    return count * (unit.endsWith("PerHour") ? monthly(price) : price);
  }

  /** The regions whose prices were taken, and those that they stand in for: `us-east-1 (in place of eu-west-1)`. */
  get region(): string {
    const priced = new Set(this.priced);
    if (this.missing.size > 0 || priced.size === 0) priced.add(defaultRegion);
    const missing = this.missing.size === 0 ? "" : ` (in place of ${[...this.missing].sort().join(", ")})`;
    return `${[...priced].sort().join(", ")}${missing}`;
  }
}
