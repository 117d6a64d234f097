import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceView } from "../../policy/resources";
import { projectFolder } from "../../scripts/cli/project/folders";
import { type Place, previewedViews } from "../../scripts/cli/report/source";
import { type Engine, ensureEngine } from "../../scripts/engine/ensure";
import { type Ran, runToEnd } from "./runToEnd";

/** A small program of its own, run by the real engine with the pack. */
export class PolicyStack {
  readonly folder = mkdtempSync(join(tmpdir(), "policy-stack-"));
  private engine: Engine | undefined;
  private environment: NodeJS.ProcessEnv = {};

  /**
   * @param program the content of its index.ts
   * @param pack the folder of the policy pack
   */
  constructor(
    private readonly program: string,
    private readonly pack = join(projectFolder, "policy"),
  ) {}

  /** @param environment for every run of the CLI, besides the engine's */
  async create(environment: NodeJS.ProcessEnv = {}): Promise<void> {
    this.environment = environment;
    mkdirSync(join(this.folder, "backend"));
    symlinkSync(join(projectFolder, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(
      join(this.folder, "package.json"),
      '{"name": "policy-stack", "main": "index.ts", "type": "commonjs"}',
    );
    writeFileSync(join(this.folder, "index.ts"), this.program);
    writeFileSync(
      join(this.folder, "Pulumi.yaml"),
      "name: policy-stack\nmain: index.ts\nruntime:\n  name: nodejs\n  options: {typescript: false, nodeargs: --import tsx}\n",
    );
    this.engine = await ensureEngine({ projectFolder: this.folder, report: () => {} });
    await this.must("stack", "init", "dev");
  }

  async tiers(...servers: readonly string[]): Promise<void> {
    await this.must("config", "set", "tiers", servers.join(" "), "-s", "dev");
  }

  /** Runs with the pack, and this configuration of it. */
  withPack(command: readonly string[], config?: object): Promise<Ran> {
    const pack = ["--policy-pack", this.pack, "--non-interactive", "-s", "dev"];
    if (config === undefined) return this.run(...command, ...pack);
    const file = join(this.folder, "policy-config.json");
    writeFileSync(file, JSON.stringify(config));
    return this.run(...command, ...pack, "--policy-pack-config", file);
  }

  async must(...args: readonly string[]): Promise<Ran> {
    const ran = await this.run(...args);
    assert.equal(ran.code, 0, ran.output);
    return ran;
  }

  /** What a report on a preview is made from. */
  previewed(): Promise<ResourceView[]> {
    return previewedViews(this.place(), "dev");
  }

  private place(): Place {
    const { engine, folder } = this;
    assert.ok(engine, "create() comes first");
    const environment = {
      ...process.env,
      ...engine.environment,
      ...this.environment,
      PULUMI_HOME: engine.pulumiHome,
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
    return { cli: engine.cli, folder, environment };
  }

  run(...args: readonly string[]): Promise<Ran> {
    const { cli, folder, environment } = this.place();
    return runToEnd(cli, args, folder, { env: environment });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
