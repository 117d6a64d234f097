import { isObject, isUnknown } from "../resources";

/** Properties of `aws` by name; a function makes more than one property, or another shape, of what CloudFormation has. */
export type Properties = Record<string, unknown>;

/** Takes a part of a value that may be missing or not known: what isn't known stays so. */
export function inside(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (isUnknown(current)) return current;
    const object = Array.isArray(current) ? current[0] : current;
    if (!isObject(object)) return undefined;
    current = object[key];
  }
  return current;
}

/** The same of each in a list. */
export function each(value: unknown, change: (item: Properties) => Properties): unknown {
  return Array.isArray(value) ? value.map((item) => (isObject(item) ? change(item) : item)) : value;
}

/** Renames keys of an object; others stay. */
export function renamed(value: Properties, names: Readonly<Record<string, string>>): Properties {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [names[key] ?? key, inner]));
}

/** `enabled` for a switch that CloudFormation has as a word: unknown stays unknown. */
export function isWord(value: unknown, word: string): unknown {
  return value === undefined || isUnknown(value) ? value : value === word;
}

/** `[{ key, value }]` as an object. */
export function tagsOf(tags: unknown): unknown {
  if (!Array.isArray(tags)) return tags;
  return Object.fromEntries(tags.filter(isObject).map(({ key, value }) => [String(key), value]));
}

/** Leaves out what isn't given. */
export function given(values: Properties): Properties {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
