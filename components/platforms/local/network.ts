import * as pulumi from "@pulumi/pulumi";
import { hostBoot, hostScripts, printed, runScript } from "./script";

export interface NetworkArgs {
  /** Names the bridge, the machines and the firewall table on this host. */
  readonly network: string;
  /** The network's addresses in CIDR form; the host takes the first. */
  readonly subnet: string;
  /** A word that names the stack: a network of another owner is left alone. */
  readonly owner: pulumi.Input<string>;
}

/** A bridge on this host with NAT to the outside and a DNS server. */
export class Network extends pulumi.ComponentResource {
  /** Another one when the network was made anew: what lives in it must be, too. Known at preview as long as it is the same. */
  readonly networkId: pulumi.Output<string>;
  /** `address:port` of its DNS server. */
  readonly dnsServer: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:local:Network", name, { network: args.network, subnet: args.subnet }, options);
    const command = runScript(
      name,
      {
        create: `${hostScripts}/network.sh create "$NETWORK" --subnet "$SUBNET" --owner "$OWNER"`,
        delete: `${hostScripts}/network.sh destroy "$NETWORK" --owner "$OWNER"`,
        environment: { NETWORK: args.network, SUBNET: args.subnet, OWNER: args.owner, HOST_BOOT: hostBoot() },
      },
      // No triggers: a network that has machines is never made anew, which would lose their data; the script refuses. Installing
      // packages on the host may take a while.
      { parent: this, customTimeouts: { create: "20m", update: "20m" } },
    );
    this.networkId = command.id;
    this.dnsServer = printed<{ dnsServer: string }>(command).dnsServer;
    this.registerOutputs({ network: args.network, subnet: args.subnet, dnsServer: this.dnsServer });
  }
}
