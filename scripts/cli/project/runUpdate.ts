import { runProcess } from "../../engine/runProcess";
import { parseEvent } from "./engineEvents";
import { StackBusy, UpdateFailed } from "./faults";
import type { Progress } from "./progress";
import { Update } from "./update";
import { clearMessage, isBusy, type Workspace } from "./workspace";

/**
 * Runs `up` or `destroy` and shows its steps as they end.
 * @throws {UpdateFailed} with the engine's own lines; what was done until then is kept in the state
 */
export async function runUpdate(
  workspace: Workspace,
  args: readonly string[],
  progress: Progress,
): Promise<Update> {
  const update = new Update();
  const result = await runProcess(
    workspace.engine.cli,
    [...args, "--yes", "--json", "--non-interactive", "-s", workspace.stack],
    {
      cwd: workspace.folder,
      env: workspace.environment,
      onLine: (line) => {
        const event = parseEvent(line);
        const step = event && update.take(event);
        if (step?.ended !== undefined) progress.step(step);
        // What it said before, such as a broken release's answer, went by too fast to be read.
        if (step?.failed) for (const line of step.printed) progress.line(`      ${line}`);
        progress.now(underWay(update));
      },
    },
  );
  progress.now("");
  for (const line of new Set(update.warnings)) progress.line(`warning: ${line}`);
  if (result.code !== 0) {
    const reason = isBusy(result.stderr) || update.errors.some(isBusy) ? StackBusy : UpdateFailed;
    throw new reason(failure(update, result.stderr, workspace));
  }
  return update;
}

/** What is under way, with the last line that it printed. */
export function underWay(update: Update): string {
  const [first, ...others] = update.running;
  if (first === undefined) return "looking at what is there";
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  const doing = first.printed.at(-1)?.trim();
  return `${first.name}${more}${doing === undefined ? "" : `: ${doing}`}`;
}

/** What went wrong, without what the engine repeats. */
function failure(update: Update, stderr: string, workspace: Workspace): string {
  const lines = update.errors.filter((line) => !/^(update|resource .*) failed$/.test(line));
  const text = lines.length > 0 ? [...new Set(lines.map(commandError))].join("\n") : stderr;
  return clearMessage(text, workspace);
}

/**
 * The error of a command that ran here or on a server: where the command itself said what is wrong, on lines that begin
 * with `error: `, that is the message, with the server's name; the command's text and other output are left out.
 */
export function commandError(message: string): string {
  const said = message.split("\n").flatMap((line) => /^error: (.+)$/.exec(line)?.[1] ?? []);
  if (said.length === 0) return message;
  const where = /^exit status [^\n]* on ([^\n]+):$/m.exec(message)?.[1];
  return said
    .map((line) => (where === undefined || where === "this machine" ? line : `${where}: ${line}`))
    .join("\n");
}
