import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and standard error in the order in which they came. */
  readonly output: string;
  readonly stdout: string;
  readonly milliseconds: number;
}

/** A copy of this project as it is in the working tree, with a state of its own, which tests may break. */
export class Clone {
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "one-server-web-"));
    for (const file of projectFiles()) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(projectFolder, file), join(this.folder, file), { verbatimSymlinks: true });
    }
    symlinkSync(join(projectFolder, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Runs one of the project's programs, such as `start` or `pulumi`, to its end. */
  run(program: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ran> {
    const command = ["--import", "tsx", join("scripts/cli", `${program}.ts`), ...args];
    return runToEnd(process.execPath, command, this.folder, options);
  }

  /** Runs the CLI with this copy's engine and backend; must succeed. */
  async pulumi(...args: readonly string[]): Promise<Ran> {
    const ran = await this.run("pulumi", args);
    if (ran.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${ran.code}:\n${ran.output}`);
    return ran;
  }

  async outputs(stack: string): Promise<Record<string, unknown>> {
    const { stdout } = await this.pulumi("stack", "output", "--json", "--show-secrets", "-s", stack);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Called with all output so far whenever there is more; may end the child by its process id. */
  readonly onOutput?: (output: string, pid: number) => void;
}

function runToEnd(command: string, args: readonly string[], cwd: string, options: RunOptions): Promise<Ran> {
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
    child.stdin.end();
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ code, signal, output, stdout, milliseconds: performance.now() - started }),
    );
  });
}

/** The files of the working tree that git tracks or would track. */
function projectFiles(): string[] {
  const listed = spawnSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
    cwd: projectFolder,
    encoding: "utf8",
  });
  if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);
  const deleted = spawnSync("git", ["ls-files", "-d", "-z"], { cwd: projectFolder, encoding: "utf8" });
  const gone = new Set(deleted.stdout.split("\0"));
  return [...new Set(listed.stdout.split("\0"))].filter((file) => file !== "" && !gone.has(file));
}
