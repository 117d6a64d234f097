import { append, keyOf, nested, type Resources, type ResourceView, text, texts } from "../resources";
import { groupType, templateTypes } from "../types";
import type { Member } from "./member";
import { startScript } from "./words";

const clusterType = "aws:ecs/cluster:Cluster";
const providerType = "aws:ecs/capacityProvider:CapacityProvider";
const serviceType = "aws:ecs/service:Service";

/** For each ECS service, by key, the machines and groups of machines that its tasks run on. */
export type Hosts = ReadonlyMap<string, readonly Member[]>;

/** Finds the machines under ECS services: by capacity providers, by the cluster that a start-up script joins, or because there is one of each. */
export function hostsOf(resources: Resources, groups: readonly Member[]): Hosts {
  const services = resources.ofType(serviceType);
  if (services.length === 0 || groups.length === 0) return new Map();
  const byCluster = machinesOfClusters(resources, groups);
  const byProvider = machinesOfProviders(resources, groups);
  const found = new Map<string, readonly Member[]>();
  for (const service of services) {
    const provided = nested(service, "capacityProviderStrategies").flatMap((strategy) =>
      resources
        .referred(strategy, "capacityProvider", [providerType])
        .flatMap((provider) => byProvider.get(keyOf(provider)) ?? []),
    );
    const clusters = resources.referred(service, "cluster", [clusterType]);
    const joined = clusters.flatMap((cluster) => byCluster.get(keyOf(cluster)) ?? []);
    const under = provided.length > 0 ? provided : joined;
    if (under.length > 0) found.set(keyOf(service), [...new Set(under)]);
  }
  return found;
}

/** For each capacity provider the groups that it starts machines in. */
function machinesOfProviders(resources: Resources, groups: readonly Member[]): Map<string, Member[]> {
  const byKey = new Map(groups.map((member) => [member.key, member]));
  const found = new Map<string, Member[]>();
  for (const provider of resources.ofType(providerType))
    for (const settings of nested(provider, "autoScalingGroupProvider"))
      for (const group of resources.referred(settings, "autoScalingGroupArn", [groupType])) {
        const member = byKey.get(keyOf(group));
        if (member !== undefined) append(found, keyOf(provider), member);
      }
  return found;
}

function machinesOfClusters(resources: Resources, groups: readonly Member[]): Map<string, Member[]> {
  const found = new Map<string, Member[]>();
  const byProvider = machinesOfProviders(resources, groups);
  for (const link of resources.ofType("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"))
    for (const cluster of resources.referred(link, "clusterName", [clusterType]))
      for (const provider of resources.referred(link, "capacityProviders", [providerType]))
        for (const member of byProvider.get(keyOf(provider)) ?? []) append(found, keyOf(cluster), member);
  const clusters = resources.ofType(clusterType);
  for (const cluster of clusters)
    for (const provider of resources.referred(cluster, "capacityProviders", [providerType]))
      for (const member of byProvider.get(keyOf(provider)) ?? []) append(found, keyOf(cluster), member);
  for (const member of groups)
    for (const cluster of clustersJoined(resources, member.resource, clusters))
      append(found, keyOf(cluster), member);
  return found;
}

/** The clusters that a group's machines join in their start-up script. */
function clustersJoined(
  resources: Resources,
  group: ResourceView,
  clusters: readonly ResourceView[],
): readonly ResourceView[] {
  const sources = [group, ...resources.dependencies(group, templateTypes)];
  return sources.flatMap((template) => {
    const named = ["userData", "userDataBase64"].flatMap((property) =>
      (template.propertyDependencies?.[property] ?? []).flatMap((key) => resources.get(key) ?? []),
    );
    const referred = named.filter(({ type }) => type === clusterType);
    if (referred.length > 0) return referred;
    const script = startScript(template);
    const name = /\bECS_CLUSTER=["']?([\w-]+)/.exec(script)?.[1];
    if (name === undefined) return [];
    const sameName = clusters.filter((cluster) =>
      [text(cluster, "name"), ...texts(cluster, "id")].includes(name),
    );
    return sameName.length > 0 || clusters.length > 1 ? sameName : clusters;
  });
}
