import { eventually } from "../../test/support/eventually";
import type { ReleaseServer } from "../../test/support/load/server";
import { type Page, pages } from "./sites";
import { median, type Served, wrk } from "./wrk";

/** How long and how often is loaded. */
export interface Plan {
  /** Seconds of each load. */
  readonly seconds: number;
  readonly rounds: number;
  /** Seconds of each load of very many connections. */
  readonly long: number;
}

/** The same load of both servers. */
export interface Pair {
  readonly stock: Served;
  readonly ours: Served;
}

/** One page of one server. */
export type ServedPage = readonly [ReleaseServer, Page];

/** Loads one page; two seconds before count for nothing, unless the start itself is measured. */
export async function load(
  [server, page]: ServedPage,
  connections: number,
  seconds: number,
  { cold = false } = {},
): Promise<Served> {
  const { path, packed } = pages[page];
  const at = { url: `https://${server.target.address}${path}`, host: server.domain, connections, packed };
  await idle(server);
  if (!cold) await wrk({ ...at, seconds: 2 });
  const served = await wrk({ ...at, seconds });
  console.log(
    `  ${at.url} with ${connections}: ${Math.round(served.perSecond)} a second, p99 ${served.p99} ms, ${served.failed} failed`,
  );
  return served;
}

/** Waits until PHP has answered what an earlier load gave up waiting for. */
async function idle(server: ReleaseServer): Promise<void> {
  const open = "ss -Hx state established | grep -c '/run/site-.*/app.sock\\|/run/php/.*.sock' || true";
  await eventually(
    "PHP to answer the requests of the load before",
    180,
    () => server.on(open).trim() === "0",
  );
}

/** Loads both servers in turn, so that whatever else the host does meets both alike; each figure is the median of the rounds. */
export async function pair(
  stock: ServedPage,
  ours: ServedPage,
  connections: number,
  plan: Plan,
): Promise<Pair> {
  const turns: Pair[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    turns.push({
      stock: await load(stock, connections, plan.seconds),
      ours: await load(ours, connections, plan.seconds),
    });
  }
  return { stock: median(turns.map((turn) => turn.stock)), ours: median(turns.map((turn) => turn.ours)) };
}

/** Failures of 512 connections on each of the pages, one after the other. */
export async function failuresOfMany(
  server: ReleaseServer,
  each: readonly Page[],
  plan: Plan,
): Promise<number> {
  let failures = 0;
  for (const page of each) failures += (await load([server, page], 512, plan.long, { cold: true })).failed;
  return failures;
}

/** How often daemons had to be restarted, which is what follows when the kernel kills one. */
export function restarts(server: ReleaseServer): number {
  const counts = server.on(
    "systemctl show --property NRestarts --value nginx mysql 'site-app@blue' 'site-app@green' | grep -v '^$'",
  );
  return counts
    .trim()
    .split("\n")
    .reduce((sum, count) => sum + Number(count), 0);
}
