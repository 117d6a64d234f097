import { setTimeout as wait } from "node:timers/promises";
import { Interrupted } from "../scripts/cli/project/faults";
import {
  type Change,
  type ChangesUnderLoad,
  changeResults,
  slowest,
  timesOfUsualWays,
} from "../test/support/load/changes";
import { type MarkedRelease, markedRelease } from "../test/support/load/releases";
import type { Load } from "../test/support/load/schedule";
import { type Ran, ReleaseServer } from "../test/support/load/server";
import { StockServer } from "../test/support/load/stockServer";
import { type LoadReport, underLoad } from "../test/support/load/underLoad";
import { testNetwork } from "../test/support/networks";
import { runBench } from "./bench";
import { writeResults } from "./results";

const usage = `usage: npm run bench:deploy

Measures deployments and rollbacks under a load of constant rate, and in the same run, on another machine with the same packages in stock
configuration, the usual ways of taking a new release into use: restarts and reloads. Ctrl-C ends the rounds, writes what was measured so
far and removes the machines.

  -h, --help   this text`;

const rounds = 10;
/** Milliseconds between two changes: requests of 5 s are always in flight at the switch, and there are quiet spans to compare with. */
const gap = 8_000;
const load: Load = { rate: 80, seconds: 1200, share: { write: 15, file: 20, slow: 1 }, fresh: 10 };
const fewest = 20_000;

const interruption = new AbortController();
const { signal } = interruption;

/** Waits, at most until somebody interrupts. */
async function pause(milliseconds: number): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => {});
}

/** The rounds, as many as there were before an interruption. */
async function ours(): Promise<ChangesUnderLoad> {
  const server = new ReleaseServer({
    ...testNetwork("benchd"),
    suite: "sid",
    runtime: "php",
  });
  try {
    console.log("a machine of this project …");
    server.create();
    secondsLive(await server.deploy(release(server, "first")));
    const deployments: Change[] = [];
    const rollbacks: Change[] = [];
    const report = await underLoad(server, load, async (running) => {
      const change = async (changes: Change[], command: string) => {
        await pause(gap);
        if (signal.aborted) return;
        const from = running.elapsed();
        const ran = await server.run(command);
        // One that an interruption ended is none.
        if (signal.aborted && ran.code !== 0) return;
        changes.push({ from, to: running.elapsed(), live: secondsLive(ran), log: ran.output });
      };
      for (let round = 1; round <= rounds; round++) {
        await change(deployments, server.upload(release(server, `round-${round}`)));
        await change(rollbacks, "/opt/one-server-web/release.sh rollback");
        if (signal.aborted) break;
        console.log(
          `  round ${round} of ${rounds}: live after ${deployments.at(-1)?.live} s, rolled back after ${rollbacks.at(-1)?.live} s; ${running.sent()} requests sent`,
        );
      }
      await pause(Math.max(gap, (fewest / load.rate) * 1000 - running.elapsed() + 1000));
    });
    return { report, deployments, rollbacks };
  } finally {
    server.remove();
  }
}

/**
 * The usual ways, some times each.
 * @param reports is filled: name → what became of the load.
 */
async function usualWays(reports: Map<string, LoadReport>): Promise<void> {
  const server = new StockServer({ ...testNetwork("benchs") });
  const ways = {
    "systemctl restart php-fpm": "systemctl restart php8.4-fpm",
    "systemctl reload php-fpm": "systemctl reload php8.4-fpm",
    "systemctl reload nginx": "systemctl reload nginx",
  };
  try {
    console.log("a machine with the same packages in stock configuration …");
    server.create();
    server.overwrite(release(server, "first"));
    for (const [way, command] of Object.entries(ways)) {
      const report = await underLoad(server, load, async () => {
        for (let time = 1; time <= timesOfUsualWays && !signal.aborted; time++) {
          await pause(gap);
          server.overwrite(release(server, `${way} ${time}`));
          await server.run(command);
        }
        await pause(gap);
      });
      if (signal.aborted) return;
      const { failed, requests } = report.summary;
      console.log(`  ${way}, three times: ${failed} of ${requests} requests failed`);
      reports.set(way, report);
    }
  } finally {
    server.remove();
  }
}

function release(server: ReleaseServer, mark: string): MarkedRelease {
  return markedRelease("php", `${mark} ${Date.now()}`, server.bundles);
}

/** The seconds until the release was live; what was printed is the error otherwise. */
function secondsLive({ code, output }: Ran): number {
  const seconds = /is live, ([0-9.]+) s after the start/.exec(output)?.[1];
  if (code !== 0 || seconds === undefined) {
    throw new Error(`a change of release ended with ${code}:\n${output}`);
  }
  return Number(seconds);
}

/** Prints and writes what was measured, whole or not. */
function report(mine: ChangesUnderLoad, usual: ReadonlyMap<string, LoadReport>): void {
  for (const [failure, count] of Object.entries(mine.report.summary.failures)) {
    console.log(`  ${count} times: ${failure}`);
  }
  const worst = mine.deployments.find(({ live }) => live === slowest(mine.deployments));
  console.log(`the slowest deployment:\n${worst?.log}`);
  writeResults("deploy", changeResults(mine, usual));
}

async function main(): Promise<void> {
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interruption.abort());
  const mine = await ours();
  if (mine.deployments.length === 0 || mine.rollbacks.length === 0) {
    throw new Interrupted("interrupted before the first round had ended: nothing was measured");
  }
  const usual = new Map<string, LoadReport>();
  try {
    if (!signal.aborted) await usualWays(usual);
  } finally {
    report(mine, usual);
  }
}

void runBench(usage, {}, { machines: true }, () => main);
