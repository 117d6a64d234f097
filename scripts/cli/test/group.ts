import { fork } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { holdInterruptions } from "../../engine/interruption";
import { projectFolder } from "../project/folders";

/** Test files that one process runs, one after another. */
export interface Group {
  readonly name: string;
  readonly files: readonly string[];
}

/** How many tests came out how. */
export interface Counts {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}

/** What became of a group. */
export interface GroupResult extends Counts {
  readonly group: Group;
  /** What Mocha printed. */
  readonly output: string;
}

/**
 * Runs a group in a process of its own. One that ends before its tests do counts as a failure.
 * @param grep only tests whose full title holds it, in a story with the steps before them
 */
export function runGroup(group: Group, grep: string | undefined, colours: boolean): Promise<GroupResult> {
  const child = fork(join(projectFolder, "scripts/cli/test/child.ts"), [], {
    cwd: projectFolder,
    execArgv: ["--import", "tsx"],
    silent: true,
    env: withoutLogin(process.env),
  });
  // A terminal sends Ctrl-C to it as well.
  const interrupt = () => void child.kill("SIGINT");
  const kill = () => void child.kill();
  process.on("SIGTERM", interrupt).once("exit", kill);
  const release = holdInterruptions();
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      // Mocha's ticks are coloured wherever CI is set, whatever its option says.
      output += colours ? text : stripVTControlCharacters(text);
    });
  }
  let counts: Counts | undefined;
  child.on("message", (message: Counts) => {
    counts = message;
  });
  child.send({ files: group.files, grep, colours });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGTERM", interrupt).off("exit", kill);
      release();
      if (counts !== undefined) return resolve({ group, output, ...counts });
      const ended = `${group.name} ended with ${signal ?? code} before its tests did`;
      resolve({
        group,
        output: `${output}\n  1 failing\n\n  ${ended}\n`,
        passes: 0,
        failures: 1,
        pending: 0,
      });
    });
  });
}

/** The environment without what says where a person's own stacks are kept: tests have no business there. */
function withoutLogin(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("PULUMI_")));
}
