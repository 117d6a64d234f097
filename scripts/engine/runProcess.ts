import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** How a process is run. */
export interface ProcessOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Takes each line of standard error as it comes. */
  onLine?: (line: string) => void;
  /** Takes each line of standard output as it comes. */
  onOutputLine?: (line: string) => void;
  /** After this many milliseconds the process is ended and counts as failed. */
  timeout?: number;
}

/** Of a failed process' standard error, this many lines at the end are in the error. */
const LAST_LINES = 15;

/**
 * Runs a program to its end and gives what it prints on standard output. It ends with this process.
 *
 * @throws with the end of its standard error when it cannot be started, fails or takes too long
 */
export async function runProcess(
  program: string,
  args: string[],
  options: ProcessOptions = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGTERM");
  process.once("exit", kill);
  let late = false;
  const limit = setTimeout(
    () => {
      late = true;
      child.kill("SIGKILL");
    },
    options.timeout ?? 2 ** 31 - 1,
  );
  const output: Buffer[] = [];
  const lines: string[] = [];
  const { onOutputLine } = options;
  if (onOutputLine) createInterface({ input: child.stdout }).on("line", onOutputLine);
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
    options.onLine?.(line);
  });
  try {
    const [code, signal] = await once(child, "close");
    if (late) throw new Error(`${program} was not done after ${(options.timeout ?? 0) / 1000} s`);
    if (code === 0) return Buffer.concat(output).toString("utf8");
    throw new Error(
      `${[program, ...args].join(" ")} failed (${signal ?? `exit status ${code}`}):\n${lines.join("\n")}`,
    );
  } finally {
    clearTimeout(limit);
    process.removeListener("exit", kill);
  }
}
