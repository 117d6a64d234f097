import { createInterface } from "node:readline/promises";
import { WorkspaceError, WrongUse } from "./faults";

/**
 * Has a person type a name before something that cannot be undone.
 * @param otherwise the command that does not ask
 * @throws {WrongUse} where there is no terminal to ask at
 * @throws {WorkspaceError} when the person types something else
 */
export async function confirm(name: string, otherwise: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new WrongUse(`There is no terminal to confirm at, so nothing was destroyed: ${otherwise}`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // The terminal's own Ctrl-C would only end the question.
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const answer = await terminal.question(`This cannot be undone. Type ${name} to destroy it: `);
    if (answer.trim() !== name) throw new WorkspaceError("nothing was destroyed");
  } finally {
    terminal.close();
  }
}
