// Runs one group of test files for scripts/cli/test/group.ts, which says which and gets the counts.
import { join } from "node:path";
import Mocha from "mocha";
import { projectFolder } from "../project/folders";
import { chooseTests } from "./story";

interface Wanted {
  readonly files: readonly string[];
  readonly grep?: string;
  readonly colours: boolean;
}

/** Mocha, with the tests that a text chooses alone. */
class ChosenTests extends Mocha {
  constructor(
    private readonly text: string | undefined,
    options: Mocha.MochaOptions,
  ) {
    super(options);
  }

  protected override loadFiles(): void {
    super.loadFiles();
    if (this.text !== undefined) chooseTests(this.suite, this.text);
  }
}

process.once("message", ({ files, grep, colours }: Wanted) => {
  const mocha = new ChosenTests(grep, { reporter: "spec", timeout: 60_000, color: colours });
  for (const file of files) mocha.addFile(join(projectFolder, file));
  // What tests made is taken down by their own hooks; the test that runs comes to its end first.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => runner.abort());
  const runner = mocha.run(() => {
    const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
    // What was printed must be out before the process ends, which something that a test left open must not keep up.
    process.send?.({ passes, failures, pending }, () => process.disconnect());
    setTimeout(() => process.exit(), 5000).unref();
  });
});
