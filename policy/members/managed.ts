import { keyOf, type ResourceView, text } from "../resources";
import type { Member, Survival } from "./member";

/** A member that AWS runs and heals, in one piece; what a kind does otherwise is put on top. */
export function managed(
  resource: ResourceView,
  kind: string,
  tier: Member["tiers"][number],
  survives: Survival,
  service: string,
): Member {
  return {
    key: keyOf(resource),
    name: resource.name,
    type: resource.type,
    kind,
    platform: "aws",
    purpose: "site",
    tiers: [tier],
    count: 1,
    countKnown: true,
    zones: { names: [], known: true },
    survives,
    heals: true,
    scales: false,
    essential: true,
    service,
    resource,
  };
}

export function sized(resource: ResourceView, property: string): { readonly size?: string } {
  const size = text(resource, property);
  return size === undefined ? {} : { size };
}
