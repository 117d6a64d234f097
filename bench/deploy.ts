import { setTimeout as pause } from "node:timers/promises";
import { type MarkedRelease, markedRelease } from "./load/releases";
import type { Load } from "./load/schedule";
import { type Ran, ReleaseServer } from "./load/server";
import { StockServer } from "./load/stockServer";
import { type Outcome, percentile, within } from "./load/summary";
import { type LoadReport, underLoad } from "./load/underLoad";
import { type Result, writeResults } from "./results";

// `npm run bench:deploy`: deployments and rollbacks under a load of constant rate, and in the same run, on another machine with the
// same packages in stock configuration, the usual ways of taking a new release into use: restarts and reloads.

const rounds = 10;
/** Milliseconds between two changes: requests of 5 s are always in flight at the switch, and there are quiet spans to compare with. */
const gap = 8_000;
const load: Load = { rate: 80, seconds: 1200, share: { write: 15, file: 20, slow: 1 }, fresh: 10 };
const fewest = 20_000;

/** A change under load: when it was, by the load's clock, and what the server said of it. */
interface Change {
  readonly from: number;
  readonly to: number;
  /** Seconds from its start until the public address showed it. */
  readonly live: number;
  /** What the server printed. */
  readonly log: string;
}

interface Ours {
  readonly report: LoadReport;
  readonly deployments: readonly Change[];
  readonly rollbacks: readonly Change[];
}

async function ours(): Promise<Ours> {
  const server = new ReleaseServer({
    network: "benchd",
    subnet: "10.96.3.0/24",
    suite: "sid",
    runtime: "php",
  });
  try {
    console.log("a machine of this project …");
    server.create();
    check(await server.deploy(release(server, "first")));
    const deployments: Change[] = [];
    const rollbacks: Change[] = [];
    const report = await underLoad(server, load, async (running) => {
      const timed = async (run: () => Promise<Ran>): Promise<Change> => {
        await pause(gap);
        const from = running.elapsed();
        const ran = await run();
        return { from, to: running.elapsed(), live: check(ran), log: ran.output };
      };
      for (let round = 1; round <= rounds; round++) {
        const command = server.upload(release(server, `round-${round}`));
        deployments.push(await timed(() => server.run(command)));
        rollbacks.push(await timed(() => server.run("/opt/one-server-web/release.sh rollback")));
        console.log(
          `  round ${round}: live after ${deployments.at(-1)?.live} s, rolled back after ${rollbacks.at(-1)?.live} s`,
        );
      }
      await pause(Math.max(gap, (fewest / load.rate) * 1000 - running.elapsed() + 1000));
    });
    return { report, deployments, rollbacks };
  } finally {
    server.remove();
  }
}

/** The usual ways, three times each: name → requests that failed. */
async function usualWays(): Promise<Map<string, LoadReport>> {
  const server = new StockServer({ network: "benchs", subnet: "10.96.4.0/24" });
  const ways = {
    "systemctl restart php-fpm": "systemctl restart php8.4-fpm",
    "systemctl reload php-fpm": "systemctl reload php8.4-fpm",
    "systemctl reload nginx": "systemctl reload nginx",
  };
  try {
    console.log("a machine with the same packages in stock configuration …");
    server.create();
    server.overwrite(release(server, "first"));
    const reports = new Map<string, LoadReport>();
    for (const [way, command] of Object.entries(ways)) {
      const report = await underLoad(server, load, async () => {
        for (let time = 1; time <= 3; time++) {
          await pause(gap);
          server.overwrite(release(server, `${way} ${time}`));
          await server.run(command);
        }
        await pause(gap);
      });
      console.log(
        `  ${way}, three times: ${report.summary.failed} of ${report.summary.requests} requests failed`,
      );
      reports.set(way, report);
    }
    return reports;
  } finally {
    server.remove();
  }
}

function release(server: ReleaseServer, mark: string): MarkedRelease {
  return markedRelease("php", `${mark} ${Date.now()}`, server.bundles);
}

/** The seconds until the release was live; what was printed is the error otherwise. */
function check({ code, output }: Ran): number {
  const seconds = /is live, ([0-9.]+) s after the start/.exec(output)?.[1];
  if (code !== 0 || seconds === undefined) {
    throw new Error(`a change of release ended with ${code}:\n${output}`);
  }
  return Number(seconds);
}

/** Latencies of the requests sent while releases were changed, and of the others. */
function apart({ report, deployments, rollbacks }: Ours): { during: number; before: number } {
  const changes = [...deployments, ...rollbacks];
  const quick = report.outcomes.filter(({ kind }) => kind !== "slow");
  const changing = new Set<Outcome>(changes.flatMap(({ from, to }) => within(quick, from, to)));
  const p99 = (outcomes: readonly Outcome[]) =>
    percentile(
      outcomes.map(({ latency }) => latency),
      0.99,
    );
  return { during: p99([...changing]), before: p99(quick.filter((outcome) => !changing.has(outcome))) };
}

async function main(): Promise<void> {
  const mine = await ours();
  const usual = await usualWays();
  const { summary, wrongWrites, acknowledged } = mine.report;
  const { during, before } = apart(mine);
  const slowest = (changes: readonly Change[]) => Math.max(...changes.map(({ live }) => live));
  const perThree = (summary.failed * 3) / (mine.deployments.length + mine.rollbacks.length);
  const results: Result[] = [
    ...[...usual].map(([way, report]) => ({
      metric: `failed requests in three changes (beside: ${way}, ${report.summary.requests} requests)`,
      value: perThree,
      unit: "requests",
      baseline: report.summary.failed,
      ...(report.summary.failed === 0 ? {} : { ratio: perThree / report.summary.failed }),
    })),
    {
      metric: "requests, some of 5 s in flight at each switch",
      value: summary.requests,
      unit: "requests",
      goal: "20,000 or more",
    },
    {
      metric: `failed of them, in ${rounds} deployments and ${rounds} rollbacks`,
      value: summary.failed,
      unit: "requests",
      goal: "0",
    },
    {
      metric: `acknowledged writes (${acknowledged}) not in the database exactly once`,
      value: wrongWrites.length,
      unit: "writes",
      goal: "0",
    },
    {
      metric: "p99 while releases change (beside: between changes)",
      value: during,
      unit: "ms",
      baseline: before,
      ratio: during / before,
      goal: "at most twice",
    },
    {
      metric: "release live after the upload, slowest",
      value: slowest(mine.deployments),
      unit: "s",
      goal: "3 s or less",
    },
    { metric: "rolled back, slowest", value: slowest(mine.rollbacks), unit: "s", goal: "2 s or less" },
  ];
  for (const [failure, count] of Object.entries(summary.failures)) {
    console.log(`  ${count} times: ${failure}`);
  }
  const worst = mine.deployments.find(({ live }) => live === slowest(mine.deployments));
  console.log(`the slowest deployment:\n${worst?.log}`);
  writeResults("deploy", results);
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
