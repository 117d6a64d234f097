import type { RequestKind } from "./schedule";

/** What became of one request. */
export interface Outcome {
  readonly number: number;
  readonly kind: RequestKind;
  /** When it was meant to be sent, milliseconds after the load's start. */
  readonly at: number;
  /** Milliseconds from then to the last byte: time spent waiting to be sent counts. */
  readonly latency: number;
  /** Why it failed; undefined for a right answer. */
  readonly failure?: string;
  /** The release that answered. */
  readonly release?: string;
}

export interface Summary {
  readonly requests: number;
  readonly failed: number;
  /** How often each failure was seen. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds; of the requests that are not meant to be slow. */
  readonly median: number;
  readonly p99: number;
  readonly slowest: number;
  /** How many requests each release answered. */
  readonly releases: Readonly<Record<string, number>>;
}

/** The value below which the given share (0 to 1) of the values lies; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Sums up what became of a load's requests. */
export function summarize(outcomes: readonly Outcome[]): Summary {
  const quick = outcomes.filter(({ kind }) => kind !== "slow").map(({ latency }) => latency);
  return {
    requests: outcomes.length,
    failed: outcomes.filter(({ failure }) => failure !== undefined).length,
    failures: count(outcomes.map(({ failure }) => failure)),
    median: percentile(quick, 0.5),
    p99: percentile(quick, 0.99),
    slowest: percentile(quick, 1),
    releases: count(outcomes.map(({ release }) => release)),
  };
}

/** Only the requests that were meant to be sent in a span of time, in milliseconds. */
export function within(outcomes: readonly Outcome[], from: number, to: number): Outcome[] {
  return outcomes.filter(({ at }) => at >= from && at < to);
}

function count(values: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) {
    if (value !== undefined) {
      counts[value] = (counts[value] ?? 0) + 1;
    }
  }
  return counts;
}
