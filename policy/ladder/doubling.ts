import { machinesOfAddresses } from "../links/names";
import { containerServiceType } from "../members/applications";
import { environmentType, isSingleInstance, settingOf } from "../members/beanstalk";
import { templateOf } from "../members/fleets";
import type { Member } from "../members/member";
import { PerSource } from "../perSource";
import { flag, keyOf, type Resources, type ResourceView } from "../resources";
import type { Group, Topology } from "../topology";
import {
  balancerType,
  ecsServiceType,
  eipType,
  groupType,
  lightsailBalancerType,
  lightsailInstanceType,
  nodeGroupType,
} from "../types";
import type { Part } from "./change";

const subnetTypes = ["aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"];
const definitionType = "aws:ecs/taskDefinition:TaskDefinition";
const targetType = "aws:appautoscaling/target:Target";

/** An application load balancer over two zones, which the stack doesn't have yet. */
const balancer: ResourceView = {
  type: balancerType,
  name: "entrance",
  properties: { subnets: ["subnet-a", "subnet-b"] },
};

/** What is looked up for every group of a stack. */
export interface Surroundings {
  readonly site: Topology;
  /** Keys of machines with an elastic address. */
  readonly elastic: ReadonlySet<string>;
  /** For each ECS service, by key, what Application Auto Scaling keeps of it. */
  readonly scalable: ReadonlyMap<string, ResourceView>;
}

export function surroundingsOf(site: Topology): Surroundings {
  const { resources } = site;
  const scalable = new Map<string, ResourceView>();
  for (const target of resources.ofType(targetType))
    for (const service of resources.referred(target, "resourceId", [ecsServiceType]))
      scalable.set(keyOf(service), target);
  return { site, elastic: new Set(machinesOfAddresses(resources).values()), scalable };
}

/** A second machine for a group that has one, behind a load balancer; only the balancer where it has several that nothing is in front of. */
export function doubled(around: Surroundings, group: Group): Part {
  const { site } = around;
  const [member] = group.members as [Member];
  const led = (site.ways.get(member.key) ?? []).some(({ by }) => by === "balancer" || by === "accelerator");
  const entrance = group.balanced || led || member.type === environmentType ? [] : [balancer];
  const second = group.count >= 2 ? undefined : secondOf(around, member);
  const names = group.members.map(({ name }) => name).join(" and ");
  const front = `put ${names} behind an aws.lb.LoadBalancer over two zones`;
  if (second === undefined) return { what: capital(front), before: [], after: entrance };
  if (member.type === lightsailInstanceType) {
    const lightsail: ResourceView = { type: lightsailBalancerType, name: "entrance", properties: {} };
    return { ...second, after: [...second.after, ...(led ? [] : [lightsail])] };
  }
  return {
    what: entrance.length === 0 ? second.what : `${second.what}, and ${front}`,
    before: second.before,
    after: [...second.after, ...entrance],
  };
}

function secondOf(around: Surroundings, member: Member): Part {
  const { resources } = around.site;
  const { name, type, resource } = member;
  const context = contextOf(resources, member);
  const changed = (what: string, properties: Record<string, unknown>): Part => ({
    what,
    before: [resource, ...context],
    after: [{ ...resource, properties: { ...resource.properties, ...properties } }, ...context],
  });
  const zones = member.zones.known && member.zones.names.length < 2 ? ", with subnets in two zones" : "";
  if (type === groupType)
    return changed(`Set minSize and desiredCapacity to 2 on ${name}${zones}`, {
      minSize: 2,
      desiredCapacity: 2,
    });
  if (type === nodeGroupType)
    return changed(`Set scalingConfig's minSize and desiredSize to 2 on ${name}${zones}`, {
      scalingConfig: { minSize: 2, desiredSize: 2, maxSize: 2 },
    });
  if (type === ecsServiceType) return secondTask(around, member, zones);
  if (type === environmentType) return secondOfEnvironment(resource, name);
  if (type === containerServiceType) return changed(`Set scale to 2 on ${name}`, { scale: 2 });
  const copy = { ...resource, name: `${name}-2`, urn: `${resource.urn ?? name}-2` };
  const address: ResourceView[] = around.elastic.has(member.key)
    ? [{ type: eipType, name: `${name}-2`, properties: {} }]
    : [];
  return {
    what:
      type === lightsailInstanceType
        ? `Add a second aws.lightsail.Instance like ${name} in another zone, and an aws.lightsail.Lb in front of both`
        : `Add a second aws.ec2.Instance like ${name} in another zone`,
    before: context,
    after: [copy, ...address, ...context],
  };
}

/** Where Application Auto Scaling keeps a service's number, its least capacity decides. */
function secondTask({ site, scalable }: Surroundings, member: Member, zones: string): Part {
  const { resource, name } = member;
  const context = contextOf(site.resources, member);
  const target = scalable.get(member.key);
  const more = member.limitedBy === undefined ? "" : `, and minSize to 2 on ${member.limitedBy}`;
  const views = [resource, ...context, ...(target === undefined ? [] : [target])];
  return {
    what: `${member.scales ? `Set minCapacity to 2 on the aws.appautoscaling.Target of ${name}` : `Set desiredCount to 2 on ${name}`}${more}${zones}`,
    before: views,
    after: views.map((view) =>
      view === resource
        ? { ...view, properties: { ...view.properties, desiredCount: 2 } }
        : view === target
          ? { ...view, properties: { ...view.properties, minCapacity: 2 } }
          : view,
    ),
  };
}

function secondOfEnvironment(resource: ResourceView, name: string): Part {
  const wanted = ["EnvironmentType", "MinSize", "MaxSize"];
  const settings = Array.isArray(resource.properties.settings) ? resource.properties.settings : [];
  const kept = settings.filter((option) => !wanted.includes(String((option as { name?: unknown }).name)));
  const maximum = Math.max(2, Number(settingOf(resource, "MaxSize") ?? 4) || 4);
  const added = [
    ["EnvironmentType", "LoadBalanced"],
    ["MinSize", "2"],
    ["MaxSize", String(maximum)],
  ].map(([option, value]) => ({ name: option, value }));
  return {
    what: isSingleInstance(resource)
      ? `Set EnvironmentType to LoadBalanced and MinSize to 2 on ${name}, with subnets in two zones`
      : `Set MinSize to 2 on ${name}, with subnets in two zones`,
    before: [resource],
    after: [{ ...resource, properties: { ...resource.properties, settings: [...kept, ...added] } }],
  };
}

/** What a member's price depends on: its template or task definition, and its subnets. */
function contextOf(resources: Resources, { resource, type }: Member): ResourceView[] {
  const template = type === groupType ? templateOf(resources, resource) : undefined;
  const definition =
    type === ecsServiceType ? resources.referred(resource, "taskDefinition", [definitionType]) : [];
  const subnets = ["subnetId", "vpcZoneIdentifiers", "subnetIds"].flatMap((property) =>
    subnetBySource.get(resources, resource, property, () => oneSubnet(resources, resource, property)),
  );
  return [...(template === undefined ? [] : [template]), ...definition, ...subnets];
}

const subnetBySource = new PerSource<readonly ResourceView[]>();

/** One is enough to tell whether machines get a public address: one that gives it, where there is one. */
function oneSubnet(resources: Resources, resource: ResourceView, property: string): ResourceView[] {
  const subnets = resources.referred(resource, property, subnetTypes);
  const [first] = subnets;
  const chosen = subnets.find((subnet) => flag(subnet, "mapPublicIpOnLaunch") === true) ?? first;
  return chosen === undefined ? [] : [chosen];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
