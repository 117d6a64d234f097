import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { readUpgradePath, type UpgradePath } from "../../policy/upgradePath";
import { type Answer, ask, type Sending } from "../../scripts/cli/project/answer";
import { Clone } from "./clone";
import { type TestNetwork, testNetwork } from "./networks";
import type { Ran } from "./runToEnd";

/** The outputs that tests look at. */
export interface Outputs {
  readonly url: string;
  readonly publicIp: string;
  readonly dnsServer: string;
  readonly caCertificate: string;
  readonly servers: readonly { readonly name: string; readonly tier: string; readonly login: string }[];
  readonly release: string;
  readonly rung: string;
  readonly nextRung: string;
  readonly upgradePath: UpgradePath | undefined;
}

/** A copy of the project with a stack on a network of its own on this host. */
export class LocalSite {
  outputs!: Outputs;

  /**
   * @param network no other test's
   * @param clone the program
   */
  constructor(
    readonly network: TestNetwork,
    readonly stack = "local",
    readonly clone = new Clone(),
  ) {}

  /** Writes the stack's settings anew, before the first start. */
  configure(settings: Readonly<Record<string, string>> = {}): void {
    const all = { migrate: "php bin/migrate.php", ...testNetwork(this.network), ...settings };
    const lines = Object.entries(all).map(
      ([key, value]) => `  one-server-web:${key}: ${JSON.stringify(value)}`,
    );
    writeFileSync(join(this.clone.folder, `Pulumi.${this.stack}.yaml`), ["config:", ...lines, ""].join("\n"));
  }

  /** @param options such as `--secret` */
  async set(key: string, value: string, ...options: readonly string[]): Promise<void> {
    await this.clone.pulumi("config", "set", key, value, ...options, "-s", this.stack);
  }

  /**
   * Runs `npm start`'s program to its end; must succeed.
   * @param options such as `--rung`
   */
  async start(...options: readonly string[]): Promise<Ran> {
    const ran = await this.clone.run("start", ["-s", this.stack, ...options]);
    if (ran.code !== 0) throw new Error(`start ended with ${ran.code}:\n${ran.output}`);
    const outputs = await this.clone.outputs(this.stack);
    this.outputs = { ...(outputs as unknown as Outputs), upgradePath: readUpgradePath(outputs.upgradePath) };
    return ran;
  }

  /** A visitor's request: the name at the stack's DNS server, then HTTPS with a valid certificate. */
  get(path: string, sending: Sending = {}, hostname = "www.foobar.com"): Promise<Answer> {
    return ask(`https://${hostname}${path}`, this.outputs.dnsServer, this.outputs.caCertificate, sending);
  }

  /** Signs the sample site's guestbook as a browser does: its form first, then the POST with the form's token. */
  async sign(author: string, message: string): Promise<Answer> {
    const form = await this.get("/guestbook");
    const token = /name="token" value="([^"]+)"/.exec(form.body)?.[1] ?? "";
    const cookie = [form.headers["set-cookie"] ?? []]
      .flat()
      .map((line) => line.split(";")[0])
      .join("; ");
    return await this.get("/guestbook", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", cookie },
      body: new URLSearchParams({ token, author, message }).toString(),
    });
  }

  /** Runs a command on the machine as root, without SSH. */
  onMachine(...command: readonly string[]): string {
    return this.machine("exec", "web-1", ...command);
  }

  /** Runs scripts/host/machine.sh for this site's network. */
  machine(action: string, name: string, ...args: readonly string[]): string {
    const ran = spawnSync("scripts/host/machine.sh", [action, this.network, name, ...args], {
      cwd: this.clone.folder,
      encoding: "utf8",
    });
    if (ran.status !== 0) throw new Error(`machine.sh ${action} ${name}: ${ran.stderr}`);
    return ran.stdout;
  }

  /** A request over plain HTTP: its status and where it sends the visitor. */
  plain(
    path: string,
    hostname = "www.foobar.com",
  ): Promise<{ status: number; location: string | undefined }> {
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: this.outputs.publicIp, path, headers: { host: hostname }, timeout: 5000, agent: false },
        (response) => {
          response.resume();
          resolve({ status: response.statusCode ?? 0, location: response.headers.location });
        },
      );
      asked.on("timeout", () => asked.destroy(new Error("no answer within 5 s")));
      asked.on("error", reject);
      asked.end();
    });
  }

  /** Takes everything down, whatever a test left. */
  async remove(): Promise<void> {
    const ran = await this.clone.run("stop", ["-s", this.stack]);
    if (ran.code !== 0) throw new Error(`stop ended with ${ran.code}:\n${ran.output}`);
    this.clone.remove();
  }
}
