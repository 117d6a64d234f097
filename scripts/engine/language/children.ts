import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** The processes this host has started and that still run: none may outlive it. */
const running = new Set<ChildProcess>();

/** Starts a process that ends with this host. */
export function start(command: string, args: string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, options);
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.once("error", () => running.delete(child));
  return child;
}

/** Ends a process: asks it first, then, after the time given in milliseconds, makes it. */
export async function end(child: ChildProcess, patience: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), patience);
  await ended;
  clearTimeout(force);
}

/** Ends all processes this host has started. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((child) => end(child, 1500)));
}
