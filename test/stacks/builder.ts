import { type ResourceView, UNKNOWN } from "../../policy/resources";

/** A reference to another resource's output, known only after the update. */
class Reference {
  constructor(
    readonly target: string,
    readonly property: string,
  ) {}
}

/** A resource that was added to a stack, and references to its outputs. */
export interface Handle {
  readonly key: string;
  readonly id: Reference;
  readonly arn: Reference;
  out(property: string): Reference;
}

interface Added {
  readonly type: string;
  readonly name: string;
  readonly properties: Record<string, unknown>;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly custom: boolean;
}

export interface Options {
  readonly parent?: Handle;
  readonly protect?: boolean;
}

/** What the assessment is to say about a stack. */
export interface Expected {
  readonly rung: "none" | "single" | "split-database" | "load-balanced" | "autoscaled";
  readonly gaps?: number;
  /** `scope: names` of each single point of failure of a machine or zone that is certain after the update. */
  readonly singlePoints: readonly string[];
  /** The same for those that can't be told for certain. */
  readonly possible?: readonly string[];
  /** Rules that must report something, besides single points of failure. */
  readonly reports?: readonly string[];
  /** What the rules about open ports and plain HTTP report, as `ssh NAME`, `database NAME`, `http NAME`; unchecked where it isn't given. */
  readonly rails?: readonly string[];
  /** Rules that must stay silent. */
  readonly silent?: readonly string[];
}

/** A stack as other people write them: what is added, with references, as the engine shows it at preview and after the update. */
export class TestStack {
  private readonly added: Added[] = [];

  constructor(
    /** Like `two-instances-behind-an-alb-in-one-zone`. */
    readonly name: string,
    readonly expected: Expected,
    build: (stack: TestStack) => void,
  ) {
    build(this);
  }

  /** Adds a resource; values may hold references at any depth. */
  add(type: string, name: string, properties: Record<string, unknown> = {}, options: Options = {}): Handle {
    const key = this.urn(type, name);
    this.added.push({
      type,
      name,
      properties,
      custom: type.startsWith("aws:") || type.startsWith("pulumi:providers:"),
      ...(options.parent === undefined ? {} : { parent: options.parent.key }),
      ...(options.protect === undefined ? {} : { protect: options.protect }),
    });
    const out = (property: string) => new Reference(key, property);
    return { key, id: out("id"), arn: out("arn"), out };
  }

  /** As at the preview of a stack that isn't there yet: references are unknown. */
  preview(): ResourceView[] {
    const components = new Set(
      this.added.filter(({ custom }) => !custom).map(({ type, name }) => this.urn(type, name)),
    );
    return this.views((reference) => (components.has(reference.target) ? output(reference) : UNKNOWN), false);
  }

  /** As after the update: everything is known. */
  updated(): ResourceView[] {
    return this.views(output, true);
  }

  /** As `pulumi stack export` writes it. */
  deployment(): object {
    const resources = this.updated().map((view, index) => ({
      urn: view.urn,
      custom: this.added[index]?.custom,
      type: view.type,
      ...(this.added[index]?.custom ? { id: view.properties.id } : {}),
      inputs: view.properties,
      outputs: view.properties,
      ...(view.parent === undefined ? {} : { parent: view.parent }),
      dependencies: view.dependencies,
      propertyDependencies: view.propertyDependencies,
      ...(view.protect ? { protect: true } : {}),
    }));
    return {
      version: 3,
      deployment: { manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "v3.259.0" }, resources },
    };
  }

  private urn(type: string, name: string): string {
    return `urn:pulumi:prod::shop::${type}::${name}`;
  }

  private views(value: (reference: Reference) => unknown, withOutputs: boolean): ResourceView[] {
    const outputs = new Map<string, Set<string>>();
    for (const { properties } of this.added)
      for (const { target, property } of references(properties))
        outputs.set(target, (outputs.get(target) ?? new Set<string>()).add(property));
    return this.added.map(({ type, name, properties, parent, protect, custom }) => {
      const key = this.urn(type, name);
      const own = [...(outputs.get(key) ?? []), ...(custom ? ["id"] : [])].map((property) => [
        property,
        output(new Reference(key, property)),
      ]);
      const sources = Object.entries(properties).map(
        ([property, inner]) =>
          [property, [...new Set(references(inner).map(({ target }) => target))]] as const,
      );
      return {
        type,
        name,
        urn: key,
        properties: {
          ...(withOutputs ? Object.fromEntries(own) : {}),
          ...(resolve(properties, value) as Record<string, unknown>),
        },
        dependencies: [...new Set(sources.flatMap(([, keys]) => keys))],
        propertyDependencies: Object.fromEntries(sources.filter(([, keys]) => keys.length > 0)),
        protect: protect === true,
        ...(parent === undefined ? {} : { parent }),
      };
    });
  }
}

/** What AWS would answer: unique, and of the usual form. */
function output({ target, property }: Reference): unknown {
  const [, , type = "", name = ""] = target.split("::");
  const kind = type.split("/")[0]?.split(":").at(-1) ?? "thing";
  // Global services have no region.
  const region = /^(globalaccelerator|cloudfront|route53|iam)$/.test(kind) ? "" : "eu-central-1";
  if (property === "arn") return `arn:aws:${kind}:${region}:123456789012:${name}`;
  if (property === "id") return `${kind}-${name}`;
  if (/ip$/i.test(property)) return `198.51.100.${name.length + (name.codePointAt(name.length - 1) ?? 0)}`;
  return `${name}.${property}.${kind}.example.com`.toLowerCase();
}

function references(value: unknown): Reference[] {
  if (value instanceof Reference) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(references);
}

function resolve(value: unknown, known: (reference: Reference) => unknown): unknown {
  if (value instanceof Reference) return known(value);
  if (Array.isArray(value)) return value.map((inner) => resolve(inner, known));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, known)]));
}

/** A VPC with a subnet in each zone. */
export function network(stack: TestStack, zones: readonly string[], parent?: Handle): Handle[] {
  const options = parent === undefined ? {} : { parent };
  const vpc = stack.add("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" }, options);
  return zones.map((zone, index) =>
    stack.add(
      "aws:ec2/subnet:Subnet",
      `subnet-${zone.at(-1)}`,
      { vpcId: vpc.id, cidrBlock: `10.0.${index}.0/24`, availabilityZone: zone },
      options,
    ),
  );
}

/** An application load balancer over subnets, with one target group behind an HTTPS listener. */
export function applicationBalancer(
  stack: TestStack,
  subnets: readonly Handle[],
  parent?: Handle,
): { balancer: Handle; group: Handle } {
  const options = parent === undefined ? {} : { parent };
  const balancer = stack.add(
    "aws:lb/loadBalancer:LoadBalancer",
    "alb",
    { subnets: subnets.map(({ id }) => id) },
    options,
  );
  const group = stack.add(
    "aws:lb/targetGroup:TargetGroup",
    "targets",
    { port: 80, protocol: "HTTP", healthCheck: { path: "/healthz" } },
    options,
  );
  stack.add(
    "aws:lb/listener:Listener",
    "https",
    {
      loadBalancerArn: balancer.arn,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1",
      defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
    },
    options,
  );
  return { balancer, group };
}
