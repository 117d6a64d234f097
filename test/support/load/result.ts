/** What was asked for of a figure, in words and so that it can be checked. */
export interface Goal {
  /** Such as `at most 1.5 times the floor`. */
  readonly words: string;
  readonly limits: readonly Limit[];
}

/** A bound, itself included, of a figure or of its ratio to the baseline. */
export interface Limit {
  readonly of: "value" | "ratio";
  readonly direction: "at most" | "at least";
  readonly bound: number;
}

/** A goal with one bound. */
export function goal(words: string, of: Limit["of"], direction: Limit["direction"], bound: number): Goal {
  return { words, limits: [{ of, direction, bound }] };
}

/** One figure of a bench, beside what it is compared with and what was asked for. */
export interface Result {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** The figure of the usual way, measured in the same run. */
  readonly baseline?: number;
  /** `value / baseline`. */
  readonly ratio?: number;
  readonly goal?: Goal;
}

/** Whether a figure is as was asked for; undefined where nothing was. One that could not be measured is not. */
export function isMet({ value, ratio, goal: wanted }: Result): boolean | undefined {
  return wanted?.limits.every(({ of, direction, bound }) => {
    // A ratio counts as it is shown, to the hundredth.
    const figure = of === "value" ? value : Math.round((ratio ?? Number.NaN) * 100) / 100;
    return direction === "at most" ? figure <= bound : figure >= bound;
  });
}

/** A figure as it is written: the goal in words, and whether it was met. */
export interface Row extends Omit<Result, "goal"> {
  readonly goal?: string;
  readonly met?: boolean;
}

/** The figure as it is written. */
export function rowOf(result: Result): Row {
  const { goal, ...figure } = result;
  const met = isMet(result);
  return goal === undefined || met === undefined ? figure : { ...figure, goal: goal.words, met };
}
