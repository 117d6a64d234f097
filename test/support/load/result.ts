/** One figure of a bench, beside what it is compared with and what was asked for. */
export interface Result {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** The figure of the usual way, measured in the same run. */
  readonly baseline?: number;
  /** `value / baseline`. */
  readonly ratio?: number;
  /** What was asked for, in words: `at most 1.5 times the floor`. */
  readonly goal?: string;
}
