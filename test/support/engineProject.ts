import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { type Engine, ensureEngine } from "../../scripts/engine/ensure";

/** How a run of the CLI ended. */
export interface Result {
  code: number | null;
  /** Standard output and standard error, in the order in which they came. */
  output: string;
}

/** One resource in a stack's state. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** The passphrase of these stacks; nothing in them is worth more. */
const PASSPHRASE = "test";

/** A Pulumi project of its own in a temporary folder, run by the project's engine on a backend of its own. */
export class EngineProject {
  readonly folder = mkdtempSync(join(tmpdir(), "engine-test-"));
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(readonly engine: Engine) {
    this.#environment = {
      ...process.env,
      ...engine.environment,
      PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    };
  }

  /** Makes the project and its stack `test`; the program comes with `write`. */
  static async create(): Promise<EngineProject> {
    const project = new EngineProject(await ensureEngine({ projectFolder, report: () => undefined }));
    mkdirSync(join(project.folder, "backend"));
    symlinkSync(join(projectFolder, "node_modules"), join(project.folder, "node_modules"));
    project.writeFile(
      "Pulumi.yaml",
      [
        "name: engine-test",
        "main: index.ts",
        "runtime: {name: nodejs, options: {typescript: false, nodeargs: --require tsx/cjs}}",
        "",
      ].join("\n"),
    );
    project.writeFile("package.json", '{"name": "engine-test", "main": "index.ts"}');
    const { code, output } = await project.pulumi(["stack", "init", "test"]);
    if (code !== 0) throw new Error(output);
    return project;
  }

  /** Path of a file in the project's folder. */
  path(name: string): string {
    return join(this.folder, name);
  }

  writeFile(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** Writes the program: the SDK and the command package are imported already. */
  write(program: string): void {
    const imports = [
      'import * as pulumi from "@pulumi/pulumi";',
      'import { local, remote } from "@pulumi/command";',
      "const config = new pulumi.Config();",
    ];
    this.writeFile(
      "index.ts",
      [...imports, program, "void [local, remote, config];", "export {};"].join("\n"),
    );
  }

  /** Starts the CLI, with more in its environment where that is given; what it prints is given to `watch` as it comes. */
  start(
    args: string[],
    watch: (text: string) => void = () => undefined,
    more: NodeJS.ProcessEnv = {},
  ): { child: ChildProcess; ended: Promise<Result> } {
    const child = spawn(this.engine.cli, [...args, "--non-interactive"], {
      cwd: this.folder,
      env: { ...this.#environment, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      watch(chunk.toString());
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const ended = once(child, "close").then(([code]) => ({ code: code as number | null, output }));
    return { child, ended };
  }

  async pulumi(args: string[], more: NodeJS.ProcessEnv = {}): Promise<Result> {
    return this.start(args, undefined, more).ended;
  }

  /** Updates the stack without a preview before it, and wants that to end with the code given. */
  async up(expected: number | "failure" = 0, ...args: string[]): Promise<string> {
    return this.#must(expected, ["up", "--yes", "--skip-preview", "--stack", "test", ...args]);
  }

  async preview(...args: string[]): Promise<string> {
    return this.#must(0, ["preview", "--stack", "test", ...args]);
  }

  async destroy(): Promise<string> {
    return this.#must(0, ["destroy", "--yes", "--skip-preview", "--stack", "test"]);
  }

  async set(key: string, value: string): Promise<void> {
    await this.#must(0, ["config", "set", "--stack", "test", key, value]);
  }

  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(
      await this.#must(0, ["stack", "output", "--json", "--show-secrets", "--stack", "test"]),
    );
  }

  /** The state as it lies in the backend, secrets encrypted. */
  async stateText(): Promise<string> {
    return this.#must(0, ["stack", "export", "--stack", "test"]);
  }

  /** The resource of a name in the state. */
  async resource(name: string): Promise<StateResource | undefined> {
    const { deployment } = JSON.parse(await this.stateText()) as {
      deployment: { resources?: StateResource[] };
    };
    return deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  }

  async #must(expected: number | "failure", args: string[]): Promise<string> {
    const { code, output } = await this.pulumi(args);
    const good = expected === "failure" ? code !== 0 : code === expected;
    if (!good) throw new Error(`pulumi ${args.join(" ")} ended with ${code}, not ${expected}:\n${output}`);
    return output;
  }

  /** Removes the project; what it made must be destroyed before. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
