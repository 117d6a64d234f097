import type { ParseArgsConfig } from "node:util";
import { type HostNeeds, provide } from "../scripts/cli/project/hostNeeds";
import { type Arguments, runProgram } from "../scripts/cli/project/program";
import { Progress, standardScreen } from "../scripts/cli/project/progress";
import { holdInterruptions, interruptedCode } from "../scripts/engine/interruption";

/**
 * Runs a bench as the project's other programs are run, after it got what it needs from this host. Ctrl-C does not end it at once: it
 * removes its machines first.
 * @param bench reads the options, before anything is done, and gives what measures
 */
export function runBench<const Known extends NonNullable<ParseArgsConfig["options"]>>(
  usage: string,
  options: Known,
  needs: HostNeeds,
  bench: (values: Arguments<Known>["values"]) => () => Promise<void>,
): Promise<void> {
  return runProgram(usage, options, async ({ values }) => {
    const measure = bench(values);
    const progress = new Progress(standardScreen());
    await provide(needs, "The benches", progress).finally(() => progress.close());
    const release = holdInterruptions();
    const say = () => console.log("interrupted: removing what was made …");
    process.once("SIGINT", say).once("SIGTERM", say);
    try {
      await measure();
      return interruptedCode() ?? 0;
    } finally {
      release();
    }
  });
}
