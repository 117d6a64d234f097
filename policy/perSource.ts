import { isUnknown, type Resources, type ResourceView } from "./resources";

/**
 * Remembers what follows from a property alone: from its known text, or while it isn't known from the one source that it comes from, such as subnets out
 * of a component. It is the same for every resource with that value, of which there may be thousands.
 */
export class PerSource<T> {
  private readonly known = new WeakMap<Resources, Map<string, T>>();

  /** @param compute is called once for each value, and each time where more than the value decides */
  get(resources: Resources, resource: ResourceView, property: string, compute: () => T): T {
    const value = resource.properties[property];
    const sources = resource.propertyDependencies?.[property];
    const source = sources?.[0] ?? "";
    if (typeof value !== "string" || (sources?.length ?? 0) > 1 || (source === "" && isUnknown(value)))
      return compute();
    const found = this.known.get(resources) ?? new Map<string, T>();
    this.known.set(resources, found);
    const key = source === "" ? value : `${value} ${source}`;
    const before = found.get(key);
    if (before !== undefined) return before;
    const computed = compute();
    found.set(key, computed);
    return computed;
  }
}
