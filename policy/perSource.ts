import { isUnknown, type Resources, type ResourceView } from "./resources";

/**
 * Remembers what follows from a property that isn't known yet and comes from one source, such as subnets out of a component: it is the same for every
 * resource that takes it from there, of which there may be thousands.
 */
export class PerSource<T> {
  private readonly known = new WeakMap<Resources, Map<string, T>>();

  /** @param compute is called once for each source, and each time where more than the source decides */
  get(resources: Resources, resource: ResourceView, property: string, compute: () => T): T {
    const [source, ...others] = resource.propertyDependencies?.[property] ?? [];
    if (source === undefined || others.length > 0 || !isUnknown(resource.properties[property]))
      return compute();
    const found = this.known.get(resources) ?? new Map<string, T>();
    this.known.set(resources, found);
    const before = found.get(source);
    if (before !== undefined) return before;
    const value = compute();
    found.set(source, value);
    return value;
  }
}
