import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { withoutSecrets } from "../../scripts/cli/project/stackFile";

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and standard error in the order in which they came. */
  readonly output: string;
  readonly stdout: string;
  readonly milliseconds: number;
}

/**
 * A copy of this project as it is in the working tree, with a state of its own, which tests may break. Stacks' settings are those of the
 * last commit without what is encrypted: what `npm start` and a person wrote into this clone's belongs to its own stacks.
 */
export class Clone {
  readonly folder: string;

  /** @param source a work tree of git */
  constructor(source = projectFolder) {
    this.folder = mkdtempSync(join(tmpdir(), "one-server-web-"));
    for (const file of git(source, "ls-tree", "--name-only", "-z", "HEAD").filter(isStackFile)) {
      writeFileSync(join(this.folder, file), withoutSecrets(git(source, "show", `HEAD:${file}`).join()));
    }
    for (const file of projectFiles(source)) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(source, file), join(this.folder, file), { verbatimSymlinks: true });
    }
    symlinkSync(join(source, "node_modules"), join(this.folder, "node_modules"));
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

/** The files of the working tree that git tracks or would track, but for stacks' settings. */
function projectFiles(source: string): string[] {
  const gone = new Set(git(source, "ls-files", "-d", "-z"));
  const files = new Set(git(source, "ls-files", "-co", "--exclude-standard", "-z"));
  return [...files].filter((file) => !gone.has(file) && !isStackFile(file));
}

function isStackFile(file: string): boolean {
  return /^Pulumi\.[^/]+\.yaml$/.test(file);
}

/** What git prints about a work tree, one thing at a time. */
function git(source: string, ...args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: source, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.split("\0").filter((part) => part !== "");
}
