import { securityGroupTypes } from "./openings";
import { append, isUnknown, keyOf, type Resources, type ResourceView } from "./resources";

/** Properties that hold security groups of what the resource itself is reached by, at any depth. */
const holders =
  /securitygroup|^(networkconfiguration|networkinterfaces|vpcconfig|vpcoptions|vpcsettings|remoteaccess|ec2attributes|computeresources|brokernodegroupinfo|awsvpcconfiguration|ecstarget|launchtemplatedata)$/i;

const found = new WeakMap<Resources, ReadonlyMap<string, readonly ResourceView[]>>();

/** For each security group, by key, the resources that are reached through it. Rules that name a group as their source don't use it. */
export function usersOfGroups(resources: Resources): ReadonlyMap<string, readonly ResourceView[]> {
  const known = found.get(resources);
  if (known !== undefined) return known;
  const users = new Map<string, ResourceView[]>();
  const groups = resources.ofType(...securityGroupTypes);
  if (groups.length > 0) {
    const byValue = new Map<string, ResourceView>();
    for (const group of groups)
      for (const property of ["id", "name"] as const) {
        const value = group.properties[property];
        if (typeof value === "string" && !isUnknown(value)) byValue.set(value, group);
      }
    for (const resource of resources.all)
      for (const group of groupsUsedBy(resources, resource, byValue)) append(users, keyOf(group), resource);
  }
  found.set(resources, users);
  return users;
}

function groupsUsedBy(
  resources: Resources,
  resource: ResourceView,
  byValue: ReadonlyMap<string, ResourceView>,
): Set<ResourceView> {
  const used = new Set<ResourceView>();
  if (/SecurityGroup(?!Attachment)/.test(resource.type)) return used;
  for (const property in resource.properties) {
    if (!holders.test(property)) continue;
    const before = used.size;
    const known = collect(resource.properties[property], byValue, used);
    if (known && used.size > before) continue;
    const unread = { ...resource, properties: {} };
    for (const group of resources.referred(unread, property, securityGroupTypes)) used.add(group);
  }
  return used;
}

/** @returns false when a part of the value isn't known */
function collect(
  value: unknown,
  byValue: ReadonlyMap<string, ResourceView>,
  used: Set<ResourceView>,
): boolean {
  if (isUnknown(value)) return false;
  if (typeof value === "string") {
    const group = byValue.get(value);
    if (group !== undefined) used.add(group);
    return true;
  }
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value)
    .map((inner) => collect(inner, byValue, used))
    .every(Boolean);
}
