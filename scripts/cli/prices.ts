import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultRegion, prices, tablesFolder } from "../../policy/prices";
import { priceAge, priceAgeWarning } from "./preview/priceAge";
import { fetchPrices } from "./prices/fetch";
import { type Refreshed, refreshTable } from "./prices/table";
import { runProgram } from "./project/program";

const usage = `usage: npm run prices [-- --check]

Refreshes the price table policy/prices/us-east-1.json from AWS's public price lists, which ask for no account. The lists are
some hundred megabytes, of which only the rows of the table are kept.

      --check   only tells how old the table is; ends with 1 when that is more than 90 days
  -h, --help    this text`;

const file = join(tablesFolder, `${defaultRegion}.json`);

void runProgram(usage, { check: { type: "boolean", default: false } }, async ({ values }) => {
  const today = new Date();
  if (values.check) {
    const warning = priceAgeWarning(prices.asOf, today);
    console.log(
      warning ?? `The prices are of ${prices.asOf}, ${Math.max(0, priceAge(prices.asOf, today))} days old.`,
    );
    return warning === undefined ? 0 : 1;
  }
  const found = await fetchPrices(defaultRegion, (line) => console.log(line));
  const refreshed = refreshTable(prices, found, today.toISOString().slice(0, 7));
  writeFileSync(file, `${JSON.stringify(refreshed.table, undefined, 2)}\n`);
  report(refreshed);
  return 0;
});

function report({ changed, kept }: Refreshed): void {
  for (const { name, before, after } of changed) console.log(`  ${name}: ${before} → ${after}`);
  console.log(`${changed.length} prices changed.`);
  if (kept.length > 0) console.log(`Not in the lists, to be checked by hand: ${kept.join(", ")}`);
}
