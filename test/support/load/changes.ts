import { goal, type Result } from "./result";
import { type Outcome, percentile, within } from "./summary";
import type { LoadReport } from "./underLoad";

/** A change of release under load: when it was, by the load's clock, and what the server said of it. */
export interface Change {
  readonly from: number;
  readonly to: number;
  /** Seconds from its start until the public address showed it. */
  readonly live: number;
  /** What the server printed. */
  readonly log: string;
}

/** A load, and what was changed under it. */
export interface ChangesUnderLoad {
  readonly report: LoadReport;
  readonly deployments: readonly Change[];
  readonly rollbacks: readonly Change[];
}

/** How often each usual way of taking a new release into use was gone under the load beside it. */
export const timesOfUsualWays = 3;

/**
 * The figures of deployments and rollbacks beside those of the usual ways.
 * @param usual name of the way → the load during `timesOfUsualWays` of them; empty when the run was interrupted before.
 */
export function changeResults(ours: ChangesUnderLoad, usual: ReadonlyMap<string, LoadReport>): Result[] {
  const { deployments, rollbacks } = ours;
  const { summary, wrongWrites, acknowledged } = ours.report;
  const { during, between } = percentiles(ours);
  const changes = deployments.length + rollbacks.length;
  return [
    ...besideUsual((summary.failed * timesOfUsualWays) / changes, usual),
    {
      metric: "requests, some of 5 s in flight at each switch",
      value: summary.requests,
      unit: "requests",
      goal: goal("20,000 or more", "value", "at least", 20_000),
    },
    {
      metric: `failed of them, in ${deployments.length} deployments and ${rollbacks.length} rollbacks`,
      value: summary.failed,
      unit: "requests",
      goal: goal("0", "value", "at most", 0),
    },
    {
      metric: `acknowledged writes (${acknowledged}) not in the database exactly once`,
      value: wrongWrites.length,
      unit: "writes",
      goal: goal("0", "value", "at most", 0),
    },
    {
      metric: "p99 while releases change (beside: between changes)",
      value: during,
      unit: "ms",
      baseline: between,
      ratio: during / between,
      goal: goal("at most twice", "ratio", "at most", 2),
    },
    {
      metric: "release live after the upload, slowest",
      value: slowest(deployments),
      unit: "s",
      goal: goal("3 s or less", "value", "at most", 3),
    },
    {
      metric: "rolled back, slowest",
      value: slowest(rollbacks),
      unit: "s",
      goal: goal("2 s or less", "value", "at most", 2),
    },
  ];
}

/** Seconds until the slowest of some changes was live; none are never live. */
export function slowest(changes: readonly Change[]): number {
  return Math.max(...changes.map(({ live }) => live));
}

/** @param perThree failed requests in three of our own changes. */
function besideUsual(perThree: number, usual: ReadonlyMap<string, LoadReport>): Result[] {
  return [...usual].map(([way, { summary }]) => ({
    metric: `failed requests in three changes (beside: ${way}, ${summary.requests} requests)`,
    value: perThree,
    unit: "requests",
    baseline: summary.failed,
    ...(summary.failed === 0 ? {} : { ratio: perThree / summary.failed }),
  }));
}

/** The 99th percentile of the requests sent while releases were changed, and of the others. */
function percentiles({ report, deployments, rollbacks }: ChangesUnderLoad): {
  during: number;
  between: number;
} {
  const quick = report.outcomes.filter(({ kind }) => kind !== "slow");
  const changes = [...deployments, ...rollbacks];
  const changing = new Set<Outcome>(changes.flatMap(({ from, to }) => within(quick, from, to)));
  const p99 = (outcomes: readonly Outcome[]) =>
    percentile(
      outcomes.map(({ latency }) => latency),
      0.99,
    );
  return { during: p99([...changing]), between: p99(quick.filter((outcome) => !changing.has(outcome))) };
}
