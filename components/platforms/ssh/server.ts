import { createHash } from "node:crypto";
import { promises as dns } from "node:dns";
import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../refusal";
import type { SshServerSettings } from "../../settings/settings";
import type { Machine, ServerArgs } from "../machine";
import { Server } from "../server";

/** A machine that is there already: any Debian or Ubuntu that is reached over SSH by a key, as root or with passwordless sudo. */
export function sshServer(
  name: string,
  args: ServerArgs,
  settings: SshServerSettings,
  options: pulumi.ComponentResourceOptions,
): Server {
  // Nothing says where the machine stands.
  const facts = { ...args, platform: "ssh", zone: "" } as const;
  return new Server(name, facts, () => machineAt(name, settings), options);
}

function machineAt(name: string, settings: SshServerSettings): Machine {
  const { address, publicAddress, privateAddress, user, port, hostKey, bastion } = settings;
  const publicIp = pulumi.output(addressOf(name, publicAddress ?? address));
  return {
    publicIp,
    privateIp:
      privateAddress !== undefined || isIP(address) !== 0
        ? pulumi.output(privateAddress ?? address)
        : publicIp,
    instanceId: pulumi.output(machineIdentity(hostKey)),
    size: pulumi.output("as it is"),
    login: pulumi.output(`ssh ${jumpOver(bastion)}-p ${port} ${user}@${address}`),
    connection: pulumi.output({
      ...hop(settings),
      ...(bastion === undefined ? {} : { proxy: hop(bastion) }),
    }),
  };
}

type Hop = NonNullable<SshServerSettings["bastion"]>;

/** One machine on the way, as @pulumi/command reaches it. */
function hop({ address, port, user, privateKey, passphrase, hostKey }: Hop) {
  return {
    host: address,
    port,
    user,
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(passphrase === undefined ? {} : { privateKeyPassword: passphrase }),
    hostKey,
    // About two minutes: a machine that reboots is worth waiting for, one that is gone is not.
    dialErrorLimit: 24,
    perDialTimeout: 15,
  };
}

function jumpOver(bastion: Hop | undefined): string {
  return bastion === undefined ? "" : `-J ${bastion.user}@${bastion.address}:${bastion.port} `;
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
