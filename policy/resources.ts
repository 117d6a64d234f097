/**
 * A resource as the assessment sees it: the common ground of a policy's resource, an entry of a state file, a step of a preview's JSON and what a
 * Pulumi program can collect about itself.
 */
export interface ResourceView {
  /** The type token, such as `aws:ec2/instance:Instance`. */
  readonly type: string;
  readonly name: string;
  /** Unique in the stack. Any unique string will do; the type and the name serve when it is missing. */
  readonly urn?: string;
  /** Inputs or outputs as plain JSON. What is not known yet holds `UNKNOWN`. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The parent's `urn`. */
  readonly parent?: string;
  /** The `urn`s of what it depends on. */
  readonly dependencies?: readonly string[];
  /** For each property the `urn`s that its value comes from: at preview the only trace of a reference. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  /** True when Pulumi doesn't delete it: it is protected, kept, or only looked up. */
  readonly protect?: boolean;
  /** False for a component, which groups others and makes nothing itself; missing where that isn't known. */
  readonly custom?: boolean;
  /** The region of its provider, where that is known. Its own properties may name another. */
  readonly region?: string;
}

/** Stands for a value that is not known before the update. It is the mark that the Pulumi engine itself puts into a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Pulumi's mark of a value with a meaning of its own, such as a secret or an asset (@pulumi/pulumi `runtime/rpc.ts`). */
export const signature = "4dabf18193072939515e22adb298388d";

/** The engine's marks of unknown values, one for each kind (@pulumi/pulumi `runtime/rpc.ts` and pulumi/pulumi `sdk/go/common/resource/plugin/rpc.go`). */
const unknownMarks: ReadonlySet<unknown> = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && value.length === UNKNOWN.length && unknownMarks.has(value);
}

/** The resource's key: its URN, or its type and name. */
export function keyOf(resource: ResourceView): string {
  return resource.urn ?? `${resource.type}::${resource.name}`;
}

/** A known string property, else undefined. */
export function text(resource: ResourceView, property: string): string | undefined {
  const value = resource.properties[property];
  return typeof value === "string" && value !== "" && !isUnknown(value) ? value : undefined;
}

/** A known number property; Pulumi's state holds some numbers as strings. */
export function number(resource: ResourceView, property: string): number | undefined {
  const value = resource.properties[property];
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^\d+(\.\d+)?$/.test(value)) return Number(value);
  return undefined;
}

/** A known boolean property. Undefined when it is missing or not known. */
export function flag(resource: ResourceView, property: string): boolean | undefined {
  const value = resource.properties[property];
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  return undefined;
}

/** True when the property was given but its value, or a part of it, is known only after the update. */
export function unknownProperty(resource: ResourceView, property: string): boolean {
  return containsUnknown(resource.properties[property]);
}

function containsUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  return Array.isArray(value) && value.some(containsUnknown);
}

/** The property as a list; a single object becomes a list of one, anything missing or unknown an empty one. */
export function list(resource: ResourceView, property: string): unknown[] {
  const value = resource.properties[property];
  if (value === undefined || value === null || isUnknown(value)) return [];
  return Array.isArray(value) ? value : [value];
}

/** The known strings in a list property. */
export function texts(resource: ResourceView, property: string): string[] {
  return list(resource, property).filter(
    (value): value is string => typeof value === "string" && !isUnknown(value),
  );
}

/** The objects in a list property. */
export function objects(resource: ResourceView, property: string): Record<string, unknown>[] {
  return list(resource, property).filter(isObject);
}

const none: readonly ResourceView[] = [];

/** A list of objects inside a resource, each as a resource of its own, so that references inside can be followed. */
export function nested(resource: ResourceView, property: string): readonly ResourceView[] {
  const value = resource.properties[property];
  if (value === undefined || value === null) return none;
  const sources = resource.propertyDependencies?.[property];
  return objects(resource, property).map((properties) => ({
    type: resource.type,
    name: resource.name,
    properties,
    ...(sources === undefined
      ? {}
      : { propertyDependencies: Object.fromEntries(Object.keys(properties).map((key) => [key, sources])) }),
  }));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Finds resources by key, by type, and by the ids by which others refer to them. Building it takes time linear in the number of resources. */
export class Resources {
  readonly all: readonly ResourceView[];
  private readonly byKey = new Map<string, ResourceView>();
  private readonly byType = new Map<string, ResourceView[]>();
  /** By type, and then by the values that others refer to; made for a type when it is looked for. */
  private readonly byReference = new Map<string, ReadonlyMap<string, readonly ResourceView[]>>();
  private readonly children = new Map<string, ResourceView[]>();
  private readonly descendantsByKey = new Map<string, Map<string, ResourceView[]>>();

  /** @param resources in any order: they are sorted by key, so that the order never changes a result. */
  constructor(resources: readonly ResourceView[]) {
    const types = new Map<string, string>();
    this.all = resources
      .map((view) => {
        const type = types.get(view.type) ?? canonicalType(view.type);
        types.set(view.type, type);
        return type === view.type && view.urn !== undefined ? view : { ...view, type, urn: keyOf(view) };
      })
      .sort((left, right) => compareTexts(left.urn as string, right.urn as string));
    for (const resource of this.all) {
      this.byKey.set(keyOf(resource), resource);
      append(this.byType, resource.type, resource);
      if (resource.parent !== undefined) append(this.children, resource.parent, resource);
    }
  }

  get(key: string): ResourceView | undefined {
    return this.byKey.get(key);
  }

  /** All resources of one of these types. */
  ofType(...types: readonly string[]): readonly ResourceView[] {
    const [only = ""] = types;
    if (types.length === 1) return this.byType.get(only) ?? [];
    return types.flatMap((type) => this.byType.get(type) ?? []);
  }

  /** The parent, its parent, and so on. */
  ancestors(resource: ResourceView): ResourceView[] {
    const found = new Set<ResourceView>();
    let parent = resource.parent === undefined ? undefined : this.byKey.get(resource.parent);
    while (parent !== undefined && !found.has(parent)) {
      found.add(parent);
      parent = parent.parent === undefined ? undefined : this.byKey.get(parent.parent);
    }
    return [...found];
  }

  hasChildren(resource: ResourceView): boolean {
    return this.children.has(keyOf(resource));
  }

  /** The resources of a type below a component. */
  descendants(resource: ResourceView, type: string): ResourceView[] {
    return this.descendantsOf(keyOf(resource)).get(type) ?? [];
  }

  /**
   * The resources of these types that a property refers to: by known value (an id, ARN, name or address), and where the value is not known by
   * what Pulumi says it comes from. A component that it comes from stands for what lies below it.
   */
  referred(resource: ResourceView, property: string, types: readonly string[]): ResourceView[] {
    const sources = resource.propertyDependencies?.[property];
    if (sources === undefined && resource.properties[property] === undefined) return [];
    const source = sources?.[0];
    const type = types[0];
    // Thousands of resources may refer to one large component: they share one list of what lies below it.
    if (source !== undefined && sources?.length === 1 && type !== undefined && types.length === 1) {
      const component = this.byKey.get(source);
      if (isUnknown(resource.properties[property]) && component !== undefined && component.type !== type)
        return this.descendantsOf(source).get(type) ?? [];
    }
    const found = new Set<ResourceView>();
    for (const value of list(resource, property)) {
      if (typeof value !== "string" || isUnknown(value)) continue;
      for (const type of types)
        for (const candidate of this.referencesOf(type).get(value) ?? []) found.add(candidate);
    }
    if (found.size > 0 && !unknownProperty(resource, property)) return [...found];
    for (const candidate of this.resolve(sources ?? [], types)) found.add(candidate);
    return [...found];
  }

  private referencesOf(type: string): ReadonlyMap<string, readonly ResourceView[]> {
    const known = this.byReference.get(type);
    if (known !== undefined) return known;
    const found = new Map<string, ResourceView[]>();
    for (const resource of this.byType.get(type) ?? [])
      for (const property of referenceProperties) {
        const value = text(resource, property);
        if (value !== undefined) append(found, value, resource);
      }
    this.byReference.set(type, found);
    return found;
  }

  /** The resources of these types that anything at all in the resource comes from. */
  dependencies(resource: ResourceView, types: readonly string[]): ResourceView[] {
    const byProperty = Object.values(resource.propertyDependencies ?? {}).flat();
    return [...new Set(this.resolve([...(resource.dependencies ?? []), ...byProperty], types))];
  }

  private resolve(keys: readonly string[], types: readonly string[]): ResourceView[] {
    return keys.flatMap((key) => {
      const candidate = this.byKey.get(key);
      if (candidate === undefined) return [];
      if (types.includes(candidate.type)) return [candidate];
      const below = this.descendantsOf(key);
      return types.flatMap((type) => below.get(type) ?? []);
    });
  }

  private descendantsOf(key: string): ReadonlyMap<string, ResourceView[]> {
    if (!this.children.has(key)) return noDescendants;
    const known = this.descendantsByKey.get(key);
    if (known !== undefined) return known;
    const found = new Map<string, ResourceView[]>();
    const seen = new Set<string>([key]);
    const queue = [key];
    for (let next = queue.pop(); next !== undefined; next = queue.pop())
      for (const child of this.children.get(next) ?? []) {
        if (seen.has(keyOf(child))) continue;
        seen.add(keyOf(child));
        append(found, child.type, child);
        queue.push(keyOf(child));
      }
    this.descendantsByKey.set(key, found);
    return found;
  }
}

const noDescendants: ReadonlyMap<string, ResourceView[]> = new Map();

/** By these properties resources are referred to from others. */
const referenceProperties: readonly string[] = [
  "id",
  "arn",
  "name",
  "identifier",
  "clusterIdentifier",
  "dnsName",
  "publicIp",
  "privateIp",
  "publicDns",
  "ipAddress",
  "address",
  "endpoint",
  "domainName",
  "bucketRegionalDomainName",
  "websiteEndpoint",
  "allocationId",
  "instanceId",
];

/** AWS load balancers have several module names in Pulumi for the same resource. */
function canonicalType(type: string): string {
  return type
    .replace(/^aws:(alb|applicationloadbalancing|elasticloadbalancingv2)\//, "aws:lb/")
    .replace(/^aws:elasticloadbalancing\//, "aws:elb/");
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Adds a value to the list under a key. */
export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
