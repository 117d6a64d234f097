import { isIPv6 } from "node:net";
import type { Tier } from "../../policy/vocabulary";
import type { Admission } from "../platforms/platform";

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
