import { type Goal, goal, type Result } from "../../test/support/load/result";
import type { Pair, Plan } from "./load";
import type { Served } from "./wrk";

/** Everything that one run measured. */
export interface Figures {
  readonly static: Pair;
  readonly select: Pair;
  readonly wait: Pair;
  /** The sample page, beside the same page with a new connection to the database for each request. */
  readonly sample: Pair;
  readonly wordPress: Pair;
  /** Three of the above with appProcesses at five a core. */
  readonly selectByFew: Pair;
  readonly sampleByFew: Pair;
  readonly wordPressByFew: Pair;
  /** The page with one SELECT from a page cache that is empty at first. */
  readonly cached: Served;
  /** The file again, just after the cached page. */
  readonly file: Served;
  /** WordPress' front page from a page cache that is empty at first. */
  readonly cachedWordPress: Served;
  readonly failures: number;
  readonly restarts: number;
}

const notBelow = goal("not below stock", "ratio", "at least", 1);
const notAbove = goal("not above stock", "ratio", "at most", 1);

/** The figures as they are shown, beside what was asked for. */
export function table(figures: Figures, plan: Plan): Result[] {
  const { cached, file, wordPress, cachedWordPress } = figures;
  return [
    speed("1 KB static, 32 connections", figures.static, notBelow),
    delay("1 KB static, 32 connections", figures.static, notAbove),
    speed("PHP page with one SELECT, 32 connections", figures.select, notBelow),
    delay("PHP page with one SELECT, 32 connections", figures.select, notAbove),
    speed("PHP page with one SELECT, 32 connections, appProcesses 10", figures.selectByFew),
    delay("PHP page with one SELECT, 32 connections, appProcesses 10", figures.selectByFew),
    speed(
      "the sample page, against a new connection a request",
      figures.sample,
      goal("1.8 times", "ratio", "at least", 1.8),
    ),
    speed("the sample page, against a new connection a request, appProcesses 10", figures.sampleByFew),
    speed(
      "PHP page that waits 100 ms, 64 connections",
      figures.wait,
      goal("8 times stock", "ratio", "at least", 8),
    ),
    speed(
      "page cache, cold start included, against static",
      { ours: cached, stock: file },
      goal("0.85 of static", "ratio", "at least", 0.85),
    ),
    coldDelay("page cache, cold start included", cached),
    speed("WordPress' front page, 32 connections", wordPress, notBelow),
    delay("WordPress' front page, 32 connections", wordPress),
    speed("WordPress' front page, 32 connections, appProcesses 10", figures.wordPressByFew),
    delay("WordPress' front page, 32 connections, appProcesses 10", figures.wordPressByFew),
    speed(
      "WordPress' front page with page cache, cold start included",
      { ours: cachedWordPress, stock: wordPress.stock },
      goal("300 times stock", "ratio", "at least", 300),
    ),
    count(`512 connections, ${plan.long} s on each of five pages: failures`, figures.failures),
    count("512 connections: daemons that had to be restarted", figures.restarts),
  ];
}

function speed(metric: string, { ours, stock }: Pair, wanted?: Goal): Result {
  const value = ours.perSecond;
  return {
    metric,
    value,
    unit: "requests/s",
    baseline: stock.perSecond,
    ratio: value / stock.perSecond,
    ...(wanted === undefined ? {} : { goal: wanted }),
  };
}

function delay(metric: string, { ours, stock }: Pair, wanted?: Goal): Result {
  return {
    metric: `${metric}, p99`,
    value: ours.p99,
    unit: "ms",
    baseline: stock.p99,
    ratio: ours.p99 / stock.p99,
    ...(wanted === undefined ? {} : { goal: wanted }),
  };
}

function coldDelay(metric: string, { p99 }: Served): Result {
  return {
    metric: `${metric}, p99`,
    value: p99,
    unit: "ms",
    goal: goal("20 ms or less", "value", "at most", 20),
  };
}

function count(metric: string, value: number): Result {
  return { metric, value, unit: "", goal: goal("0", "value", "at most", 0) };
}
