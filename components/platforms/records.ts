import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "./endpoint";

/** The records of one name and one type. */
export interface RecordPlan {
  /** The resource's name. */
  readonly name: string;
  readonly hostname: string;
  readonly type: "A" | "AAAA";
  readonly target: RecordTarget;
}

export type RecordTarget =
  | { readonly addresses: readonly pulumi.Output<string>[] }
  | { readonly alias: { readonly name: pulumi.Output<string>; readonly zoneId: pulumi.Output<string> } };

/** The records that lead from names to an endpoint: an A record a name, and an AAAA record where the endpoint has IPv6. */
export function planRecords(hostnames: readonly string[], { target }: Endpoint): RecordPlan[] {
  return hostnames.flatMap((hostname): RecordPlan[] => {
    const a = { name: hostname, hostname, type: "A" as const };
    const aaaa = { name: `${hostname}-ipv6`, hostname, type: "AAAA" as const };
    if ("alias" in target) {
      return [a, aaaa].map((record) => ({ ...record, target: { alias: target.alias } }));
    }
    const ipv4 = target.addresses.map((address) => address.ipv4);
    const ipv6 = target.addresses.flatMap((address) => address.ipv6 ?? []);
    return [
      { ...a, target: { addresses: ipv4 } },
      ...(ipv6.length === 0 ? [] : [{ ...aaaa, target: { addresses: ipv6 } }]),
    ];
  });
}

/**
 * The addresses of a record on a platform whose names point at addresses alone.
 * @throws {Error} for an alias, which no endpoint of such a platform has
 */
export function addressesOf({ hostname, target }: RecordPlan): readonly pulumi.Output<string>[] {
  if ("addresses" in target) return target.addresses;
  throw new Error(`${hostname} has to be an alias, and this platform's names point at addresses alone`);
}
