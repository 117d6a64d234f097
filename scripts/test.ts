import { existsSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { projectFolder } from "./project/folders";
import { runProgram } from "./project/program";
import { testFiles } from "./test/files";
import { ClosingReporter } from "./test/reporter";
import { setUp } from "./test/setUp";

const usage = `usage: npm test [-- --only KIND] [-- --grep TEXT] [FILE …]

Does all set-up and runs the tests: project (formatting, lint, types, shell), unit, engine (the real Pulumi engine),
machines (real machines on this host), browser (real Chromium).

  --only KIND   one of project, unit, engine, machines, browser; may be given several times
  --grep TEXT   only tests whose full title holds TEXT
  -h, --help    this text`;

const options = { only: { type: "string", multiple: true }, grep: { type: "string" } } as const;

void runProgram(usage, options, async ({ values, positionals }) => {
  const kinds = values.only as unknown as string[] | undefined;
  const files = positionals.length > 0 ? [...positionals] : testFiles(kinds);
  for (const file of files) {
    if (!existsSync(join(projectFolder, file)))
      throw new Error(`${file} is no test: expected a file below test/`);
  }
  await setUp(files);
  return await run(files, values.grep as string | undefined);
});

/** Runs the files in this process; the exit code is 0 when nothing failed and something ran. */
async function run(files: readonly string[], grep: string | undefined): Promise<number> {
  const mocha = new Mocha({
    reporter: ClosingReporter,
    timeout: 60_000,
    color: process.stdout.isTTY === true,
  });
  if (grep !== undefined) mocha.fgrep(grep);
  for (const file of files) mocha.addFile(join(projectFolder, file));
  return await new Promise((resolve) => {
    const runner = mocha.run((failures) => {
      const ran = (runner.stats?.passes ?? 0) + (runner.stats?.failures ?? 0);
      resolve(failures === 0 && ran > 0 ? 0 : 1);
    });
  });
}
