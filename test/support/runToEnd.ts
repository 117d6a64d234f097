import { spawn } from "node:child_process";

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and standard error in the order in which they came. */
  readonly output: string;
  readonly stdout: string;
  readonly milliseconds: number;
}

export interface RunOptions {
  /** Besides the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** What is on its standard input. */
  readonly input?: string;
  /** Called with all output so far whenever there is more; may end the child by its process id. */
  readonly onOutput?: (output: string, pid: number) => void;
}

/** Runs a command to its end, in a process group of its own. */
export function runToEnd(
  command: string,
  args: readonly string[],
  cwd: string,
  options: RunOptions = {},
): Promise<Ran> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    // A group of its own, so that a test can end the program with all that it started.
    const child = spawn(command, args, { cwd, env: { ...process.env, ...options.env }, detached: true });
    let output = "";
    let stdout = "";
    const take = (text: string) => {
      output += text;
      options.onOutput?.(output, child.pid ?? 0);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding("utf8").on("data", take);
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ code, signal, output, stdout, milliseconds: performance.now() - started }),
    );
  });
}
