import {
  append,
  flag,
  isUnknown,
  keyOf,
  number,
  objects,
  type Resources,
  type ResourceView,
  text,
  texts,
  unknownProperty,
} from "./resources";

export const securityGroupTypes = [
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
];
export const groupRuleTypes = [
  "aws:ec2/securityGroupRule:SecurityGroupRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
];
export const lightsailPortsType = "aws:lightsail/instancePublicPorts:InstancePublicPorts";

export type Protocol = "tcp" | "udp" | "all" | "other";

/** A range of ports that a security group lets in. */
export interface Opening {
  readonly from: number;
  readonly to: number;
  readonly protocol: Protocol;
  /** True for every address, false for some networks or other security groups. */
  readonly world: boolean;
}

/** What stands behind one or several security groups lets in. */
export interface Ports {
  readonly openings: readonly Opening[];
  /** False when a rule, or a group, can't be seen. */
  readonly complete: boolean;
  /** True where not one rule of a group of the stack is known yet. */
  readonly hidden?: boolean;
}

/** Tells whether an opening lets a port in. */
export function lets({ from, to, protocol }: Opening, port: number, wanted: "tcp" | "udp" = "tcp"): boolean {
  return (protocol === wanted || protocol === "all") && from <= port && port <= to;
}

/** True for a rule that lets everything in, which says nothing about what listens behind it. */
export function isUnrestricted({ from, to, protocol }: Opening): boolean {
  return protocol === "all" || (from <= 1 && to >= 65535);
}

/** What a security group by its own rules, a rule of its own, or a Lightsail firewall lets in. */
export function openingsIn(resource: ResourceView): Opening[] {
  if (securityGroupTypes.includes(resource.type)) return objects(resource, "ingress").flatMap(inlineOpening);
  if (resource.type === groupRuleTypes[0])
    return text(resource, "type") === "egress" ? [] : inlineOpening(resource.properties);
  if (resource.type === groupRuleTypes[1]) {
    const world = ["cidrIpv4", "cidrIpv6"].some((property) => isWorld(text(resource, property)));
    return opening(resource.properties, text(resource, "ipProtocol"), world);
  }
  return objects(resource, "portInfos").flatMap((info) => {
    const limited = Array.isArray(info.cidrs) && info.cidrs.length > 0;
    const world = !isUnknown(info.cidrs) && (!limited || (info.cidrs as unknown[]).some(isWorld));
    return opening(info, typeof info.protocol === "string" ? info.protocol : undefined, world);
  });
}

function inlineOpening(rule: Readonly<Record<string, unknown>>): Opening[] {
  const view: ResourceView = { type: "", name: "", properties: rule };
  const blocks = [...texts(view, "cidrBlocks"), ...texts(view, "ipv6CidrBlocks")];
  return opening(rule, typeof rule.protocol === "string" ? rule.protocol : undefined, blocks.some(isWorld));
}

function isWorld(block: unknown): boolean {
  return block === "0.0.0.0/0" || block === "::/0";
}

const protocols: Readonly<Record<string, Protocol>> = {
  "-1": "all",
  all: "all",
  tcp: "tcp",
  "6": "tcp",
  udp: "udp",
  "17": "udp",
};

function opening(
  rule: Readonly<Record<string, unknown>>,
  named: string | undefined,
  world: boolean,
): Opening[] {
  if (named !== undefined && isUnknown(named)) return [];
  // Lightsail and old rules leave the protocol out: TCP is what they mean.
  const protocol = named === undefined ? "tcp" : (protocols[named.toLowerCase()] ?? "other");
  if (protocol === "all") return [{ from: 0, to: 65535, protocol, world }];
  if (isUnknown(rule.fromPort)) return [];
  const view: ResourceView = { type: "", name: "", properties: rule };
  const from = number(view, "fromPort") ?? 0;
  return [{ from, to: number(view, "toPort") ?? from, protocol, world }];
}

const portsOfGroups = new WeakMap<Resources, Map<string, Ports>>();

/** What each security group of the stack lets in, rules that stand apart included. */
export function portsByGroup(resources: Resources): ReadonlyMap<string, Ports> {
  const known = portsOfGroups.get(resources);
  if (known !== undefined) return known;
  const rules = new Map<string, ResourceView[]>();
  for (const rule of resources.ofType(...groupRuleTypes))
    for (const group of resources.referred(rule, "securityGroupId", securityGroupTypes))
      append(rules, keyOf(group), rule);
  const found = new Map<string, Ports>();
  for (const group of resources.ofType(...securityGroupTypes)) {
    const views = [group, ...(rules.get(keyOf(group)) ?? [])];
    found.set(keyOf(group), {
      openings: views.flatMap(openingsIn),
      complete: !views.some(hidesRule),
      hidden: isUnknown(group.properties.ingress),
    });
  }
  portsOfGroups.set(resources, found);
  return found;
}

function hidesRule(view: ResourceView): boolean {
  if (unknownProperty(view, "ingress")) return true;
  const rules = securityGroupTypes.includes(view.type) ? objects(view, "ingress") : [view.properties];
  return rules.some((rule) =>
    [rule.fromPort, rule.protocol, rule.ipProtocol, rule.cidrIpv4, rule.cidrBlocks].some(
      (value) => isUnknown(value) || (Array.isArray(value) && value.some(isUnknown)),
    ),
  );
}

/** Properties by which machines, launch templates and tasks name their security groups. */
const groupProperties = ["vpcSecurityGroupIds", "securityGroups", "securityGroupNames", "securityGroupIds"];

/**
 * What the security groups of a resource let in.
 * @param views the resource, or the parts of it that name security groups
 * @returns undefined where it names none
 */
export function portsOf(resources: Resources, views: readonly ResourceView[]): Ports | undefined {
  const named = views.flatMap((view) =>
    groupProperties
      .filter((property) => view.properties[property] !== undefined)
      .map((property) => ({ view, property })),
  );
  const mentioned = named.filter(({ view, property }) => {
    const value = view.properties[property];
    return !(Array.isArray(value) && value.length === 0);
  });
  if (mentioned.length === 0) return undefined;
  const byGroup = portsByGroup(resources);
  const openings: Opening[] = [];
  let complete = true;
  let hidden = false;
  for (const { view, property } of mentioned) {
    const groups = resources.referred(view, property, securityGroupTypes);
    const value = view.properties[property];
    if (groups.length < (Array.isArray(value) ? value.length : 1)) complete = false;
    for (const group of groups) {
      const ports = byGroup.get(keyOf(group));
      if (ports === undefined) continue;
      openings.push(...ports.openings);
      complete &&= ports.complete;
      hidden ||= ports.hidden === true;
    }
  }
  return { openings, complete, hidden };
}

/** True where a property says that something has an address in the internet, false where it says that it has none. */
export function publicFlag(view: ResourceView): boolean | undefined {
  return flag(view, "associatePublicIpAddress") ?? flag(view, "assignPublicIp");
}
