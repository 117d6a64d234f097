import type { Way, Ways } from "../way";
import type { Routes } from "./routes";

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
