import { assetOrArchive, isObject, type Properties, reveal, type Value } from "./values";

/** What happened to one property, in the words of the engine. */
export type Change = "add" | "delete" | "update";
/** One changed property: its path (`environment.LANG`, `triggers[0]`), and whether it makes the resource be replaced. */
export interface PropertyChange {
  path: string;
  change: Change;
  replace: boolean;
}

/**
 * Which inputs differ, each with its path. Secrets are compared by their values, assets by the hash of their content.
 *
 * @param names the inputs that count; others in `olds` are outputs
 * @param replaceOn the inputs whose change replaces the resource
 */
export function difference(
  olds: Properties,
  news: Properties,
  names: string[],
  replaceOn: string[],
): PropertyChange[] {
  return names.flatMap((name) =>
    changes(name, olds[name], news[name]).map((found) => ({ ...found, replace: replaceOn.includes(name) })),
  );
}

/** Are the two the same once secrets are opened? A missing value and null are the same. */
export function sameValue(old: Value | undefined, now: Value | undefined): boolean {
  return changes("", old, now).length === 0;
}

function changes(
  path: string,
  old: Value | undefined,
  now: Value | undefined,
): Omit<PropertyChange, "replace">[] {
  const before = old === undefined ? null : reveal(old);
  const after = now === undefined ? null : reveal(now);
  if (before === null && after === null) return [];
  if (before === null) return [{ path, change: "add" }];
  if (after === null) return [{ path, change: "delete" }];

  const [oldAsset, newAsset] = [assetOrArchive(before), assetOrArchive(after)];
  if (oldAsset && newAsset && oldAsset.hash && oldAsset.hash === newAsset.hash) return [];
  if (oldAsset || newAsset) {
    return JSON.stringify(oldAsset) === JSON.stringify(newAsset) ? [] : [{ path, change: "update" }];
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      changes(`${path}[${index}]`, before[index], after[index]),
    ).flat();
  }
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => changes(join(path, key), before[key], after[key]));
  }
  return before === after ? [] : [{ path, change: "update" }];
}

/** A path one step deeper; keys that are not plain words are quoted as the engine's property paths want. */
function join(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}["${key.replaceAll('"', '\\"')}"]`;
  return path === "" ? key : `${path}.${key}`;
}
