import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Tier } from "../../../policy/vocabulary";
import { type Server, type ServerArgs, serverFacts } from "../platform";
import type { KeyPair } from "./keyPair";
import type { Network } from "./network";
import { machineNumber } from "./numbers";
import { hostBoot, printed, runScript } from "./script";

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
interface Machine {
  readonly address: string;
  readonly hostKey: string;
  readonly instanceId: string;
}

/** A Debian machine under systemd-nspawn on this host. It outlives the command that made it. */
export class LocalServer extends pulumi.ComponentResource implements Server {
  readonly serverName: string;
  readonly tiers: readonly Tier[];
  readonly zone: pulumi.Output<string>;
  readonly connection: pulumi.Output<types.input.remote.ConnectionArgs>;
  readonly publicIp: pulumi.Output<string>;
  readonly privateIp: pulumi.Output<string>;
  readonly instanceId: pulumi.Output<string>;
  readonly size: pulumi.Output<string>;
  readonly login: pulumi.Output<string>;

  constructor(name: string, args: LocalServerArgs, options?: pulumi.ComponentResourceOptions) {
    // All machines are on this one host, whatever zone is asked for.
    const zone = args.zone ?? "this-host";
    const facts = serverFacts(name, "local", { ...args, zone });
    super("one-server-web:local:Server", name, { ...facts }, options);
    const number = machineNumber(name);
    const command = runScript(
      name,
      {
        create:
          'scripts/host/machine.sh create "$NETWORK" "$MACHINE" --suite "$SUITE" --number "$NUMBER"' +
          ' --authorized-key "$AUTHORIZED_KEY" --memory "$MEMORY"',
        delete: 'scripts/host/machine.sh destroy "$NETWORK" "$MACHINE"',
        environment: {
          NETWORK: args.networkName,
          MACHINE: name,
          SUITE: args.suite,
          NUMBER: String(number),
          AUTHORIZED_KEY: args.keyPair.publicKey,
          MEMORY: args.memory === undefined ? "" : String(args.memory),
          HOST_BOOT: hostBoot(),
        },
        // Not the suite: another one would need a new machine, and lose this one's data. The script refuses.
        triggers: [args.network.networkId],
      },
      // Its name and address are free only once the former one is gone. The first one waits for the Debian tree.
      { parent: this, deleteBeforeReplace: true, customTimeouts: { create: "20m", update: "20m" } },
    );
    const machine = printed<Machine>(command);

    this.serverName = name;
    this.tiers = args.tiers;
    this.zone = pulumi.output(zone);
    this.publicIp = machine.address;
    this.privateIp = machine.address;
    this.instanceId = machine.instanceId;
    this.size = pulumi.output(args.memory === undefined ? "host" : `${args.memory} MiB`);
    this.login = pulumi.output(`scripts/host/machine.sh login ${args.networkName} ${name}`);
    this.connection = pulumi.output({
      host: machine.address,
      port: 22,
      user: "root",
      privateKey: args.keyPair.privateKey,
      hostKey: machine.hostKey,
      // A machine that restarts is back in seconds; the defaults give up after eleven.
      dialErrorLimit: 60,
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
