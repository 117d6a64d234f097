import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startAwsPlugin } from "../../scripts/cli/preview/awsPlugin";
import { projectFolder } from "../../scripts/cli/project/folders";
import type { Event, Thing } from "../../scripts/engine/aws/world";
import { type Engine, ensureEngine } from "../../scripts/engine/ensure";
import { Clone } from "../support/clone";
import type { Ran } from "../support/runToEnd";

/** The stack `prod` as Pulumi.prod.yaml describes it, run by the real engine against the test plugin. */
export class AwsStack {
  readonly databasePassword = randomBytes(18).toString("hex");
  private engine: Engine | undefined;

  /**
   * @param pluginEnvironment what the test plugin reads besides its world
   * @param clone the program
   */
  constructor(
    private readonly pluginEnvironment: Readonly<Record<string, string>> = {},
    readonly clone = new Clone(),
  ) {}

  get folder(): string {
    return this.clone.folder;
  }

  /** Makes the stack with these settings on top of Pulumi.prod.yaml's. */
  async create(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    mkdirSync(this.backendFolder, { recursive: true });
    this.engine = await ensureEngine({ projectFolder: this.folder, report: () => {} });
    await this.must("stack", "init", "prod");
    await this.must("config", "set", "--secret", "databasePassword", this.databasePassword, "-s", "prod");
    for (const [key, value] of Object.entries(settings)) await this.set(key, value);
  }

  async set(key: string, value: string): Promise<void> {
    const json = /^[[{]/.test(value);
    if (!json) {
      await this.must("config", "set", key, value, "-s", "prod");
      return;
    }
    const items = JSON.parse(value) as string[];
    await this.must("config", "rm", key, "-s", "prod");
    for (const [index, item] of items.entries()) {
      await this.must("config", "set", "--path", `${key}[${index}]`, item, "-s", "prod");
    }
  }

  /** Runs one command of the CLI to its end, whatever that is. */
  run(...args: readonly string[]): Promise<Ran> {
    return this.withPlugin(({ cli }) => [cli, args]);
  }

  /** As run, in an account that refuses something the first time, such as `create aws:ec2/eipAssociation:EipAssociation`. */
  runWithFailure(failure: string, ...args: readonly string[]): Promise<Ran> {
    return this.withPlugin(({ cli }) => [cli, args], { plugin: { AWS_PLUGIN_FAILURE: failure } });
  }

  /**
   * Runs the program of `npm run replace` to its end.
   * @param endAt Ctrl-C is pressed when it has printed this, or the signal given is sent to it and all that it started
   */
  replace(endAt?: RegExp, signal: NodeJS.Signals = "SIGINT"): Promise<Ran> {
    const program = ["--import", "tsx", "scripts/cli/replace.ts", "-s", "prod"];
    return this.withPlugin(
      () => [process.execPath, program],
      endAt === undefined ? {} : { endAt: { output: endAt, signal } },
    );
  }

  private async withPlugin(
    command: (engine: Engine) => [command: string, args: readonly string[]],
    { plugin: pluginEnvironment = {}, endAt }: PluginRun = {},
  ): Promise<Ran> {
    if (this.engine === undefined) throw new Error("create() comes first");
    const plugin = await startAwsPlugin(projectFolder, {
      AWS_PLUGIN_WORLD: this.worldFolder,
      ...this.pluginEnvironment,
      ...pluginEnvironment,
    });
    const environment = {
      ...this.engine.environment,
      ...plugin.environment,
      PULUMI_BACKEND_URL: `file://${this.backendFolder}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
    try {
      let sent = false;
      return await this.clone.command(...command(this.engine), {
        env: environment,
        onOutput: (output, pid) => {
          if (sent || endAt?.output.test(output) !== true) return;
          sent = true;
          process.kill(-pid, endAt.signal); // to the group, as a terminal's Ctrl-C
        },
      });
    } finally {
      await plugin.stop();
    }
  }

  /** As run; must succeed. */
  async must(...args: readonly string[]): Promise<Ran> {
    const ran = await this.run(...args);
    if (ran.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${ran.code}:\n${ran.output}`);
    return ran;
  }

  up(...args: readonly string[]): Promise<Ran> {
    return this.must("up", "--yes", "--non-interactive", "-s", "prod", ...args);
  }

  preview(...args: readonly string[]): Promise<Ran> {
    return this.run("preview", "--non-interactive", "-s", "prod", ...args);
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.must("stack", "output", "--json", "--show-secrets", "-s", "prod");
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** The state file as it lies on disk. */
  state(): string {
    const path = ".pulumi/stacks/one-server-web/prod.json";
    return readFileSync(join(this.backendFolder, path), "utf8");
  }

  /** Every file that this stack left: state, history, backups, configuration, and the plugin's own notes. */
  files(): { path: string; text: string }[] {
    const made = [this.backendFolder, this.worldFolder].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith(".image"))
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    return [...made, join(this.folder, "Pulumi.prod.yaml")].map((path) => ({
      path,
      text: readFileSync(path, "utf8"),
    }));
  }

  /** What is in the account, of one type. */
  things(token: string): Thing[] {
    const file = join(this.worldFolder, "things.json");
    if (!existsSync(file)) return [];
    return (JSON.parse(readFileSync(file, "utf8")) as Thing[]).filter((thing) => thing.token === token);
  }

  /** What happened in the account, in order. */
  events(): Event[] {
    const file = join(this.worldFolder, "events.jsonl");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as Event);
  }

  remove(): void {
    this.clone.remove();
  }

  /** The files by which runs hold the stack. */
  locks(): string[] {
    const folder = join(this.backendFolder, ".pulumi/locks/organization/one-server-web/prod");
    return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
  }

  private get worldFolder(): string {
    return join(this.folder, ".local/world");
  }

  private get backendFolder(): string {
    return join(this.folder, ".local/backend");
  }
}

interface PluginRun {
  /** What the plugin reads in this run only. */
  readonly plugin?: Readonly<Record<string, string>>;
  readonly endAt?: End;
}

/** A signal to a program and all that it started, once it has printed something. */
interface End {
  readonly output: RegExp;
  readonly signal: NodeJS.Signals;
}
