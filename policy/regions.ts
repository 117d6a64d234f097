import { type Resources, type ResourceView, text } from "./resources";

/** The region that a resource itself names: as a property (since version 7 of the AWS provider), in its ARN, or by its zone. */
export function ownRegion(resource: ResourceView): string | undefined {
  const named = text(resource, "region") ?? text(resource, "arn")?.split(":")[3];
  if (named !== undefined && named !== "") return named;
  return /^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/.exec(text(resource, "availabilityZone") ?? "")?.[1];
}

/** Tells each resource's region: its own, its provider's, or the only one that the stack's providers name. */
export function regionsOf(resources: Resources): (resource: ResourceView) => string | undefined {
  const providers = new Set(
    resources.ofType("pulumi:providers:aws").flatMap((provider) => text(provider, "region") ?? []),
  );
  const [only] = providers.size === 1 ? providers : [];
  return (resource) => ownRegion(resource) ?? resource.region ?? only;
}
