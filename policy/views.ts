import type { PolicyResource } from "@pulumi/policy";
import { isUnknown, type ResourceView, UNKNOWN } from "./resources";

/**
 * What a stack policy is given, as plain views. Reading an unknown through the policy SDK's proxy throws and would end the whole policy, so the
 * values are taken from behind the proxy, and unknown ones stay as `UNKNOWN`.
 */
export function viewsOf(resources: readonly PolicyResource[]): ResourceView[] {
  return resources.map((resource) => ({
    type: resource.type,
    name: resource.name,
    urn: resource.urn,
    properties: plain(resource.props) as Record<string, unknown>,
    protect: resource.opts.protect === true,
    dependencies: resource.dependencies.map(({ urn }) => urn),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([property, sources]) => [
        property,
        sources.map(({ urn }) => urn),
      ]),
    ),
    ...(resource.parent === undefined ? {} : { parent: resource.parent.urn }),
    // Components have no provider.
    ...(resource.provider === undefined ? {} : { custom: true }),
    ...regionOf(resource),
  }));
}

function regionOf({ provider }: PolicyResource): { region?: string } {
  const properties = provider === undefined ? undefined : plain(provider.props);
  const region = (properties as Readonly<Record<string, unknown>> | undefined)?.region;
  return typeof region === "string" && !isUnknown(region) ? { region } : {};
}

/** The value behind the SDK's proxy; where there is none to be had, a copy in which what can't be read is `UNKNOWN`. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return isUnknown(value) ? UNKNOWN : value;
  const behind = (value as Record<string, unknown>).__getSpecialProxyTarget;
  if (typeof behind === "object" && behind !== null) return behind;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    try {
      copy[key] = plain((value as Record<string, unknown>)[key]);
    } catch {
      copy[key] = UNKNOWN;
    }
  }
  return Array.isArray(value) ? Object.values(copy) : copy;
}
