import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultRegion, prices, pricesOf, tablesFolder } from "../../policy/prices";
import { priceAge, priceAgeWarning } from "./preview/priceAge";
import { fetchPrices } from "./prices/fetch";
import { newTable, type Refreshed, refreshTable } from "./prices/table";
import { WrongUse } from "./project/faults";
import { runProgram } from "./project/program";

const usage = `usage: npm run prices [-- --region REGION | --check]

Refreshes the price table policy/prices/us-east-1.json from AWS's public price lists, which ask for no account. The lists are
some hundred megabytes, of which only the rows of the table are kept.

      --region REGION  another region's table, such as eu-central-1; it is created when missing
      --check          only tells how old the table is; ends with 1 when that is more than 90 days
  -h, --help           this text`;

const options = { check: { type: "boolean", default: false }, region: { type: "string" } } as const;

void runProgram(usage, options, async ({ values }) => {
  const { region = defaultRegion } = values;
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new WrongUse(`--region ${region}: expected a region of AWS, such as eu-central-1`);
  const today = new Date();
  if (values.check) {
    const warning = priceAgeWarning(prices.asOf, today);
    console.log(
      warning ?? `The prices are of ${prices.asOf}, ${Math.max(0, priceAge(prices.asOf, today))} days old.`,
    );
    return warning === undefined ? 0 : 1;
  }
  const found = await fetchPrices(region, (line) => console.log(line));
  const month = today.toISOString().slice(0, 7);
  const known = pricesOf(region);
  const refreshed =
    known === undefined ? newTable(prices, region, found, month) : refreshTable(known, found, month);
  const file = join(tablesFolder, `${refreshed.table.regions[0]}.json`);
  writeFileSync(file, `${JSON.stringify(refreshed.table, undefined, 2)}\n`);
  report(refreshed);
  return 0;
});

function report({ changed, kept }: Refreshed): void {
  for (const { name, before, after } of changed) console.log(`  ${name}: ${before} → ${after}`);
  console.log(`${changed.length} prices changed.`);
  if (kept.length > 0) console.log(`Not in the lists, to be looked up by hand: ${kept.join(", ")}`);
}
