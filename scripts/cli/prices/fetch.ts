import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { WorkspaceError } from "../project/faults";
import { type Price, priceOf, RowReader } from "./rows";

/** AWS's offers that hold the table's prices. */
const offers = ["AmazonEC2", "AWSELB", "AmazonECS", "AmazonRDS", "AmazonElastiCache"] as const;

/** Where AWS publishes its price lists for everyone. */
const host = "https://pricing.us-east-1.amazonaws.com";

/**
 * All prices of a region that the table could hold.
 * @param report shows what is under way
 * @throws {WorkspaceError} when a list can't be had
 */
export async function fetchPrices(region: string, report: (line: string) => void): Promise<Price[]> {
  const found: Price[] = [];
  for (const offer of offers) {
    report(`reading the list of ${offer}`);
    found.push(...(await readList(`${host}/offers/v1.0/aws/${offer}/current/${region}/index.csv`, report)));
  }
  return found;
}

async function readList(url: string, report: (line: string) => void): Promise<Price[]> {
  const response = await fetch(url).catch((error: Error) => {
    throw new WorkspaceError(
      `${url} can't be reached (${error.message}): check the network, and run this again`,
    );
  });
  if (!response.ok || response.body === null) {
    throw new WorkspaceError(`${url} answers ${response.status}: run this again later`);
  }
  const reader = new RowReader();
  const found: Price[] = [];
  let rows = 0;
  for await (const line of createInterface({ input: Readable.fromWeb(response.body as ReadableStream) })) {
    const row = reader.read(line);
    const price = row === undefined ? undefined : priceOf(row);
    if (price !== undefined) found.push(price);
    rows += 1;
    if (rows % 200_000 === 0) report(`  ${rows} rows`);
  }
  return found;
}
