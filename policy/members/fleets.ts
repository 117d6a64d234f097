import {
  isObject,
  isUnknown,
  keyOf,
  list,
  number,
  type Resources,
  type ResourceView,
  text,
  unknownProperty,
} from "../resources";
import type { Tier } from "../vocabulary";
import { unionOfZones, zonesOf } from "../zones";
import type { Member } from "./member";
import { nested, tiersOfMachine } from "./roles";

export const groupType = "aws:autoscaling/group:Group";
export const ecsServiceType = "aws:ecs/service:Service";
export const nodeGroupType = "aws:eks/nodeGroup:NodeGroup";
const templateTypes = [
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
];

/** Machines or containers that AWS keeps up in number: Auto Scaling groups, ECS services, EKS node groups. */
export function fleets(resources: Resources): Member[] {
  const scaledGroups = new Set(
    resources
      .ofType("aws:autoscaling/policy:Policy")
      .flatMap((policy) => resources.referred(policy, "autoscalingGroupName", [groupType])),
  );
  const managedByEks = new Set(
    resources.ofType(nodeGroupType).flatMap((group) => resources.descendants(group, groupType)),
  );
  const targets = scalableTargets(resources);
  const growing = nodesGrow(resources);
  return [
    ...resources
      .ofType(groupType)
      .filter((group) => !managedByEks.has(group))
      .flatMap((group) => scalingGroup(resources, group, scaledGroups.has(group))),
    ...resources
      .ofType(ecsServiceType)
      .flatMap((service) => ecsService(resources, service, targets.get(service))),
    ...resources.ofType(nodeGroupType).map((group) => nodeGroup(resources, group, growing)),
  ];
}

/** What an Auto Scaling group's machines are made from. */
export function templateOf(resources: Resources, group: ResourceView): ResourceView | undefined {
  const direct = resources.referred(group, "launchConfiguration", templateTypes)[0];
  const inside = [
    ...nested(group, "launchTemplate"),
    ...nested(group, "mixedInstancesPolicy").flatMap((policy) =>
      nested(policy, "launchTemplate").flatMap((template) => nested(template, "launchTemplateSpecification")),
    ),
  ].flatMap((view) =>
    ["id", "name", "launchTemplateId", "launchTemplateName"].flatMap((key) =>
      resources.referred(view, key, templateTypes),
    ),
  );
  return direct ?? inside[0] ?? resources.dependencies(group, templateTypes)[0];
}

function scalingGroup(resources: Resources, group: ResourceView, hasPolicy: boolean): Member[] {
  const template = templateOf(resources, group);
  const tiers = tiersOfMachine(resources, {
    ...group,
    properties: { ...template?.properties, tags: tagsOfGroup(group) },
  });
  const minimum = number(group, "minSize");
  const desired = number(group, "desiredCapacity") ?? minimum;
  const maximum = number(group, "maxSize");
  if (tiers === undefined || maximum === 0) return [];
  const count = hasPolicy ? minimum : desired;
  const size = template === undefined ? undefined : text(template, "instanceType");
  return [
    {
      key: keyOf(group),
      name: group.name,
      type: group.type,
      kind: "Auto Scaling group",
      platform: "aws",
      tiers,
      count: Math.max(1, count ?? 1),
      countKnown: count !== undefined,
      zones: zonesOf(resources, group, ["availabilityZones"], ["vpcZoneIdentifiers"]),
      heals: true,
      scales: hasPolicy && (maximum ?? Number.POSITIVE_INFINITY) > (minimum ?? 0),
      essential: true,
      service: "ec2",
      ...(size === undefined ? {} : { size }),
      resource: group,
    },
  ];
}

/** An Auto Scaling group's tags are a list of `{key, value}`. */
function tagsOfGroup(group: ResourceView): Record<string, unknown> {
  return Object.fromEntries(
    list(group, "tags")
      .filter(isObject)
      .map((tag) => [String(tag.key), tag.value]),
  );
}

/** The target of Application Auto Scaling of each service that has one. */
function scalableTargets(resources: Resources): Map<ResourceView, ResourceView> {
  const services = new Map(
    resources.ofType(ecsServiceType).map((service) => [text(service, "name") ?? service.name, service]),
  );
  const found = new Map<ResourceView, ResourceView>();
  for (const target of resources.ofType("aws:appautoscaling/target:Target")) {
    const named = services.get(text(target, "resourceId")?.split("/").at(-1) ?? "");
    const sources = (target.propertyDependencies?.resourceId ?? []).map((key) => resources.get(key));
    const service = named ?? sources.find((source) => source?.type === ecsServiceType);
    if (service !== undefined) found.set(service, target);
  }
  return found;
}

function ecsService(resources: Resources, service: ResourceView, target: ResourceView | undefined): Member[] {
  const daemon = text(service, "schedulingStrategy") === "DAEMON";
  const desired = number(service, "desiredCount");
  const minimum = target === undefined ? undefined : number(target, "minCapacity");
  const unknown = unknownProperty(service, "desiredCount") || (target !== undefined && minimum === undefined);
  const count = minimum ?? desired ?? 1;
  if (desired === 0 && target === undefined) return [];
  const network = nested(service, "networkConfiguration");
  const zones = unionOfZones(network.map((view) => zonesOf(resources, view, [], ["subnets"])));
  const tiers = tiersOfMachine(resources, { ...service, properties: { tags: service.properties.tags } });
  if (tiers === undefined) return [];
  const providers = nested(service, "capacityProviderStrategies").flatMap(
    (strategy) => text(strategy, "capacityProvider") ?? [],
  );
  // AWS's own capacity providers are called FARGATE and FARGATE_SPOT; all others are Auto Scaling groups.
  const fargate =
    text(service, "launchType") === "FARGATE" || providers.some((name) => name.startsWith("FARGATE"));
  return [
    {
      key: keyOf(service),
      name: service.name,
      type: service.type,
      kind: fargate ? "ECS service on Fargate" : "ECS service",
      platform: "aws",
      tiers,
      count: daemon ? 2 : Math.max(1, count),
      countKnown: !daemon && !unknown,
      zones,
      heals: true,
      scales: target !== undefined,
      essential: true,
      service: fargate ? "fargate" : "ecs",
      resource: service,
    },
  ];
}

function nodeGroup(resources: Resources, group: ResourceView, scales: boolean): Member {
  const scaling = nested(group, "scalingConfig")[0];
  const desired =
    scaling === undefined ? undefined : (number(scaling, "desiredSize") ?? number(scaling, "minSize"));
  const size = list(group, "instanceTypes").find(
    (value): value is string => typeof value === "string" && !isUnknown(value),
  );
  const tiers: Tier[] = ["web", "app"];
  return {
    key: keyOf(group),
    name: group.name,
    type: group.type,
    kind: "EKS node group",
    platform: "aws",
    tiers,
    count: Math.max(1, desired ?? 1),
    countKnown: desired !== undefined,
    zones: zonesOf(resources, group, [], ["subnetIds"]),
    heals: true,
    scales,
    essential: true,
    service: "ec2",
    ...(size === undefined ? {} : { size }),
    resource: group,
  };
}

/** Node groups grow by software that runs in the cluster; it shows as a chart, an add-on or a role of that name. */
function nodesGrow(resources: Resources): boolean {
  return resources.all.some(({ name }) => /karpenter|cluster-?autoscaler/i.test(name));
}
