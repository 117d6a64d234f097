import type { Routes } from "./routes";

/** One way by which requests reach a member. */
export interface Way {
  readonly by: "balancer" | "content delivery" | "accelerator" | "gateway" | "name";
  /** False where only the inside of the network gets there: an internal balancer, a private zone. */
  readonly open: boolean;
  /** The ports that the way is about, where they can be seen. */
  readonly ports: readonly number[];
}

export type Ways = ReadonlyMap<string, readonly Way[]>;

/** For each resource, by key, the ways that lead to it. */
export function waysTo({ pools, names }: Routes): Ways {
  const found = new Map<string, Way[]>();
  const add = (key: string, way: Way) => {
    const known = found.get(key);
    if (known === undefined) found.set(key, [way]);
    else known.push(way);
  };
  for (const { members, by, open, ports } of pools) for (const key of members) add(key, { by, open, ports });
  for (const { targets, open } of names) for (const key of targets) add(key, { by: "name", open, ports: [] });
  return found;
}
