import { portsOf } from "../openings";
import {
  isObject,
  isUnknown,
  keyOf,
  list,
  nested,
  number,
  type Resources,
  type ResourceView,
  text,
  unknownProperty,
} from "../resources";
import { ecsServiceType, groupType, nodeGroupType, templateTypes } from "../types";
import type { Ways } from "../way";
import { unionOfZones, type Zones, zonesOf } from "../zones";
import { type Hosts, hostsOf } from "./hosts";
import { joinsCluster } from "./joining";
import type { Member } from "./member";
import { dutyOf, isExposed, networkViews, sayings } from "./roles";
import { dutyOfService, networkOfService } from "./services";

/** Machines or containers that AWS keeps up in number: Auto Scaling groups, ECS services, EKS node groups. */
/** @param machines those kept one by one, which may run containers too */
export function fleets(resources: Resources, ways: Ways, machines: readonly Member[]): Member[] {
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
  const groups = new Map(
    resources
      .ofType(groupType)
      .filter((group) => !managedByEks.has(group))
      .flatMap((group) => scalingGroup(resources, group, scaledGroups.has(group), ways))
      .map((member) => [member.key, member]),
  );
  const hosts = hostsOf(resources, [...groups.values(), ...machines]);
  const hosting = new Set([...hosts.values()].flatMap((members) => members.map(({ key }) => key)));
  const visited = clusterIsVisited(resources);
  return [
    ...[...groups.values()].map((member) =>
      hosting.has(member.key)
        ? { ...member, purpose: "nodes" as const, tiers: [], essential: false }
        : member,
    ),
    ...resources
      .ofType(ecsServiceType)
      .flatMap((service) => ecsService(resources, service, targets.get(service), hosts, ways)),
    ...resources.ofType(nodeGroupType).map((group) => nodeGroup(resources, group, growing, visited)),
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

function scalingGroup(resources: Resources, group: ResourceView, hasPolicy: boolean, ways: Ways): Member[] {
  const template = templateOf(resources, group);
  const views = template === undefined ? [] : networkViews(template);
  const ports = portsOf(resources, views);
  const exposed = isExposed(resources, [group, ...views], false, ["vpcZoneIdentifiers"]);
  const duty = dutyOf({
    ...sayings({ ...group, properties: { ...template?.properties, tags: tagsOfGroup(group) } }),
    ways: ways.get(keyOf(group)) ?? [],
    ports,
    exposed,
    joins: joinsCluster(resources, template === undefined ? [group] : [group, template]),
    forwards: false,
  });
  const minimum = number(group, "minSize");
  const desired = number(group, "desiredCapacity") ?? minimum;
  const maximum = number(group, "maxSize");
  if (maximum === 0) return [];
  const count = hasPolicy ? minimum : desired;
  const size = template === undefined ? undefined : text(template, "instanceType");
  return [
    {
      key: keyOf(group),
      name: group.name,
      type: group.type,
      kind: "Auto Scaling group",
      platform: "aws",
      exposed,
      ...(ports === undefined ? {} : { ports }),
      ...duty,
      count: Math.max(1, count ?? 1),
      countKnown: count !== undefined,
      zones: zonesOf(resources, group, ["availabilityZones"], ["vpcZoneIdentifiers"]),
      heals: true,
      scales: hasPolicy && (maximum ?? Number.POSITIVE_INFINITY) > (minimum ?? 0),
      essential: duty.purpose === "site",
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

function ecsService(
  resources: Resources,
  service: ResourceView,
  target: ResourceView | undefined,
  hosts: Hosts,
  ways: Ways,
): Member[] {
  const daemon = text(service, "schedulingStrategy") === "DAEMON";
  const desired = number(service, "desiredCount");
  const minimum = target === undefined ? undefined : number(target, "minCapacity");
  if (desired === 0 && target === undefined) return [];
  const unknown = unknownProperty(service, "desiredCount") || (target !== undefined && minimum === undefined);
  const fargate = runsOnFargate(service);
  const under = fargate ? [] : (hosts.get(keyOf(service)) ?? []);
  const machines = under.reduce((sum, { count }) => sum + count, 0);
  const wanted = daemon
    ? Math.max(machines, under.length === 0 ? 2 : 1)
    : Math.max(1, minimum ?? desired ?? 1);
  const duty = dutyOfService(resources, service, ways.get(keyOf(service)) ?? []);
  return [
    {
      key: keyOf(service),
      name: service.name,
      type: service.type,
      kind: fargate ? "ECS service on Fargate" : "ECS service",
      platform: "aws",
      ...duty,
      ...networkOfService(resources, service),
      // Tasks on the same machine fail with it.
      count: under.length === 0 ? wanted : Math.min(wanted, machines),
      countKnown: !unknown && (under.length === 0 ? !daemon : under.every(({ countKnown }) => countKnown)),
      zones: zonesOfService(resources, service, under),
      heals: true,
      scales: target !== undefined,
      essential: duty.purpose === "site",
      service: fargate ? "fargate" : "ecs",
      ...(machines > 0 && machines < wanted ? { limitedBy: under[0]?.name ?? "" } : {}),
      resource: service,
    },
  ];
}

/** AWS's own capacity providers are called FARGATE and FARGATE_SPOT; all others are Auto Scaling groups. */
function runsOnFargate(service: ResourceView): boolean {
  if (text(service, "launchType") === "FARGATE") return true;
  return nested(service, "capacityProviderStrategies").some((strategy) =>
    text(strategy, "capacityProvider")?.startsWith("FARGATE"),
  );
}

/** The zones of its own subnets; without a network of their own, tasks are where their machines are. */
function zonesOfService(resources: Resources, service: ResourceView, under: readonly Member[]): Zones {
  const own = nested(service, "networkConfiguration").map((view) =>
    zonesOf(resources, view, [], ["subnets"]),
  );
  return unionOfZones(own.length > 0 ? own : under.map(({ zones }) => zones));
}

function nodeGroup(resources: Resources, group: ResourceView, scales: boolean, visited: boolean): Member {
  const scaling = nested(group, "scalingConfig")[0];
  const desired =
    scaling === undefined ? undefined : (number(scaling, "desiredSize") ?? number(scaling, "minSize"));
  const size = list(group, "instanceTypes").find(
    (value): value is string => typeof value === "string" && !isUnknown(value),
  );
  return {
    key: keyOf(group),
    name: group.name,
    type: group.type,
    kind: "EKS node group",
    platform: "aws",
    purpose: visited ? "site" : "nodes",
    tiers: visited ? ["web", "app"] : [],
    count: Math.max(1, desired ?? 1),
    countKnown: desired !== undefined,
    zones: zonesOf(resources, group, [], ["subnetIds"]),
    heals: true,
    scales,
    essential: visited,
    service: "ec2",
    ...(size === undefined ? {} : { size }),
    resource: group,
  };
}

/** Something in the stack leads visitors into the Kubernetes cluster: a service with a load balancer, an ingress, a gateway. */
export function clusterIsVisited(resources: Resources): boolean {
  if (resources.ofType(nodeGroupType, "aws:eks/cluster:Cluster").length === 0) return false;
  if (resources.ofType("kubernetes:networking.k8s.io/v1:Ingress").length > 0) return true;
  if (
    resources.all.some(({ type }) =>
      /^kubernetes:gateway\.networking\.k8s\.io\/\w+:(Gateway|HTTPRoute)$/.test(type),
    )
  )
    return true;
  return resources
    .ofType("kubernetes:core/v1:Service")
    .some((service) => nested(service, "spec").some((spec) => text(spec, "type") === "LoadBalancer"));
}

/** Node groups grow by software that runs in the cluster; it shows as a chart, an add-on or a role of that name. */
function nodesGrow(resources: Resources): boolean {
  if (resources.ofType(nodeGroupType).length === 0) return false;
  return resources.all.some(({ name }) => /karpenter|cluster-?autoscaler/i.test(name));
}
