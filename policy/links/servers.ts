import type { Member } from "../members/member";
import { append } from "../resources";
import type { Tier } from "../vocabulary";
import type { Links } from "./links";

/**
 * This project's own servers: one stack is one site, so that servers of one tier belong together. Web servers do behind load balancers, and databases
 * do where they replicate: on machines of their own, or where every machine holds a load balancer too.
 */
export function serverLinks(members: readonly Member[], found: Links): void {
  const byTier = new Map<Tier, Member[]>();
  for (const member of members)
    if (member.type.startsWith("one-server-web:") && member.type.endsWith(":Server"))
      for (const tier of member.tiers) append(byTier, tier, member);
  const balancers = byTier.get("load-balancer") ?? [];
  const join = (servers: readonly Member[]) => found.unions.unionAll(servers.map(({ key }) => key));
  join(balancers);
  for (const tier of ["web", "app"] as const) {
    const servers = byTier.get(tier) ?? [];
    if (balancers.length === 0) continue;
    join(servers);
    for (const { key } of servers) {
      found.balanced.add(key);
      found.edges.push([(balancers[0] as Member).key, key]);
    }
  }
  // Without a load balancer, servers that hold the web tier and a database each hold their own data.
  const databases = byTier.get("database") ?? [];
  join(databases.filter(({ tiers }) => !tiers.includes("web") || tiers.includes("load-balancer")));
}
