import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Pulumi runs plugins in the project's folder. */
const scripts = join(process.cwd(), "scripts/host");

/** Memory in MiB by instance type, as far as tests use them. */
const memory: Readonly<Record<string, number>> = { "t4g.small": 2048, "t4g.medium": 4096, "t3.small": 2048 };

export interface Launch {
  readonly type: string;
  /** The public key of who may log in as `ubuntu`. */
  readonly loginKey: string;
  /** Cloud-init's, as the program wrote it. */
  readonly userData: string;
}

/** EC2 instances as machines of a local network. */
export class Machines {
  constructor(private readonly network: string) {}

  /**
   * Boots a machine and does what cloud-init would.
   * @returns its private address
   */
  async launch(id: string, launch: Launch): Promise<string> {
    const places = await this.places();
    const free = Array.from({ length: 200 }, (_, index) => 20 + index).find(
      (number) => ![...places.values()].includes(number),
    );
    const text = await this.create(machineName(id), free ?? 20, launch.type);
    const { address } = JSON.parse(text) as { address: string };
    await this.inside(id, firstBoot(launch));
    return address;
  }

  /** Stops it, gives it another size, and starts it. */
  async resize(id: string, type: string): Promise<void> {
    const name = machineName(id);
    const place = (await this.places()).get(name);
    if (place === undefined) throw new Error(`the network ${this.network} has no machine ${name}`);
    await this.create(name, place, type);
  }

  start(id: string): Promise<string> {
    return this.script("machine.sh", ["start", this.network, machineName(id)]);
  }

  async runs(id: string): Promise<boolean> {
    return (await this.script("machine.sh", ["status", this.network, machineName(id)])).trim() === "running";
  }

  stop(id: string): Promise<string> {
    return this.script("machine.sh", ["stop", this.network, machineName(id)]);
  }

  destroy(id: string): Promise<string> {
    return this.script("machine.sh", ["destroy", this.network, machineName(id)]);
  }

  /** Runs shell commands in it, given on standard input because keys are among them. */
  async inside(id: string, commands: string): Promise<void> {
    const child = run(join(scripts, "machine.sh"), ["exec", this.network, machineName(id), "bash", "-s"]);
    child.child.stdin?.end(commands);
    await child;
  }

  async script(script: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run(join(scripts, script), [...args]);
    return stdout;
  }

  /** The machines of the network and their places in its subnet. */
  private async places(): Promise<Map<string, number>> {
    const list = await this.script("machine.sh", ["list", this.network]);
    const rows = list.split("\n").map((line) => line.split("\t"));
    return new Map(rows.map(([, name = "", address = ""]) => [name, Number(address.split(".")[3])]));
  }

  private create(name: string, number: number, type: string): Promise<string> {
    const size = memory[type];
    if (size === undefined) throw new Error(`this plugin has no machine for the type ${type}`);
    return this.script("machine.sh", [
      ...["create", this.network, name, "--suite", "sid", "--number", String(number)],
      ...["--authorized-key", nobodysKey()],
      ...["--memory", String(size)],
    ]);
  }
}

/** A public key whose private half nobody has: root stays out, as on EC2. */
function nobodysKey(): string {
  const header = Buffer.from("0000000b7373682d6564323535313900000020", "hex");
  return `ssh-ed25519 ${Buffer.concat([header, randomBytes(32)]).toString("base64")}`;
}

/** Short, as names of machines have to be. */
export function machineName(instanceId: string): string {
  return `i-${instanceId.slice(-8)}`;
}

/** What Ubuntu's image and cloud-init do at the first boot: host key, login user, sudo. */
function firstBoot({ loginKey, userData }: Launch): string {
  const privateKey = /ed25519_private: \|\n((?: {4}.*\n)+)/.exec(userData)?.[1]?.replace(/^ {4}/gm, "");
  const publicKey = /ed25519_public: (.*)/.exec(userData)?.[1];
  if (privateKey === undefined || publicKey === undefined) throw new Error("the user data hold no host key");
  return `set -euo pipefail
rm -f /etc/ssh/ssh_host_*
umask 077
cat >/etc/ssh/ssh_host_ed25519_key <<'KEY'
${privateKey}KEY
umask 022
echo '${publicKey}' >/etc/ssh/ssh_host_ed25519_key.pub
rm -rf /root/.ssh
apt-get -qq update >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends sudo >/dev/null 2>&1
useradd --create-home --shell /bin/bash ubuntu
echo 'ubuntu ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/90-cloud-init-users
mkdir -m 0700 /home/ubuntu/.ssh
echo '${loginKey}' >/home/ubuntu/.ssh/authorized_keys
chown -R ubuntu:ubuntu /home/ubuntu/.ssh
systemctl restart ssh
`;
}
