import {
  append,
  flag,
  isUnknown,
  keyOf,
  nested,
  number,
  type Resources,
  type ResourceView,
  texts,
} from "../resources";
import {
  acceleratorType,
  balancerType,
  bucketTypes,
  classicBalancerType,
  distributionType,
  ecsServiceType,
  groupType,
  instanceType,
  lightsailBalancerType,
  listenerType,
  targetGroupType,
} from "../types";
import type { Way } from "../way";

const listenerRuleType = "aws:lb/listenerRule:ListenerRule";
const functionType = "aws:lambda/function:Function";
const attachableTypes = [instanceType, balancerType, functionType];
const originTypes = [balancerType, classicBalancerType, instanceType, ...bucketTypes];

/** Members that get requests from the same place. */
export interface Pool extends Way {
  /** Keys of what sends the requests; empty where it stands outside of the stack. */
  readonly from: readonly string[];
  /** Keys of the members, in the order in which the stack names them. */
  readonly members: readonly string[];
  /** They stand in for one another: requests go only to those that live. */
  readonly joins: boolean;
}

/** Everything that sends requests on: load balancers of each kind, content delivery, accelerators, gateways. */
export function poolsOf(resources: Resources): Pool[] {
  const pools = [
    ...targetGroupPools(resources),
    ...classicPools(resources),
    ...lightsailPools(resources),
    ...acceleratorPools(resources),
    ...distributionPools(resources),
    ...gatewayPools(resources),
  ].filter(({ members }) => members.length > 0);
  // An internal balancer behind something that visitors reach serves visitors.
  const reached = new Set(pools.filter(({ open }) => open).flatMap(({ members }) => members));
  return pools.map((pool) =>
    pool.open || !pool.from.some((key) => reached.has(key)) ? pool : { ...pool, open: true },
  );
}

/** A balancer's listener that sends requests to a target group. */
interface Listening {
  readonly balancer: ResourceView;
  readonly port: number | undefined;
}

function targetGroupPools(resources: Resources): Pool[] {
  const listening = listeningOfGroups(resources);
  return [...targetsOfGroups(resources)].map(([group, members]) => {
    const listeners = listening.get(group) ?? [];
    const view = resources.get(group);
    const ports = [
      ...listeners.map(({ port }) => port),
      view === undefined ? undefined : number(view, "port"),
    ];
    return {
      by: "balancer",
      from: [...new Set(listeners.map(({ balancer }) => keyOf(balancer)))],
      members: [...new Set(members)],
      joins: true,
      // A balancer outside of the stack is taken for one that visitors reach.
      open: listeners.length === 0 || listeners.some(({ balancer }) => !isInternal(balancer)),
      ports: ports.filter((port) => port !== undefined),
    };
  });
}

/** True for a load balancer that only the inside of the network reaches. */
export function isInternal(balancer: ResourceView): boolean {
  return flag(balancer, "internal") === true;
}

/** The keys of target groups that a property names; a group outside of the stack is known by its ARN. */
function targetGroups(resources: Resources, resource: ResourceView, property: string): string[] {
  const inside = resources.referred(resource, property, [targetGroupType]);
  if (inside.length > 0) return inside.map(keyOf);
  return texts(resource, property).filter((arn) => !isUnknown(arn) && arn.startsWith("arn:"));
}

/** For each target group the keys of what it sends requests to. */
function targetsOfGroups(resources: Resources): Map<string, string[]> {
  const targets = new Map<string, string[]>();
  for (const attachment of resources.ofType("aws:lb/targetGroupAttachment:TargetGroupAttachment"))
    for (const group of targetGroups(resources, attachment, "targetGroupArn"))
      for (const target of resources.referred(attachment, "targetId", attachableTypes))
        append(targets, group, owner(resources, target));
  for (const attachment of resources.ofType("aws:autoscaling/attachment:Attachment"))
    for (const property of ["lbTargetGroupArn", "albTargetGroupArn"])
      for (const group of targetGroups(resources, attachment, property))
        for (const fleet of resources.referred(attachment, "autoscalingGroupName", [groupType]))
          append(targets, group, keyOf(fleet));
  for (const source of resources.ofType("aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment"))
    for (const identifier of nested(source, "trafficSource"))
      for (const group of targetGroups(resources, identifier, "identifier"))
        for (const fleet of resources.referred(source, "autoscalingGroupName", [groupType]))
          append(targets, group, keyOf(fleet));
  for (const fleet of resources.ofType(groupType)) {
    for (const group of targetGroups(resources, fleet, "targetGroupArns"))
      append(targets, group, keyOf(fleet));
    for (const source of nested(fleet, "trafficSources"))
      for (const group of targetGroups(resources, source, "identifier")) append(targets, group, keyOf(fleet));
  }
  for (const service of resources.ofType(ecsServiceType))
    for (const group of groupsOfService(resources, service)) append(targets, group, keyOf(service));
  return targets;
}

/** Where the whole property isn't known yet, what it comes from still names the target groups. */
function groupsOfService(resources: Resources, service: ResourceView): string[] {
  const balancers = nested(service, "loadBalancers");
  if (balancers.length > 0)
    return balancers.flatMap((balancer) => targetGroups(resources, balancer, "targetGroupArn"));
  return isUnknown(service.properties.loadBalancers) ? targetGroups(resources, service, "loadBalancers") : [];
}

/** An instance inside a server component of this project stands for the component. */
function owner(resources: Resources, instance: ResourceView): string {
  const server = resources.ancestors(instance).find(({ type }) => /^one-server-web:\w+:Server$/.test(type));
  return keyOf(server ?? instance);
}

/** For each target group the listeners that send requests to it. */
function listeningOfGroups(resources: Resources): Map<string, Listening[]> {
  const found = new Map<string, Listening[]>();
  const add = (listener: ResourceView, rule: ResourceView, property: string) => {
    const groups = forwarded(resources, rule, property);
    if (groups.length === 0) return;
    for (const balancer of resources.referred(listener, "loadBalancerArn", [balancerType]))
      for (const group of groups) append(found, group, { balancer, port: number(listener, "port") });
  };
  for (const listener of resources.ofType(listenerType)) add(listener, listener, "defaultActions");
  for (const rule of resources.ofType(listenerRuleType))
    for (const listener of resources.referred(rule, "listenerArn", [listenerType]))
      add(listener, rule, "actions");
  return found;
}

/** The target groups in a listener's actions, at any depth. */
function forwarded(resources: Resources, listener: ResourceView, property: string): string[] {
  const sources = listener.propertyDependencies?.[property] ?? [];
  const view: ResourceView = {
    ...listener,
    properties: { arns: stringsIn(listener.properties[property]) },
    propertyDependencies: { arns: sources },
  };
  return targetGroups(resources, view, "arns");
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

function classicPools(resources: Resources): Pool[] {
  const targets = new Map<string, string[]>();
  for (const balancer of resources.ofType(classicBalancerType))
    for (const instance of resources.referred(balancer, "instances", [instanceType]))
      append(targets, keyOf(balancer), owner(resources, instance));
  for (const attachment of resources.ofType("aws:elb/attachment:Attachment"))
    for (const balancer of resources.referred(attachment, "elb", [classicBalancerType]))
      for (const instance of resources.referred(attachment, "instance", [instanceType]))
        append(targets, keyOf(balancer), owner(resources, instance));
  for (const attachment of resources.ofType("aws:autoscaling/attachment:Attachment"))
    for (const balancer of resources.referred(attachment, "elb", [classicBalancerType]))
      for (const fleet of resources.referred(attachment, "autoscalingGroupName", [groupType]))
        append(targets, keyOf(balancer), keyOf(fleet));
  for (const fleet of resources.ofType(groupType))
    for (const balancer of resources.referred(fleet, "loadBalancers", [classicBalancerType]))
      append(targets, keyOf(balancer), keyOf(fleet));
  for (const service of resources.ofType(ecsServiceType))
    for (const settings of nested(service, "loadBalancers"))
      for (const balancer of resources.referred(settings, "elbName", [classicBalancerType]))
        append(targets, keyOf(balancer), keyOf(service));
  return [...targets].map(([key, members]) => {
    const balancer = resources.get(key);
    const listeners = balancer === undefined ? [] : nested(balancer, "listeners");
    return {
      by: "balancer",
      from: [key],
      members: [...new Set(members)],
      joins: true,
      open: balancer === undefined || !isInternal(balancer),
      ports: listeners.flatMap((listener) => number(listener, "lbPort") ?? []),
    };
  });
}

function lightsailPools(resources: Resources): Pool[] {
  const targets = new Map<string, string[]>();
  for (const attachment of resources.ofType("aws:lightsail/lbAttachment:LbAttachment"))
    for (const balancer of resources.referred(attachment, "lbName", [lightsailBalancerType]))
      for (const instance of resources.referred(attachment, "instanceName", [
        "aws:lightsail/instance:Instance",
      ]))
        append(targets, keyOf(balancer), keyOf(instance));
  return [...targets].map(([key, members]) => joined("balancer", key, members));
}

function joined(by: Way["by"], from: string, members: readonly string[]): Pool {
  return { by, from: [from], members: [...new Set(members)], joins: true, open: true, ports: [] };
}

function leading(by: Way["by"], from: string, members: readonly string[]): Pool {
  return { ...joined(by, from, members), joins: false };
}

/** Global Accelerator asks its endpoints for their health. Load balancers among them keep their own count: they are led to, and stand in for each other. */
function acceleratorPools(resources: Resources): Pool[] {
  const machines = new Map<string, string[]>();
  const balancers = new Map<string, string[]>();
  for (const group of resources.ofType("aws:globalaccelerator/endpointGroup:EndpointGroup"))
    for (const listener of resources.referred(group, "listenerArn", [
      "aws:globalaccelerator/listener:Listener",
    ]))
      for (const accelerator of resources.referred(listener, "acceleratorArn", [acceleratorType]))
        for (const endpoint of nested(group, "endpointConfigurations"))
          for (const target of resources.referred(endpoint, "endpointId", attachableTypes))
            append(
              target.type === balancerType ? balancers : machines,
              keyOf(accelerator),
              owner(resources, target),
            );
  return [
    ...[...machines].map(([key, members]) => joined("accelerator", key, members)),
    ...[...balancers].map(([key, members]) => joined("accelerator", key, members)),
  ];
}

/** CloudFront leads to its origins; those of an origin group stand in for one another. */
function distributionPools(resources: Resources): Pool[] {
  return resources.ofType(distributionType).flatMap((distribution) => {
    const targets = new Map<string, string[]>();
    for (const origin of nested(distribution, "origins")) {
      const vpcOrigins = nested(origin, "vpcOriginConfig")
        .flatMap((inner) => resources.referred(inner, "vpcOriginId", ["aws:cloudfront/vpcOrigin:VpcOrigin"]))
        .flatMap((vpcOrigin) => nested(vpcOrigin, "vpcOriginEndpointConfig"))
        .flatMap((inner) => resources.referred(inner, "arn", originTypes));
      for (const target of [...resources.referred(origin, "domainName", originTypes), ...vpcOrigins])
        append(targets, String(origin.properties.originId), owner(resources, target));
    }
    const groups = nested(distribution, "originGroups").map((group) =>
      nested(group, "members").flatMap(({ properties }) => targets.get(String(properties.originId)) ?? []),
    );
    return [
      leading("content delivery", keyOf(distribution), [...targets.values()].flat()),
      ...groups.map((members) => joined("content delivery", keyOf(distribution), members)),
    ];
  });
}

/** API Gateway leads to balancers, and to machines by their address. */
function gatewayPools(resources: Resources): Pool[] {
  const types = [balancerType, listenerType, instanceType];
  const integrations = [
    ...resources
      .ofType("aws:apigatewayv2/integration:Integration")
      .map((integration) => ({ integration, property: "integrationUri" })),
    ...resources
      .ofType("aws:apigateway/integration:Integration")
      .map((integration) => ({ integration, property: "uri" })),
  ];
  return integrations.map(({ integration, property }) => {
    const targets = resources.referred(integration, property, types);
    const links = resources
      .referred(integration, "connectionId", ["aws:apigateway/vpcLink:VpcLink"])
      .flatMap((link) => resources.referred(link, "targetArn", [balancerType]));
    const members = [...targets, ...links].flatMap((target) =>
      target.type === listenerType
        ? resources.referred(target, "loadBalancerArn", [balancerType]).map(keyOf)
        : [owner(resources, target)],
    );
    return leading("gateway", keyOf(integration), members);
  });
}
