import { splitWords } from "../members/words";
import type { Links } from "./links";
import type { Pool } from "./pools";
import type { Routes } from "./routes";

/** Turns routes into links: what stands behind the same balancer, name or accelerator stands in for one another. */
export function routeLinks({ pools, names, machineOfAddress }: Routes, found: Links): void {
  const poolsFrom = new Map<string, Pool[]>();
  for (const pool of pools) {
    for (const from of pool.from) {
      const known = poolsFrom.get(from);
      if (known === undefined) poolsFrom.set(from, [pool]);
      else known.push(pool);
      for (const member of pool.members) found.edges.push([from, member]);
    }
    if (pool.joins) standIn(pool.members, found);
  }
  for (const pool of pools) if (pool.joins) joinBehind(pool.members, poolsFrom, found);
  for (const [address, machine] of machineOfAddress) found.edges.push([address, machine]);
  for (const { name, direct, targets, failsOver } of names) {
    for (const target of direct) found.edges.push([name, target]);
    if (!failsOver) continue;
    const entrances = targets.filter((target) => poolsFrom.has(target) || isBucket(target));
    const machines = targets.filter((target) => !entrances.includes(target));
    standIn(entrances, found);
    standIn(machines, found);
    joinBehind(targets, poolsFrom, found);
    // A machine may stand in for what is behind a balancer.
    const behind = entrances.flatMap((entrance) => poolsFrom.get(entrance) ?? []);
    if (machines.length > 0 && behind.length === 1)
      standIn([...machines, ...(behind[0]?.members ?? [])], found);
  }
}

/** A bucket may hold a page that is shown while the site is down. */
function isBucket(key: string): boolean {
  return /aws:s3\/bucket/.test(key);
}

function standIn(keys: readonly string[], found: Links): void {
  found.unions.unionAll(keys);
  for (const key of keys) found.balanced.add(key);
}

/**
 * Where balancers stand in for one another, so does what is behind them: all of it where each has one pool, else what is called the same but for
 * words of place.
 */
function joinBehind(
  balancers: readonly string[],
  poolsFrom: ReadonlyMap<string, readonly Pool[]>,
  found: Links,
): void {
  const behind = balancers
    .map((key) => (poolsFrom.get(key) ?? []).filter(({ members }) => !members.some(isBucket)))
    .filter((pools) => pools.length > 0);
  if (behind.length < 2) return;
  const oneEach = behind.every((pools) => pools.length === 1);
  const alike = new Map<string, string[]>();
  for (const { members } of behind.flat())
    for (const member of members) {
      const stem = oneEach ? "" : stemOf(member);
      alike.set(stem, [...(alike.get(stem) ?? []), member]);
    }
  for (const members of alike.values()) standIn(members, found);
}

const placeWords = new Set(
  "primary secondary active passive standby main dr failover us eu ap sa ca me af il mx east west north south central northeast northwest southeast southwest".split(
    " ",
  ),
);

/** A resource's name without the words that say where it stands: `api-us-east-1` and `api-dr` are both `api`. */
export function stemOf(key: string): string {
  const name = key.split("::").at(-1) ?? key;
  return splitWords(name)
    .filter((word) => !placeWords.has(word) && !/^\d*$/.test(word) && !/^\w$/.test(word))
    .join("-");
}
