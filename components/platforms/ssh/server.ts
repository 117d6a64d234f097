import { createHash } from "node:crypto";
import { promises as dns } from "node:dns";
import { isIP } from "node:net";
import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Tier } from "../../../policy/vocabulary";
import { refusal } from "../../refusal";
import type { SshServerSettings } from "../../settings/settings";
import { type Server, type ServerArgs, serverFacts } from "../platform";

export interface SshServerArgs extends ServerArgs {
  readonly settings: SshServerSettings;
}

/** A machine that is there already: any Debian or Ubuntu that is reached over SSH by a key, as root or with passwordless sudo. */
export class SshServer extends pulumi.ComponentResource implements Server {
  readonly serverName: string;
  readonly tiers: readonly Tier[];
  /** Empty: unknown. */
  readonly zone: pulumi.Output<string>;
  readonly connection: pulumi.Output<types.input.remote.ConnectionArgs>;
  readonly publicIp: pulumi.Output<string>;
  readonly privateIp: pulumi.Output<string>;
  readonly instanceId: pulumi.Output<string>;
  readonly size: pulumi.Output<string>;
  readonly login: pulumi.Output<string>;

  constructor(
    name: string,
    { tiers, backup = false, settings }: SshServerArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    // Nothing says where the machine stands.
    const facts = serverFacts(name, "ssh", { tiers, backup, zone: "" });
    super("one-server-web:ssh:Server", name, { ...facts }, options);
    const { address, user, port, privateKey, hostKey } = settings;
    this.serverName = name;
    this.tiers = tiers;
    this.zone = pulumi.output(facts.zone);
    this.publicIp = pulumi.output(addressOf(name, address));
    this.privateIp = this.publicIp;
    this.instanceId = pulumi.output(machineIdentity(hostKey));
    this.size = pulumi.output("as it is");
    this.login = pulumi.output(`ssh -p ${port} ${user}@${address}`);
    this.connection = pulumi.output({
      host: address,
      port,
      user,
      privateKey,
      hostKey,
      // About two minutes: a machine that reboots is worth waiting for, one that is gone is not.
      dialErrorLimit: 24,
      perDialTimeout: 15,
    });
    this.registerOutputs({
      ...facts,
      instanceId: this.instanceId,
      publicIp: this.publicIp,
      privateIp: this.privateIp,
    });
  }
}

/** Tells machines apart behind one address: another machine has another host key. */
export function machineIdentity(hostKey: string): string {
  const [type = "", key = ""] = hostKey.split(" ");
  return `ssh-${createHash("sha256").update(`${type} ${key}`).digest("hex").slice(0, 16)}`;
}

/**
 * The address that names can point at.
 * @throws {pulumi.RunError} when a host name can't be resolved.
 */
async function addressOf(name: string, address: string): Promise<string> {
  if (isIP(address) !== 0) return address;
  try {
    return (await dns.lookup(address)).address;
  } catch {
    throw refusal(
      `server ${name}: ${address} has no address; check the name in the setting servers, or write the IP address`,
    );
  }
}
