import type { ResourceView } from "../resources";
import type { Group } from "../topology";
import type { Rung } from "../vocabulary";

/** One thing changed in a stack, all other parts kept. */
export interface Change {
  /** Where the stack stands afterwards. */
  readonly rung: Rung;
  /** What to change, for people: `Set multiAz: true on db`. */
  readonly what: string;
  /** The groups that change, by id, as they are afterwards. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Ids of groups that became a part of another one. */
  readonly gone?: ReadonlySet<string>;
  /** Groups that come in addition. */
  readonly added: readonly Group[];
  /** The resources that are paid for instead of `before`, with what these need to be priced. */
  readonly after: readonly ResourceView[];
  readonly before: readonly ResourceView[];
  readonly fixes: readonly string[];
  readonly newDuties: readonly string[];
  readonly stillFails: readonly string[];
}

/** What one group's part of a change is. */
export interface Part {
  readonly what: string;
  readonly before: readonly ResourceView[];
  readonly after: readonly ResourceView[];
}

/** A group that stands in two zones at least, behind something that leaves dead members out. */
export function spread(group: Group, count: number): Group {
  const names =
    group.zones.names.length >= 2
      ? group.zones.names
      : [...group.zones.names, "another zone", "a third zone"].slice(0, 2);
  return { ...group, count, survives: "zone", certain: true, balanced: true, zones: { names, known: true } };
}
