import { isIPv6 } from "node:net";
import * as pulumi from "@pulumi/pulumi";

/** Resolvers may keep an answer so long, in seconds. */
const timeToLive = 300;

export interface SshDnsRecordArgs {
  /** The full name, such as `www.foobar.com`. */
  readonly hostname: string;
  readonly type: "A" | "AAAA";
  readonly address: pulumi.Output<string>;
}

/** A record that a person sets at their own DNS provider. */
export class SshDnsRecord extends pulumi.ComponentResource {
  /** The record as a zone file holds it. */
  readonly line: pulumi.Output<string>;

  constructor(
    name: string,
    { hostname, address, type }: SshDnsRecordArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("one-server-web:ssh:DnsRecord", name, { hostname, type, ttl: timeToLive }, options);
    // A server's address in the settings may be of either kind.
    const actualType = address.apply((text) => (isIPv6(text) ? "AAAA" : type));
    this.line = pulumi.all([actualType, address]).apply(([kind, text]) => zoneLine(hostname, kind, text));
    this.registerOutputs({ hostname, type: actualType, address, ttl: timeToLive });
  }
}

/** `www.foobar.com. 300 IN A 203.0.113.7` */
export function zoneLine(hostname: string, type: string, address: string): string {
  return `${hostname}. ${timeToLive} IN ${type} ${address}`;
}
