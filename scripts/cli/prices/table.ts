import type { PriceTable, Unit } from "../../../policy/prices";
import type { Price } from "./rows";

/** A table after a refresh. */
export interface Refreshed {
  readonly table: PriceTable;
  readonly changed: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** What no list has. */
  readonly kept: readonly string[];
}

const sections = ["ec2", "rds", "rdsPostgres", "aurora", "elasticache", "units"] as const;

/**
 * A table with the prices found, and the month they are of. A family's price is that of its `large`. Everything else in it stays.
 * @throws Error when no price of the table was found: then the lists have another form, and the month would be a lie
 */
export function refreshTable(table: PriceTable, prices: readonly Price[], asOf: string): Refreshed {
  const found = new Map(prices.map(({ section, name, amount }) => [`${section} ${name}`, amount]));
  const changed: { name: string; before: number; after: number }[] = [];
  const kept: string[] = [];
  const refreshed = structuredClone(table);
  let matched = 0;
  for (const section of sections) {
    const entries: Record<string, number | undefined> = refreshed[section];
    for (const [name, before = 0] of Object.entries(entries)) {
      const after = found.get(`${section} ${name}`) ?? found.get(`${section} ${name}.large`);
      if (after === undefined) {
        kept.push(name);
        continue;
      }
      matched += 1;
      if (after !== before) changed.push({ name, before, after });
      entries[name] = after;
    }
  }
  if (matched === 0)
    throw new Error("no price of the table stands in AWS's lists: have they changed their form?");
  return { table: { ...refreshed, asOf }, changed, kept };
}

/** What costs the same in every region, as AWS's pages for these services say, and the factors that are no prices. */
const alike: readonly Unit[] = [
  "publicIpv4PerHour",
  "acceleratorPerHour",
  "auroraOptimizedFactor",
  "valkeyFactor",
  "eksClusterPerHour",
  "route53ZonePerMonth",
  "route53HealthCheckPerMonth",
  "route53HealthCheckOptionPerMonth",
  "cloudWatchDashboardPerMonth",
  "webAclPerMonth",
  "webAclRulePerMonth",
  "kmsKeyPerMonth",
  "secretPerMonth",
  "codePipelinePerMonth",
];

/**
 * The table of a region that has none yet: the rows of another one, with the prices found. What the lists lack has no price there, and is named where
 * a stack needs it.
 * @param pattern the table whose rows are wanted
 * @throws Error when no price was found
 */
export function newTable(
  pattern: PriceTable,
  region: string,
  prices: readonly Price[],
  asOf: string,
): Refreshed {
  const { table, kept } = refreshTable(pattern, prices, asOf);
  const lacking = new Set(kept.filter((name) => !(alike as readonly string[]).includes(name)));
  const found = (amounts: Readonly<Record<string, number | undefined>>, section: string) =>
    Object.fromEntries(
      Object.entries(amounts).filter(
        ([name]) => (sections as readonly string[]).includes(section) && !lacking.has(name),
      ),
    );
  const { regions: _, asOf: month, ...rest } = table;
  const amounts = Object.fromEntries(
    Object.entries(rest).map(([section, values]) => [section, found(values, section)]),
  );
  return {
    table: { asOf: month, regions: [region], ...amounts } as PriceTable,
    changed: [],
    kept: [...lacking],
  };
}
