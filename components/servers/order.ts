import type { Tier } from "../../policy/vocabulary";

/** What the order among servers follows from. */
export interface Ordered {
  readonly serverName: string;
  readonly tiers: readonly Tier[];
}

/** A server's turn. */
export interface Turn<Server> {
  readonly server: Server;
  /** The one that it waits for; undefined for the first of its group. */
  readonly after: Server | undefined;
  /** Whether nothing stands in for it. */
  readonly alone: boolean;
}

/**
 * The turns in which servers are provisioned. Servers with the same tiers stand in for one another: of such a group at most one is being
 * changed, and a fault stops at the first. Groups go side by side.
 */
export function provisioningOrder<Server extends Ordered>(servers: readonly Server[]): Turn<Server>[] {
  const groups = new Map<string, Server[]>();
  for (const server of [...servers].sort(byName)) {
    const key = [...server.tiers].sort().join(" ");
    groups.set(key, [...(groups.get(key) ?? []), server]);
  }
  return [...groups.values()].flatMap((group) =>
    group.map((server, index) => ({ server, after: group[index - 1], alone: group.length === 1 })),
  );
}

/** `web-2` before `web-10`. */
function byName({ serverName: one }: Ordered, { serverName: other }: Ordered): number {
  return one.localeCompare(other, "en", { numeric: true });
}
