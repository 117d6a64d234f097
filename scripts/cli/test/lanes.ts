import { stripVTControlCharacters } from "node:util";
import type { Counts, Group, GroupResult } from "./group";

/** How test files are run: quick ones together in one process, those with engines and machines each in its own. */
export function groupsOf(files: readonly string[]): { readonly alone: Group[]; readonly lanes: Group[] } {
  const kindOf = (file: string) => file.split("/")[1] ?? "";
  const together = ["project", "unit"].flatMap((kind) => {
    const ofKind = files.filter((file) => kindOf(file) === kind);
    return ofKind.length === 0 ? [] : [{ name: kind, files: ofKind }];
  });
  const others = files.filter((file) => !["project", "unit"].includes(kindOf(file)));
  return { alone: together, lanes: others.map((file) => ({ name: file, files: [file] })) };
}

/** What is shown while groups run. */
export interface Watcher {
  /** What runs now. */
  running(names: readonly string[]): void;
  /** A group has ended. */
  ended(result: GroupResult): void;
}

/**
 * Runs groups in the order given, some at once.
 * @param over says whether those that are left are not to be run
 */
export async function runInLanes(
  groups: readonly Group[],
  lanes: number,
  watcher: Watcher,
  run: (group: Group) => Promise<GroupResult>,
  over: () => boolean = () => false,
): Promise<GroupResult[]> {
  const waiting = [...groups];
  const running: string[] = [];
  const results: GroupResult[] = [];
  const lane = async () => {
    for (let group = waiting.shift(); group !== undefined && !over(); group = waiting.shift()) {
      running.push(group.name);
      watcher.running(running);
      const result = await run(group);
      running.splice(running.indexOf(group.name), 1);
      results.push(result);
      watcher.ended(result);
      watcher.running(running);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/** All groups' counts together. */
export function sum(results: readonly Counts[]): Counts {
  const add = (of: (counts: Counts) => number) => results.reduce((total, counts) => total + of(counts), 0);
  return { passes: add((c) => c.passes), failures: add((c) => c.failures), pending: add((c) => c.pending) };
}

/** Mocha's account of a group's failures, from its output, without colours; empty where there are none. */
export function failuresOf({ output }: GroupResult): string {
  const plain = stripVTControlCharacters(output);
  const start = plain.search(/^ *\d+ failing/m);
  return start < 0 ? "" : plain.slice(start).trimEnd();
}
