import { type Resources, type ResourceView, text } from "./resources";

/** The region that a resource itself names: as a property (since version 7 of the AWS provider), in its ARN, or by its zone. */
export function ownRegion(resource: ResourceView): string | undefined {
  return namedRegion(resource) ?? regionOfZone(text(resource, "availabilityZone") ?? "");
}

/** The region in a resource's property or its ARN. */
export function namedRegion(resource: ResourceView): string | undefined {
  const named = text(resource, "region") ?? text(resource, "arn")?.split(":")[3];
  return named === "" ? undefined : named;
}

/** The region of an availability zone: `us-east-1` for `us-east-1a`; undefined for a text that is no zone's name. */
export function regionOfZone(zone: string): string | undefined {
  return /^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/.exec(zone)?.[1];
}

/** Tells each resource's region: its own, its provider's, or the only one that the stack's providers name. */
export function regionsOf(resources: Resources): (resource: ResourceView) => string | undefined {
  const providers = new Set(
    resources.ofType("pulumi:providers:aws").flatMap((provider) => text(provider, "region") ?? []),
  );
  const [only] = providers.size === 1 ? providers : [];
  return (resource) => ownRegion(resource) ?? resource.region ?? only;
}
