import Mocha from "mocha";

/** Mocha's list of tests, closed by `N passed, N failed` alone on a line, as machines read it. */
export class ClosingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      // After Mocha's own epilogue, which prints the failures in full.
      setImmediate(() => console.log(closingLine(this.stats)));
    });
  }
}

/** `12 passed, 0 failed`, with `, 3 skipped` where there were any. */
export function closingLine(stats: { passes: number; failures: number; pending: number }): string {
  const skipped = stats.pending > 0 ? `, ${stats.pending} skipped` : "";
  return `${stats.passes} passed, ${stats.failures} failed${skipped}`;
}
