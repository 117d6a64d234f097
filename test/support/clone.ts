import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { withoutSecrets } from "../../scripts/cli/project/stackFile";
import { type Ran, type RunOptions, runToEnd } from "./runToEnd";

/**
 * A copy of this project as it is in the working tree, with a state of its own, which tests may break. Stacks' settings are those of the
 * last commit without what is encrypted: what `npm start` and a person wrote into this clone's belongs to its own stacks.
 */
export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), "one-server-web-"));

  /**
   * @param source a work tree of git
   * @param commit copies this commit of its history in place of the work tree
   */
  constructor(
    private readonly source = projectFolder,
    commit?: string,
  ) {
    if (commit !== undefined) extract(source, commit, this.folder);
    else this.copyWorkTree();
    for (const file of git(source, "ls-tree", "--name-only", "-z", commit ?? "HEAD").filter(isStackFile)) {
      const settings = git(source, "show", `${commit ?? "HEAD"}:${file}`).join();
      writeFileSync(join(this.folder, file), withoutSecrets(settings));
    }
    symlinkSync(join(source, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Puts the work tree's files in the place of its own, as a person who pulls a newer version; stacks with their settings and state stay. */
  update(): void {
    for (const name of readdirSync(this.folder)) {
      if (name === ".local" || name === "node_modules" || isStackFile(name)) continue;
      rmSync(join(this.folder, name), { recursive: true });
    }
    this.copyWorkTree();
  }

  private copyWorkTree(): void {
    for (const file of projectFiles(this.source)) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      cpSync(join(this.source, file), join(this.folder, file), { verbatimSymlinks: true });
    }
  }

  /** Runs one of the project's programs, such as `start` or `pulumi`, to its end. */
  run(program: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ran> {
    // Version 0.1.0 had them one folder further up.
    const folder = existsSync(join(this.folder, "scripts/cli")) ? "scripts/cli" : "scripts";
    const command = ["--import", "tsx", join(folder, `${program}.ts`), ...args];
    return this.command(process.execPath, command, options);
  }

  /** Runs a command in this copy's folder to its end. */
  command(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return runToEnd(command, args, this.folder, options);
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

/** The files of the working tree that git tracks or would track, but for stacks' settings. */
function projectFiles(source: string): string[] {
  const gone = new Set(git(source, "ls-files", "-d", "-z"));
  const files = new Set(git(source, "ls-files", "-co", "--exclude-standard", "-z"));
  return [...files].filter((file) => !gone.has(file) && !isStackFile(file));
}

function isStackFile(file: string): boolean {
  return /^Pulumi\.[^/]+\.yaml$/.test(file);
}

/** Writes the files of a commit into a folder. */
function extract(source: string, commit: string, folder: string): void {
  const archive = spawnSync("git", ["archive", "--format=tar", commit], { cwd: source, maxBuffer: 2 ** 28 });
  if (archive.status !== 0) throw new Error(`git archive ${commit}: ${archive.stderr}`);
  const unpacked = spawnSync("tar", ["-x"], { cwd: folder, input: archive.stdout });
  if (unpacked.status !== 0) throw new Error(`tar -x: ${unpacked.stderr}`);
}

/** What git prints about a work tree, one thing at a time. */
function git(source: string, ...args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: source, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.split("\0").filter((part) => part !== "");
}
