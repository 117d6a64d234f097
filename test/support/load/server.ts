import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deterministicArchive } from "../../../components/servers/archive";
import { formatAssignments } from "../../../components/servers/assignments";
import { planRelease, uploadPath } from "../../../components/servers/releasePlan";
import { keyPair } from "../keyPair";
import { type ServerVariables, serverAssignments } from "../settings";
import { selfSigned } from "./certificate";
import type { Target } from "./generator";
import type { MarkedRelease } from "./releases";

const project = join(__dirname, "../../..");

/** How a command on the server ended. */
export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and error as they came. */
  readonly output: string;
  readonly seconds: number;
}

export interface ServerPlan {
  /** The network's name on this host. */
  readonly network: string;
  /** In CIDR form, 256 addresses. */
  readonly subnet: string;
  /** Its place in the network, where that has several: 1, when unset, is web-1. */
  readonly number?: number;
  readonly suite: "sid" | "trixie";
  readonly runtime: "php" | "python";
  readonly stack?: "lemp" | "lamp";
  /** Who may log in over SSH, as OpenSSH writes public keys; nobody when unset. */
  readonly authorizedKey?: string;
  /** The machine's memory in MiB, 2048 when unset. */
  readonly memory?: number;
  /** Further variables of provision.sh; ROLES among them when it is to have others. */
  readonly settings?: ServerVariables;
}

/** A real machine that is provisioned by the project's own scripts and takes releases, without Pulumi around it. */
export class ReleaseServer {
  readonly domain = "www.foobar.com";
  readonly name: string;
  private readonly hostNumber: string;
  readonly target: Target;
  readonly bundles: string;
  /** The folder of the scripts that it is provisioned by. */
  scripts = join(project, "scripts/server");
  protected readonly certificate = selfSigned(this.domain);

  constructor(private readonly plan: ServerPlan) {
    const { number = 1 } = plan;
    this.name = `web-${number}`;
    this.hostNumber = String(9 + number);
    const address = plan.subnet.replace(/0\/24$/, this.hostNumber);
    this.target = { host: this.domain, address, authority: this.certificate.certificate };
    this.bundles = join(project, ".local/bundles", plan.network);
  }

  /** Makes the machine and provisions it. */
  create(settings: ServerVariables = {}): void {
    const { network, subnet, suite } = this.plan;
    this.local(
      "network.sh",
      "create",
      network,
      "--subnet",
      subnet,
      "--owner",
      // An owner has one network.
      network,
      "--zone",
      "foobar.com",
    );
    const key = this.plan.authorizedKey ?? keyPair().public;
    this.local(
      "machine.sh",
      "create",
      network,
      this.name,
      "--suite",
      suite,
      "--number",
      this.hostNumber,
      "--memory",
      String(this.plan.memory ?? 2048),
      "--authorized-key",
      key,
    );
    this.provision(settings);
  }

  /** Brings the server's scripts and settings up to date. @returns what provision.sh said */
  provision(settings: ServerVariables = {}): string {
    return this.on('"$(cat /run/scripts)/provision.sh"', this.prepare(settings));
  }

  /** As provision, while the load goes on here. */
  async provisionMeanwhile(settings: ServerVariables): Promise<Ran> {
    this.stage(settings);
    return await this.run('"$(cat /run/scripts)/provision.sh" </run/settings');
  }

  /** Uploads what a provisioning needs: the scripts, into a folder that /run/scripts names, and /run/settings for standard input. */
  stage(settings: ServerVariables = {}): void {
    this.on("umask 077; cat >/run/settings", this.prepare(settings));
  }

  /** Uploads the scripts, into a folder that /run/scripts names. @returns the settings for provision.sh */
  private prepare(settings: ServerVariables): string {
    const { runtime, suite, stack = "lemp" } = this.plan;
    const scripts = deterministicArchive(this.scripts, { bundles: this.bundles });
    const folder = `/opt/one-server-web-${scripts.hash.slice(0, 16)}`;
    const unpack = `rm -rf ${folder} && mkdir -p ${folder} && tar -xzf - --no-same-owner -C ${folder} && echo ${folder} >/run/scripts`;
    this.on(unpack, readFileSync(scripts.path));
    const variables = {
      ROLES: `base tls ${stack === "lemp" ? "nginx" : "apache"} ${runtime === "php" ? "php-fpm" : "python"} mysql site`,
      DOMAIN: this.domain,
      // Its only name.
      ALIASES: "",
      STACK: stack,
      RUNTIME: runtime,
      DATABASE: suite === "sid" ? "mysql" : "mariadb",
      DATABASE_PASSWORD: "for-load-tests-only",
      CERTIFICATE: this.certificate.certificate.trim(),
      CERTIFICATE_KEY: this.certificate.privateKey.trim(),
      ...this.plan.settings,
      ...settings,
    };
    return formatAssignments(serverAssignments(variables));
  }

  /** Restarts the machine and waits until it is back. */
  reboot(): void {
    this.local("machine.sh", "reboot", this.plan.network, this.name);
  }

  /** Takes the power from the machine, and gives it back once it is off. */
  cutPower(): void {
    this.local("machine.sh", "kill", this.plan.network, this.name);
    this.local("machine.sh", "start", this.plan.network, this.name);
  }

  /** Removes the machine and its network. */
  remove(): void {
    this.local("network.sh", "destroy", this.plan.network, "--machines");
  }

  /** Uploads a release and returns the shell command that puts it live. */
  upload({ archive, contract }: MarkedRelease): string {
    const { release, command, stdin } = planRelease(archive, contract);
    const settings = `"$HOME/${release}.settings"`;
    this.on(`cat > "$HOME/${uploadPath(archive)}"`, readFileSync(archive.path));
    this.on(`umask 077; cat > ${settings}`, stdin);
    return `${command} <${settings}`;
  }

  /** Uploads a release and puts it live; the seconds are those after the upload. */
  async deploy(release: MarkedRelease): Promise<Ran> {
    return await this.run(this.upload(release));
  }

  /** Runs a shell command on the server while the load goes on here. */
  run(command: string, options: { onOutput?: (output: string) => void } = {}): Promise<Ran> {
    const started = performance.now();
    const child = spawn(...this.command(command), { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (text: string) => {
      output += text;
      options.onOutput?.(output);
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) =>
        resolve({ code, signal, output, seconds: (performance.now() - started) / 1000 }),
      );
    });
  }

  /** Runs a shell command on the server, with text on its standard input, and returns what it printed. */
  on(command: string, input: string | Buffer = ""): string {
    const [program, args] = this.command(command);
    const ran = spawnSync(program, args, { input, encoding: "utf8", maxBuffer: 2 ** 28 });
    if (ran.status !== 0) {
      throw new Error(
        `${command.slice(0, 80)} on ${this.plan.network} ended with ${ran.status}: ${ran.stdout}${ran.stderr}`,
      );
    }
    return ran.stdout;
  }

  /** How often each token of a run of writes is in the database. */
  writes(run: string): Map<string, number> {
    const rows = this.on(
      `$(command -v mysql || command -v mariadb) --batch --skip-column-names -e "SELECT token, COUNT(*) FROM site.writes WHERE token LIKE '${run}-%' GROUP BY token"`,
    );
    return new Map(
      rows
        .trim()
        .split("\n")
        .filter((row) => row !== "")
        .map((row) => {
          const [token = "", count = "0"] = row.split("\t");
          return [token, Number(count)] as const;
        }),
    );
  }

  private command(command: string): [string, string[]] {
    const { network } = this.plan;
    return [
      join(project, "scripts/host/machine.sh"),
      ["exec", network, this.name, "bash", "-c", `export HOME=/root LC_ALL=C.UTF-8; cd; ${command}`],
    ];
  }

  private local(script: string, ...args: readonly string[]): void {
    const ran = spawnSync(join(project, "scripts/host", script), args, { encoding: "utf8" });
    if (ran.status !== 0) {
      throw new Error(`${script} ${args.join(" ")}: ${ran.stderr}`);
    }
  }
}
