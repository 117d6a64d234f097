import * as pulumi from "@pulumi/pulumi";
import { type ResourceView, UNKNOWN } from "../policy/resources";

/**
 * Notes every resource that the program makes from here on, as the policy pack would see it at preview: inputs that
 * are plainly known, and for the others where they come from. So the stack's `upgradePath` and the pack agree.
 * @returns the resources noted so far.
 */
export function collectResources(): () => ResourceView[] {
  const inventory = new Inventory();
  pulumi.runtime.registerStackTransformation((resource) => {
    inventory.note(resource);
    return undefined;
  });
  return () => inventory.resources;
}

class Inventory {
  readonly resources: ResourceView[] = [];
  private readonly keys = new Map<pulumi.Resource, string>();

  note({ resource, type, name, props, opts }: pulumi.ResourceTransformationArgs): void {
    const key = `${type}::${name}`;
    this.keys.set(resource, key);
    const inputs = Object.entries(props as Record<string, unknown>);
    const parent = opts.parent === undefined ? undefined : this.keys.get(opts.parent);
    const noted: ResourceView = {
      type,
      name,
      urn: key,
      properties: Object.fromEntries(inputs.map(([property, value]) => [property, plain(value)])),
      propertyDependencies: Object.fromEntries(
        inputs.map(([property, value]) => [property, this.keysOf(origins(value))]),
      ),
      dependencies: this.keysOf(dependsOn(opts)),
      ...(parent === undefined ? {} : { parent }),
      ...("protect" in opts ? { protect: opts.protect === true } : {}),
    };
    this.resources.push(noted);
  }

  private keysOf(resources: Iterable<pulumi.Resource>): string[] {
    return [...new Set(resources)].flatMap((resource) => this.keys.get(resource) ?? []);
  }
}

/** The value with everything that is known only later replaced by the mark that a preview shows for it. */
function plain(value: unknown): unknown {
  if (isLater(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
  }
  return value;
}

/** What every output of the SDK carries although its types do not say so: the resources known to have made it. */
interface Traced {
  resources(): Set<pulumi.Resource>;
}

/** The resources that a value comes from. */
function origins(value: unknown): pulumi.Resource[] {
  if (value instanceof pulumi.Resource) return [value];
  if (pulumi.Output.isInstance(value)) return [...(value as unknown as Traced).resources()];
  if (Array.isArray(value)) return value.flatMap(origins);
  return isRecord(value) ? Object.values(value).flatMap(origins) : [];
}

function dependsOn(options: pulumi.ResourceOptions): pulumi.Resource[] {
  return origins(options.dependsOn);
}

function isLater(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise || value instanceof pulumi.Resource;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !isLater(value);
}
