import type { Run } from "./resource";

/** Longer commands are shown up to here: the beginning names them, the rest is the user's own script. */
const LONGEST_COMMAND = 300;
/** Of what a command printed, this many lines at the end say why it failed. */
const LAST_LINES = 100;

/** The error of a command that failed: how, where, which, and what it printed. Secrets are hidden. */
export function commandError(run: Run, how: string, where: string): Error {
  const command = run.redact(run.command);
  const shown = command.length > LONGEST_COMMAND ? `${command.slice(0, LONGEST_COMMAND)}…` : command;
  const lines = run.output.report().split("\n");
  const dropped = lines.length - LAST_LINES;
  const printed = dropped > 0 ? [`(${dropped} lines before these)`, ...lines.slice(-LAST_LINES)] : lines;
  return new Error(`${how}: running ${JSON.stringify(shown)} ${where}:\n${printed.join("\n")}`);
}
