import * as pulumi from "@pulumi/pulumi";
import type { ServerArgs } from "../machine";
import { Server } from "../server";
import type { KeyPair } from "./keyPair";
import type { Network } from "./network";
import { machineNumber } from "./numbers";
import { hostBoot, hostScripts, printed, runScript } from "./script";

export interface LocalServerArgs extends ServerArgs {
  /** The Debian suite it runs. */
  readonly suite: "sid" | "trixie";
  /** The name of the network it lives in. */
  readonly networkName: string;
  readonly network: Network;
  /** Who may log in. */
  readonly keyPair: KeyPair;
  /** Its memory in MiB; as much as the host has when unset. A change restarts it. */
  readonly memory?: number;
}

/** What `machine.sh create` prints. */
interface Created {
  readonly address: string;
  readonly hostKey: string;
  readonly instanceId: string;
}

/** A Debian machine under systemd-nspawn on this host. It outlives the command that made it. */
export function localServer(
  name: string,
  args: LocalServerArgs,
  options: pulumi.ComponentResourceOptions,
): Server {
  const { networkName, memory, keyPair } = args;
  // All machines are on this one host, whatever zone is asked for.
  const facts = { ...args, platform: "local", zone: args.zone ?? "this-host" } as const;
  return new Server(
    name,
    facts,
    (parent) => {
      const created = createMachine(name, args, parent);
      return {
        publicIp: created.address,
        privateIp: created.address,
        instanceId: created.instanceId,
        size: pulumi.output(memory === undefined ? "host" : `${memory} MiB`),
        login: pulumi.output(`scripts/host/machine.sh login ${networkName} ${name}`),
        connection: pulumi.output({
          host: created.address,
          port: 22,
          user: "root",
          privateKey: keyPair.privateKey,
          hostKey: created.hostKey,
          // A machine that restarts is back in seconds; the defaults give up after eleven.
          dialErrorLimit: 60,
          perDialTimeout: 15,
        }),
      };
    },
    options,
  );
}

function createMachine(name: string, args: LocalServerArgs, parent: pulumi.Resource): pulumi.Output<Created> {
  const command = runScript(
    name,
    {
      create:
        `${hostScripts}/machine.sh create "$NETWORK" "$MACHINE" --suite "$SUITE" --number "$NUMBER"` +
        ' --authorized-key "$AUTHORIZED_KEY" --memory "$MEMORY"',
      delete: `${hostScripts}/machine.sh destroy "$NETWORK" "$MACHINE"`,
      environment: {
        NETWORK: args.networkName,
        MACHINE: name,
        SUITE: args.suite,
        NUMBER: String(machineNumber(name)),
        AUTHORIZED_KEY: args.keyPair.publicKey,
        MEMORY: args.memory === undefined ? "" : String(args.memory),
        HOST_BOOT: hostBoot(),
      },
      // Not the suite: another one would need a new machine, and lose this one's data. The script refuses.
      triggers: [args.network.networkId],
    },
    // Its name and address are free only once the former one is gone. The first one waits for the Debian tree.
    { parent, deleteBeforeReplace: true, customTimeouts: { create: "20m", update: "20m" } },
  );
  return printed<Created>(command);
}
