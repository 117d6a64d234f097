import { setTimeout as pause } from "node:timers/promises";
import { siteExchanges } from "./exchanges";
import { type RunningLoad, startLoad } from "./generator";
import type { Load } from "./schedule";
import type { ReleaseServer } from "./server";
import { type Outcome, type Summary, summarize } from "./summary";

export interface LoadReport {
  readonly outcomes: readonly Outcome[];
  readonly summary: Summary;
  /** Writes that the server said it made. */
  readonly acknowledged: number;
  /** Those of them that are not in the database exactly once. */
  readonly wrongWrites: readonly string[];
}

let runs = 0;

/** A load of fewer requests says nothing about those that come right after what was done. */
const fewest = 25;

/**
 * Keeps a server under load while something is done to it. `doing` may take its time: the load goes on until it has ended and
 * some requests have been sent.
 * @param load its seconds are the most that it may take.
 * @param database the server that has the database
 */
export async function underLoad(
  server: Pick<ReleaseServer, "target" | "writes">,
  load: Load,
  doing: (running: RunningLoad) => Promise<void>,
  database: Pick<ReleaseServer, "writes"> = server,
): Promise<LoadReport> {
  runs += 1;
  const run = `${process.pid}-${runs}`;
  const tokens: string[] = [];
  const running = startLoad(
    server.target,
    load,
    siteExchanges(run, (token) => tokens.push(token)),
  );
  try {
    await doing(running);
    while (running.sent() < Math.min(fewest, load.rate * load.seconds)) await pause(10);
  } finally {
    running.stop();
  }
  const outcomes = await running.outcomes;
  const writes = database.writes(run);
  return {
    outcomes,
    summary: summarize(outcomes),
    acknowledged: tokens.length,
    wrongWrites: tokens.filter((token) => writes.get(token) !== 1),
  };
}
