import type { ChildProcess } from "node:child_process";

/** Ends a process that a test started, if there is one that still runs, and waits until it is gone. */
export async function endChild(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null) return;
  await new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill();
  });
}
