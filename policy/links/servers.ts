import type { Member } from "../members/member";
import { append } from "../resources";
import type { Links } from "./links";

/** This project's own servers: one stack is one site, so that servers of one kind belong together. */
export function serverLinks(members: readonly Member[], found: Links): void {
  const byTiers = new Map<string, string[]>();
  const servers = members.filter(
    ({ type }) => type.startsWith("one-server-web:") && type.endsWith(":Server"),
  );
  for (const server of servers) append(byTiers, server.tiers.join("+"), server.key);
  const balancers = byTiers.get("load-balancer") ?? [];
  for (const [tiers, keys] of byTiers) {
    const serving = tiers.startsWith("web") || tiers === "app";
    if (serving && balancers.length === 0) continue;
    // Servers that hold the web tier and a database each hold their own data: they don't stand in for one another.
    if (tiers.includes("web") && tiers.includes("database")) continue;
    found.unions.unionAll(keys);
    if (!serving) continue;
    for (const key of keys) {
      found.balanced.add(key);
      found.edges.push([balancers[0] as string, key]);
    }
  }
}
