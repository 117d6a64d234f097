import {
  acceleratorType,
  balancerType,
  classicBalancerType,
  distributionType,
  lightsailBalancerType,
} from "../members/entrances";
import { ecsServiceType, groupType } from "../members/fleets";
import { nested } from "../members/roles";
import { append, isUnknown, keyOf, type Resources, type ResourceView, texts } from "../resources";
import type { Links } from "./links";

const targetGroupType = "aws:lb/targetGroup:TargetGroup";
const listenerType = "aws:lb/listener:Listener";
const listenerRuleType = "aws:lb/listenerRule:ListenerRule";
const attachableTypes = ["aws:ec2/instance:Instance", balancerType];

/** Load balancers: what stands behind the same one stands in for one another. */
export function balancerLinks(resources: Resources, found: Links): void {
  const targets = targetsOfGroups(resources);
  const balancers = balancersOfGroups(resources);
  for (const [group, keys] of targets) {
    found.unions.unionAll(keys);
    for (const key of keys) {
      found.balanced.add(key);
      for (const balancer of balancers.get(group) ?? []) found.edges.push([balancer, key]);
    }
  }
  classicLinks(resources, found);
  lightsailLinks(resources, found);
  acceleratorLinks(resources, found);
  for (const distribution of resources.ofType(distributionType))
    for (const origin of nested(distribution, "origins"))
      for (const target of resources.referred(origin, "domainName", originTypes))
        found.edges.push([keyOf(distribution), keyOf(target)]);
}

const originTypes = [
  balancerType,
  classicBalancerType,
  "aws:ec2/instance:Instance",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
];

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
  for (const fleet of resources.ofType(groupType)) {
    for (const group of targetGroups(resources, fleet, "targetGroupArns"))
      append(targets, group, keyOf(fleet));
    for (const source of nested(fleet, "trafficSources"))
      for (const group of targetGroups(resources, source, "identifier")) append(targets, group, keyOf(fleet));
  }
  for (const service of resources.ofType(ecsServiceType))
    for (const balancer of nested(service, "loadBalancers"))
      for (const group of targetGroups(resources, balancer, "targetGroupArn"))
        append(targets, group, keyOf(service));
  return targets;
}

/** An instance inside a server component of this project stands for the component. */
function owner(resources: Resources, instance: ResourceView): string {
  const server = resources.ancestors(instance).find(({ type }) => /^one-server-web:\w+:Server$/.test(type));
  return keyOf(server ?? instance);
}

/** For each target group the keys of the load balancers that send requests to it. */
function balancersOfGroups(resources: Resources): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const listener of resources.ofType(listenerType)) {
    const balancers = resources.referred(listener, "loadBalancerArn", [balancerType]).map(keyOf);
    for (const group of forwarded(resources, listener, "defaultActions"))
      for (const balancer of balancers) append(found, group, balancer);
  }
  for (const rule of resources.ofType(listenerRuleType))
    for (const listener of resources.referred(rule, "listenerArn", [listenerType]))
      for (const balancer of resources.referred(listener, "loadBalancerArn", [balancerType]))
        for (const group of forwarded(resources, rule, "actions")) append(found, group, keyOf(balancer));
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

function classicLinks(resources: Resources, found: Links): void {
  const targets = new Map<string, string[]>();
  for (const balancer of resources.ofType(classicBalancerType))
    for (const instance of resources.referred(balancer, "instances", ["aws:ec2/instance:Instance"]))
      append(targets, keyOf(balancer), owner(resources, instance));
  for (const attachment of resources.ofType("aws:elb/attachment:Attachment"))
    for (const balancer of resources.referred(attachment, "elb", [classicBalancerType]))
      for (const instance of resources.referred(attachment, "instance", ["aws:ec2/instance:Instance"]))
        append(targets, keyOf(balancer), owner(resources, instance));
  for (const fleet of resources.ofType(groupType))
    for (const balancer of resources.referred(fleet, "loadBalancers", [classicBalancerType]))
      append(targets, keyOf(balancer), keyOf(fleet));
  join(targets, found);
}

function lightsailLinks(resources: Resources, found: Links): void {
  const targets = new Map<string, string[]>();
  for (const attachment of resources.ofType("aws:lightsail/lbAttachment:LbAttachment"))
    for (const balancer of resources.referred(attachment, "lbName", [lightsailBalancerType]))
      for (const instance of resources.referred(attachment, "instanceName", [
        "aws:lightsail/instance:Instance",
      ]))
        append(targets, keyOf(balancer), keyOf(instance));
  join(targets, found);
}

/** Global Accelerator asks its endpoints for their health. Load balancers among them keep their own count: they are led to, not joined. */
function acceleratorLinks(resources: Resources, found: Links): void {
  const targets = new Map<string, string[]>();
  for (const group of resources.ofType("aws:globalaccelerator/endpointGroup:EndpointGroup"))
    for (const listener of resources.referred(group, "listenerArn", [
      "aws:globalaccelerator/listener:Listener",
    ]))
      for (const accelerator of resources.referred(listener, "acceleratorArn", [acceleratorType]))
        for (const endpoint of nested(group, "endpointConfigurations"))
          for (const target of resources.referred(endpoint, "endpointId", attachableTypes))
            if (target.type === balancerType) found.edges.push([keyOf(accelerator), keyOf(target)]);
            else append(targets, keyOf(accelerator), owner(resources, target));
  join(targets, found);
}

function join(targets: ReadonlyMap<string, readonly string[]>, found: Links): void {
  for (const [balancer, keys] of targets) {
    found.unions.unionAll(keys);
    for (const key of keys) {
      found.balanced.add(key);
      found.edges.push([balancer, key]);
    }
  }
}
