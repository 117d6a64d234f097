import { isIPv6 } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import type { Tier } from "../../policy/vocabulary";
import type { Admission, Server } from "../platforms/platform";

/**
 * The rules of a server's own firewall in nftables' language, one a line, always in the same order; logins are let in elsewhere.
 * @param addressesOf the addresses that the servers of a tier connect from
 */
export function firewallRules(
  admits: readonly Admission[],
  addressesOf: (tier: Tier) => readonly string[],
): string {
  const rules = admits.flatMap(({ from, protocol, port }) => {
    const accept = `${protocol} dport ${port} accept`;
    if (from === "anyone") return [accept];
    const addresses = [...new Set(addressesOf(from))].sort();
    return [
      ...sources(
        "ip",
        addresses.filter((address) => !isIPv6(address)),
      ),
      ...sources("ip6", addresses.filter(isIPv6)),
    ].map((source) => `${source} ${accept}`);
  });
  return rules.join("\n");
}

function sources(family: "ip" | "ip6", addresses: readonly string[]): string[] {
  return addresses.length === 0 ? [] : [`${family} saddr { ${addresses.join(", ")} }`];
}

/**
 * The rules of a server of the stack.
 * @param peers all servers of the stack
 */
export function firewallOf(server: Server, peers: readonly Server[]): pulumi.Output<string> {
  const { admits } = server;
  const admitted = peers.filter(({ tiers }) =>
    admits.some(({ from }) => from !== "anyone" && tiers.includes(from)),
  );
  const addresses = pulumi.all(admitted.map(({ privateIp }) => privateIp));
  return addresses.apply((known) =>
    firewallRules(admits, (tier) =>
      admitted.flatMap(({ tiers }, index) => (tiers.includes(tier) ? (known[index] ?? []) : [])),
    ),
  );
}
