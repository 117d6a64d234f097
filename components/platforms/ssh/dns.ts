import { isIPv6 } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import type { DnsRecordArgs } from "../platform";

/** Resolvers may keep an answer so long, in seconds. */
const timeToLive = 300;

/** A record that a person sets at their own DNS provider. */
export class SshDnsRecord extends pulumi.ComponentResource {
  /** The record as a zone file holds it. */
  readonly line: pulumi.Output<string>;

  constructor(
    name: string,
    { hostname, address, type }: DnsRecordArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("one-server-web:ssh:DnsRecord", name, { hostname, type, ttl: timeToLive }, options);
    const actualType = pulumi.output(address).apply((text) => (isIPv6(text) ? "AAAA" : type));
    this.line = pulumi.all([actualType, address]).apply(([kind, text]) => zoneLine(hostname, kind, text));
    this.registerOutputs({ hostname, type: actualType, address, ttl: timeToLive });
  }
}

/** `www.foobar.com. 300 IN A 203.0.113.7` */
export function zoneLine(hostname: string, type: string, address: string): string {
  return `${hostname}. ${timeToLive} IN ${type} ${address}`;
}
