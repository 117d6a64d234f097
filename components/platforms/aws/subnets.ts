/** How many zones a network spans: enough for a cluster's majority to outlive any one of them. */
export const zoneCount = 3;

/** One zone's public subnet. */
export interface SubnetPlan {
  readonly name: string;
  /** Counts zones from 0. */
  readonly index: number;
  readonly cidr: string;
}

/**
 * A public subnet in each zone. Each takes a sixteenth of the network (/20 of a /16); the other thirteen sixteenths stay free for
 * the private subnets of later rungs, so that climbing never renumbers anything.
 * @param vpcCidr from /16 to /20, without bits behind the prefix
 */
export function planSubnets(vpcCidr: string): SubnetPlan[] {
  const [address = "", length = ""] = vpcCidr.split("/");
  const prefix = Number(length) + 4;
  const base = address.split(".").reduce((value, part) => value * 256 + Number(part), 0);
  return Array.from({ length: zoneCount }, (_, index) => ({
    name: `public-${index + 1}`,
    index,
    cidr: `${dotted(base + index * 2 ** (32 - prefix))}/${prefix}`,
  }));
}

/**
 * The IPv6 subnet of a zone: the /64 with that number in the network's /56.
 * @param block as AWS gives it: `2600:1f18:1234:5600::/56`
 */
export function ipv6Subnet(block: string, index: number): string {
  const groups = (block.split("::")[0] ?? "").split(":");
  const [first = "0", second = "0", third = "0", fourth = "0"] = groups;
  const last = (Number.parseInt(fourth, 16) + index).toString(16);
  return `${first}:${second}:${third}:${last}::/64`;
}

/**
 * The zones to build in: the first three that are open to the account and offer every instance type.
 * @param offering for each instance type the zones that have it
 * @throws Error when there are fewer
 */
export function chooseZones(
  region: string,
  open: readonly string[],
  offering: Readonly<Record<string, readonly string[]>>,
): string[] {
  const usable = open.filter((zone) => Object.values(offering).every((zones) => zones.includes(zone))).sort();
  if (usable.length < zoneCount) {
    const types = Object.keys(offering).join(" and ");
    throw new Error(
      `${region} offers ${types} in ${usable.length} of its zones (${usable.join(", ") || "none"}), and ${zoneCount} are needed: ` +
        "take another instanceType or another aws:region",
    );
  }
  return usable.slice(0, zoneCount);
}

/**
 * Which of so many zones a server stands in: `web-1` in the first, `web-2` in the second, `web-4` in the first of three again.
 * @throws Error when the name ends in no number
 */
export function zoneIndex(server: string, zones: number): number {
  const number = Number(/-([1-9]\d*)$/.exec(server)?.[1]);
  if (Number.isNaN(number))
    throw new Error(
      `"${server}" is not a server's name: expected a kind, a hyphen and a number, such as web-1`,
    );
  return (number - 1) % zones;
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
