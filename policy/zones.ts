import { PerSource } from "./perSource";
import {
  isUnknown,
  keyOf,
  list,
  type Resources,
  type ResourceView,
  text,
  texts,
  unknownProperty,
} from "./resources";

const subnetType = "aws:ec2/subnet:Subnet";

/** Where a member's machines are. */
export interface Zones {
  /** Names of zones, sorted. A subnet whose zone can't be seen stands as `zone of SUBNET`. */
  readonly names: readonly string[];
  /** False when it can't be seen from the stack whether these are all different zones, or all zones. */
  readonly known: boolean;
}

export const noZones: Zones = { names: [], known: false };

/**
 * The zones that a resource is placed in.
 * @param zoneProperties properties that hold names of zones
 * @param subnetProperties properties that hold ids of subnets
 */
export function zonesOf(
  resources: Resources,
  resource: ResourceView,
  zoneProperties: readonly string[],
  subnetProperties: readonly string[],
): Zones {
  const named = zoneProperties.flatMap((property) => texts(resource, property));
  if (named.length > 0) {
    const known = !zoneProperties.some((property) => unknownProperty(resource, property));
    return { names: sortedUnique(named), known };
  }
  const property = subnetProperties[0];
  return property === undefined || subnetProperties.length > 1
    ? zonesOfSubnets(resources, resource, subnetProperties)
    : zonesBySource.get(resources, resource, property, () =>
        zonesOfSubnets(resources, resource, subnetProperties),
      );
}

function zonesOfSubnets(resources: Resources, resource: ResourceView, properties: readonly string[]): Zones {
  const parts = properties.flatMap((property) => subnetZones(resources, resource, property));
  return { names: sortedUnique(parts.flatMap(({ names }) => names)), known: every(parts) };
}

const zonesBySource = new PerSource<Zones>();

/** The zones of the subnets that a property names. */
function subnetZones(resources: Resources, resource: ResourceView, property: string): Zones[] {
  const found = resources.referred(resource, property, [subnetType]);
  const zones = found.map((subnet) => zoneOfSubnet(resources, subnet));
  const ids = new Set(found.map((subnet) => text(subnet, "id")));
  const elsewhere = texts(resource, property).filter((id) => !ids.has(id));
  for (const id of elsewhere)
    zones.push({ names: [`zone of ${id}`], known: separatedSubnets(resources).has(id) });
  const unseen = list(resource, property).filter(isUnknown).length;
  if (zones.length === 0 && (unseen > 0 || isUnknown(resource.properties[property]))) zones.push(noZones);
  return zones;
}

function zoneOfSubnet(resources: Resources, subnet: ResourceView): Zones {
  const zone = text(subnet, "availabilityZone") ?? text(subnet, "availabilityZoneId");
  if (zone !== undefined) return { names: [zone], known: true };
  const known = separatedSubnets(resources).has(keyOf(subnet));
  return { names: [`zone of ${subnet.name}`], known };
}

const separated = new WeakMap<Resources, ReadonlySet<string>>();

/**
 * The subnets, by key and by id, that an application load balancer spans. AWS takes only one subnet of each zone there, so that their zones
 * differ even where they can't be seen.
 */
function separatedSubnets(resources: Resources): ReadonlySet<string> {
  const known = separated.get(resources);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const balancer of resources.ofType("aws:lb/loadBalancer:LoadBalancer")) {
    const application = (text(balancer, "loadBalancerType") ?? "application") === "application";
    if (!application) continue;
    for (const id of texts(balancer, "subnets")) found.add(id);
    for (const subnet of resources.referred(balancer, "subnets", [subnetType])) found.add(keyOf(subnet));
  }
  separated.set(resources, found);
  return found;
}

/** The zones of several members together. */
export function unionOfZones(all: readonly Zones[]): Zones {
  const zones = [...new Set(all)];
  const [only] = zones;
  if (zones.length === 1 && only !== undefined) return { ...only, known: every(zones) };
  return { names: sortedUnique(zones.flatMap(({ names }) => names)), known: every(zones) };
}

function every(zones: readonly Zones[]): boolean {
  return zones.length > 0 && zones.every(({ known, names }) => known && names.length > 0);
}

export function sortedUnique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
