import * as pulumi from "@pulumi/pulumi";
import { type ResourceView, UNKNOWN } from "../policy/resources";

/**
 * Notes every resource that the program makes from here on, as the policy pack sees it: its inputs, and for each of them the resources that its
 * value comes from. So the stack's outputs and the pack agree, at preview and at update.
 * @returns the resources noted so far, once their inputs are known; those that only an update can know hold `UNKNOWN`, and so do secrets.
 */
export function collectResources(): () => Promise<ResourceView[]> {
  const inventory = new Inventory();
  pulumi.runtime.registerStackTransformation((resource) => {
    inventory.note(resource);
    return undefined;
  });
  return () => inventory.views();
}

/** A resource whose inputs are still outputs of others. */
type Noted = Omit<ResourceView, "properties"> & { readonly inputs: Readonly<Record<string, unknown>> };

class Inventory {
  private readonly noted: Noted[] = [];
  private readonly urns = new Map<pulumi.Resource, string>();

  note({ resource, type, name, props, opts }: pulumi.ResourceTransformationArgs): void {
    const parent = opts.parent === undefined ? undefined : this.urns.get(opts.parent);
    const urn = urnOf(type, name, parent);
    this.urns.set(resource, urn);
    const inputs = props as Record<string, unknown>;
    this.noted.push({
      type,
      name,
      urn,
      inputs,
      propertyDependencies: Object.fromEntries(
        Object.entries(inputs).map(([property, value]) => [property, this.urnsOf(origins(value))]),
      ),
      dependencies: this.urnsOf(origins(opts.dependsOn)),
      ...(parent === undefined ? {} : { parent }),
      ...("protect" in opts ? { protect: opts.protect === true } : {}),
    });
  }

  views(): Promise<ResourceView[]> {
    return Promise.all(
      this.noted.map(async ({ inputs, ...view }) => ({ ...view, properties: await settledFields(inputs) })),
    );
  }

  private urnsOf(resources: Iterable<pulumi.Resource>): string[] {
    return [...new Set(resources)].flatMap((resource) => this.urns.get(resource) ?? []);
  }
}

/** The name that the engine gives a resource: findings name the same ones as the pack's, in the same order. */
function urnOf(type: string, name: string, parent: string | undefined): string {
  const parentTypes = parent?.split("::")[2];
  const types = parentTypes === undefined ? type : `${parentTypes}$${type}`;
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${types}::${name}`;
}

/** What every output of the SDK carries although its types do not say so. */
interface Traced {
  /** The resources known to have made it. */
  resources(): Set<pulumi.Resource>;
  promise(): Promise<unknown>;
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
}

/** The value once it is known; secrets and what only an update can know are `UNKNOWN`. */
async function settled(value: unknown): Promise<unknown> {
  if (pulumi.Output.isInstance(value)) {
    const output = value as unknown as Traced;
    const [known, secret] = await Promise.all([output.isKnown, output.isSecret]);
    return known && !secret ? settled(await output.promise()) : UNKNOWN;
  }
  if (value instanceof Promise) return settled(await value);
  if (Array.isArray(value)) return Promise.all(value.map(settled));
  if (value instanceof pulumi.Resource || pulumi.asset.Asset.isInstance(value)) return UNKNOWN;
  return isRecord(value) ? settledFields(value) : value;
}

async function settledFields(record: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const fields = Object.entries(record).map(async ([name, value]) => [name, await settled(value)] as const);
  return Object.fromEntries(await Promise.all(fields));
}

/** The resources that a value comes from. */
function origins(value: unknown): pulumi.Resource[] {
  if (value instanceof pulumi.Resource) return [value];
  if (pulumi.Output.isInstance(value)) return [...(value as unknown as Traced).resources()];
  if (Array.isArray(value)) return value.flatMap(origins);
  return isRecord(value) ? Object.values(value).flatMap(origins) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !(value instanceof Promise);
}
