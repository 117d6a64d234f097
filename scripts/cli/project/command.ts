import { spawn } from "node:child_process";

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Given on standard input, so that it is in no process list. */
  readonly input?: string;
  /** Called for each whole line of standard output. */
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end. Ctrl-C reaches it from the terminal; a SIGTERM to us is passed on as an interrupt,
 * so that it can put its things in order.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: "pipe" });
    const interrupt = () => void child.kill("SIGINT");
    const wait = () => {};
    process.on("SIGINT", wait);
    process.on("SIGTERM", interrupt);
    let stdout = "";
    let stderr = "";
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (options.onLine === undefined) {
        stdout += text;
        return;
      }
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) options.onLine(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.stdin.on("error", () => {}); // a child that ends early says so by its exit code
    child.stdin.end(options.input ?? "");
    child.on("close", (code, signal) => {
      process.off("SIGINT", wait);
      process.off("SIGTERM", interrupt);
      if (rest !== "") options.onLine?.(rest);
      resolve({ code: code ?? (signal === "SIGINT" ? 130 : 1), stdout, stderr });
    });
  });
}
