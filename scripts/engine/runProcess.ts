import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { holdInterruptions } from "./interruption";

/** How a process is run. */
export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Given on standard input, so that it is in no process list; nothing when unset. */
  readonly input?: string;
  /** Takes each line of standard output as it comes, in place of the result's `stdout`. */
  readonly onLine?: (line: string) => void;
  /** Takes each line of standard error as it comes. */
  readonly onErrorLine?: (line: string) => void;
  /** After this many milliseconds the process is killed and counts as failed. */
  readonly timeout?: number;
  /** The child has this process's own terminal or pipes: nothing is collected. */
  readonly inherit?: boolean;
}

/** How a process ended. */
export interface Ended {
  /** Its exit code; 128 and the signal's number where one ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Somebody pressed Ctrl-C or sent SIGTERM to this process meanwhile. */
  readonly interrupted: boolean;
}

/** The code of a process that SIGKILL ended. */
const killed = 128 + constants.signals.SIGKILL;

/** Of a failed process' standard error, this many lines at the end are in the error. */
const lastLines = 15;

/**
 * Runs a program to its end. Ctrl-C reaches it from the terminal; a SIGTERM to this process is passed on as an interrupt, so that it can
 * put its things in order. It ends with this process.
 *
 * @throws when it cannot be started
 */
export async function runProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Ended> {
  const { cwd, env = process.env, timeout } = options;
  const stdio = options.inherit === true ? "inherit" : "pipe";
  const child = spawn(program, args, { cwd, env, stdio });
  const kill = () => void child.kill("SIGTERM");
  let interrupted = false;
  const wait = () => {
    interrupted = true;
  };
  const interrupt = () => {
    interrupted = true;
    child.kill("SIGINT");
  };
  process.once("exit", kill).on("SIGINT", wait).on("SIGTERM", interrupt);
  const release = holdInterruptions();
  const limit = timeout === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), timeout);
  const stdout: string[] = [];
  const stderr: string[] = [];
  if (child.stdout !== null) {
    if (options.onLine === undefined)
      child.stdout.setEncoding("utf8").on("data", (text: string) => stdout.push(text));
    else createInterface({ input: child.stdout }).on("line", options.onLine);
  }
  child.stderr?.setEncoding("utf8").on("data", (text: string) => stderr.push(text));
  if (child.stderr !== null && options.onErrorLine !== undefined)
    createInterface({ input: child.stderr }).on("line", options.onErrorLine);
  child.stdin?.on("error", () => {}).end(options.input ?? ""); // a child that ends early says so by its exit code
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return {
      code: code ?? 128 + constants.signals[signal ?? "SIGKILL"],
      stdout: stdout.join(""),
      stderr: stderr.join(""),
      interrupted,
    };
  } finally {
    clearTimeout(limit);
    release();
    process.off("exit", kill).off("SIGINT", wait).off("SIGTERM", interrupt);
  }
}

/**
 * As runProcess, for a program that must succeed.
 *
 * @returns what it printed on standard output
 * @throws with the end of its standard error when it cannot be started, fails or takes too long
 */
export async function mustRunProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runProcess(program, args, options);
  if (code === 0) return stdout;
  if (code === killed && options.timeout !== undefined)
    throw new Error(`${program} was not done after ${options.timeout / 1000} s`);
  const lines = stderr.trimEnd().split("\n").slice(-lastLines).join("\n");
  throw new Error(`${[program, ...args].join(" ")} failed (exit status ${code}):\n${lines}`);
}
