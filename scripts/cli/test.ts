import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { interruptedCode } from "../engine/interruption";
import { WrongUse } from "./project/faults";
import { projectFolder } from "./project/folders";
import { runProgram } from "./project/program";
import { duration, Progress, standardScreen } from "./project/progress";
import { keepBusy } from "./test/busy";
import { closingLine } from "./test/closingLine";
import { type Kind, kinds, testFiles } from "./test/files";
import { type Group, type GroupResult, runGroup } from "./test/group";
import { failuresOf, groupsOf, runInLanes, sum } from "./test/lanes";
import { setUp } from "./test/setUp";

const usage = `usage: npm test [-- [--only KIND] [--grep TEXT] [--busy] [FILE …]]

Does all set-up and runs the tests: project (formatting, lint, types, shell), unit, engine (the real Pulumi engine),
machines (real machines on this host), browser (real Chromium).

  --only KIND   one of project, unit, engine, machines, browser; may be given several times
  --grep TEXT   only tests whose full title holds TEXT, and in a story the steps before them
  --busy        keeps every processor busy meanwhile, to find tests that depend on a quiet machine
  -h, --help    this text`;

const options = {
  only: { type: "string", multiple: true },
  grep: { type: "string" },
  busy: { type: "boolean", default: false },
} as const;

void runProgram(
  usage,
  options,
  async ({ values, positionals }) => {
    const files = positionals.length > 0 ? positionals.map(checkFile) : testFiles(checkKinds(values.only));
    await setUp(files);
    const rest = values.busy ? keepBusy(availableParallelism()) : () => {};
    return await run(files, values.grep).finally(rest);
  },
  Number.POSITIVE_INFINITY,
);

function checkFile(file: string): string {
  if (/^test\/.*\.test\.ts$/.test(file) && existsSync(join(projectFolder, file))) return file;
  throw new WrongUse(`${file} is not a test: expected a file below test/, such as test/unit/update.test.ts`);
}

function checkKinds(wanted: readonly string[] = kinds): Kind[] {
  const unknown = wanted.find((kind) => !(kinds as readonly string[]).includes(kind));
  if (unknown !== undefined)
    throw new WrongUse(`"${unknown}" is not a kind of test: expected ${kinds.join(", ")}`);
  return wanted as Kind[];
}

/** Machines and engines wait for each other's answers most of the time, so two files run at once. */
const lanes = 2;

/** A pipe is told what is under way this often: a file of tests takes minutes. */
const secondsBetweenLines = 30;

/** Runs the files, prints each group's tests as it ends and all failures at the end; the exit code is 0 when nothing failed and something ran. */
async function run(files: readonly string[], grep: string | undefined): Promise<number> {
  const screen = standardScreen();
  const progress = new Progress(screen, Date.now, screen.isTTY ? undefined : secondsBetweenLines);
  const started = Date.now();
  const watcher = {
    running: (names: readonly string[]) => progress.now(names.join(" and ")),
    ended: ({ output }: GroupResult) => progress.line(output.trimEnd()),
  };
  const runOne = (group: Group) => runGroup(group, grep, screen.isTTY);
  const groups = groupsOf(files);
  const interrupted = () => interruptedCode() !== undefined;
  try {
    const results = [
      ...(await runInLanes(groups.alone, 1, watcher, runOne, interrupted)),
      ...(await runInLanes(groups.lanes, lanes, watcher, runOne, interrupted)),
    ];
    const counts = sum(results);
    for (const result of results.filter(({ failures }) => failures > 0)) {
      progress.line(`\n${result.group.name}:\n${failuresOf(result)}`);
    }
    progress.line(`\n${duration(Date.now() - started)}\n${closingLine(counts)}`);
    return counts.failures === 0 && counts.passes > 0 && !interrupted() ? 0 : 1;
  } finally {
    progress.close();
  }
}
