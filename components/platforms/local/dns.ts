import * as pulumi from "@pulumi/pulumi";
import type { Network } from "./network";
import { hostScripts, printed, runScript } from "./script";

export interface LocalDnsRecordArgs {
  /** The full name, such as `www.foobar.com`. */
  readonly hostname: string;
  readonly type: "A" | "AAAA";
  readonly addresses: readonly pulumi.Output<string>[];
  readonly networkName: string;
  readonly network: Network;
}

/** A name that the network's DNS server answers for. */
export class LocalDnsRecord extends pulumi.ComponentResource {
  readonly hostname: string;
  /** Seconds a client may keep the answer. */
  readonly ttl: pulumi.Output<number>;

  constructor(name: string, args: LocalDnsRecordArgs, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:local:DnsRecord", name, { hostname: args.hostname, type: args.type }, options);
    const address = pulumi.all([...args.addresses]).apply((addresses) => addresses.join(" "));
    const command = runScript(
      name,
      {
        create: `${hostScripts}/dns.sh set "$NETWORK" "$RECORD" "$TYPE" "$ADDRESS"`,
        delete: `${hostScripts}/dns.sh unset "$NETWORK" "$RECORD" "$TYPE"`,
        environment: {
          NETWORK: args.networkName,
          RECORD: args.hostname,
          TYPE: args.type,
          ADDRESS: address,
        },
        triggers: [args.network.networkId, args.hostname, args.type],
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.hostname = args.hostname;
    this.ttl = printed<{ ttl: number }>(command).ttl;
    this.registerOutputs({
      hostname: this.hostname,
      type: args.type,
      address: args.addresses.length === 1 ? address : args.addresses,
      ttl: this.ttl,
    });
  }
}
