import {
  append,
  flag,
  keyOf,
  nested,
  number,
  type Resources,
  type ResourceView,
  text,
  unknownProperty,
} from "../resources";
import { instanceTypes, templateTypes } from "../types";
import { unionOfZones, zonesOf } from "../zones";
import { taskDefinitionType } from "./containers";
import { managed, sized } from "./managed";
import type { Member, Survival } from "./member";

export const searchTypes = ["aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain"] as const;
const brokerType = "aws:mq/broker:Broker";
const memoryType = "aws:memorydb/cluster:Cluster";
const acceleratorOfTables = "aws:dax/cluster:Cluster";

/** Clusters of instances on storage that AWS spreads over zones, as Aurora has it. */
const clustered = [
  {
    cluster: "aws:docdb/cluster:Cluster",
    instance: "aws:docdb/clusterInstance:ClusterInstance",
    kind: "DocumentDB cluster",
    service: "documentdb",
  },
  {
    cluster: "aws:neptune/cluster:Cluster",
    instance: "aws:neptune/clusterInstance:ClusterInstance",
    kind: "Neptune cluster",
    service: "neptune",
  },
] as const;

/** Type tokens of the stores found here. */
export const storeTypes: readonly string[] = [
  ...clustered.map(({ cluster }) => cluster),
  "aws:docdb/elasticCluster:ElasticCluster",
  ...searchTypes,
  brokerType,
  memoryType,
  acceleratorOfTables,
];

/** Documents, graphs, search indexes, queues and caches that AWS keeps, beside RDS and ElastiCache. */
export function stores(resources: Resources): Member[] {
  return [
    ...clustered.flatMap((each) => clustersOf(resources, each)),
    ...resources.ofType("aws:docdb/elasticCluster:ElasticCluster").map(elasticCluster),
    ...resources.ofType(...searchTypes).map((domain) => searchDomain(resources, domain)),
    ...resources.ofType(brokerType).map(broker),
    ...resources.ofType(memoryType).map(memory),
    ...resources.ofType(acceleratorOfTables).map(accelerator),
  ];
}

function clustersOf(resources: Resources, each: (typeof clustered)[number]): Member[] {
  const clusters = resources.ofType(each.cluster);
  if (clusters.length === 0) return [];
  const instances = new Map<string, ResourceView[]>();
  for (const instance of resources.ofType(each.instance))
    for (const cluster of resources.referred(instance, "clusterIdentifier", [each.cluster]))
      append(instances, keyOf(cluster), instance);
  return clusters.map((cluster) => {
    const members = instances.get(keyOf(cluster)) ?? [];
    const [first] = members;
    const placed = members.map((member) => zonesOf(resources, member, ["availabilityZone"], []));
    const named = placed.length > 0 && placed.every(({ names }) => names.length > 0);
    const zones = named ? unionOfZones(placed) : zonesOf(resources, cluster, ["availabilityZones"], []);
    const oneZone = zones.known && zones.names.length < 2;
    const survives: Survival = members.length < 2 ? "nothing" : oneZone ? "machine" : "zone";
    return {
      ...managed(cluster, each.kind, "database", survives, each.service),
      count: Math.max(1, members.length),
      zones,
      // A cluster of another region takes over when a person says so: requests don't need it before.
      essential: !isCopy(cluster),
      ...(first === undefined ? {} : sized(first, "instanceClass")),
    };
  });
}

/** A cluster without a password of its own in a global one, or one that replicates another. */
function isCopy(cluster: ResourceView): boolean {
  const has = (property: string) => (cluster.properties[property] ?? "") !== "";
  if (has("replicationSourceIdentifier")) return true;
  return (
    has("globalClusterIdentifier") &&
    ["masterPassword", "masterPasswordWo", "manageMasterUserPassword", "snapshotIdentifier"].every(
      (property) => !has(property),
    )
  );
}

/** One instance a shard makes no copy: https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-using-elastic-clusters.html */
function elasticCluster(cluster: ResourceView): Member {
  const copies = number(cluster, "shardInstanceCount") ?? 2;
  return {
    ...managed(
      cluster,
      "DocumentDB elastic cluster",
      "database",
      copies >= 2 ? "zone" : "nothing",
      "documentdb",
    ),
    countKnown: !unknownProperty(cluster, "shardInstanceCount"),
  };
}

function searchDomain(resources: Resources, domain: ResourceView): Member {
  const [configuration] = nested(domain, "clusterConfig");
  const nodes = (configuration === undefined ? undefined : number(configuration, "instanceCount")) ?? 1;
  const spread = configuration !== undefined && flag(configuration, "zoneAwarenessEnabled") === true;
  const standby = configuration !== undefined && flag(configuration, "multiAzWithStandbyEnabled") === true;
  const survives: Survival = nodes < 2 ? "nothing" : spread || standby ? "zone" : "machine";
  return {
    ...managed(domain, "OpenSearch domain", "database", survives, "search"),
    count: nodes,
    countKnown: !unknownProperty(domain, "clusterConfig"),
    // What logs are kept in is no part of the site: it is one where something that serves is configured with the domain.
    essential: isUsed(resources, domain),
    ...(configuration === undefined ? {} : sized(configuration, "instanceType")),
  };
}

const usingTypes = [
  ...instanceTypes,
  ...templateTypes,
  taskDefinitionType,
  "aws:ecs/service:Service",
  "aws:lambda/function:Function",
  "aws:apprunner/service:Service",
  "aws:elasticbeanstalk/environment:Environment",
];

const used = new WeakMap<Resources, ReadonlySet<ResourceView>>();

function isUsed(resources: Resources, domain: ResourceView): boolean {
  const known =
    used.get(resources) ??
    new Set(
      resources.ofType(...usingTypes).flatMap((resource) => resources.dependencies(resource, searchTypes)),
    );
  used.set(resources, known);
  return known.has(domain);
}

function broker(resource: ResourceView): Member {
  const mode = text(resource, "deploymentMode") ?? "SINGLE_INSTANCE";
  return {
    ...managed(resource, "MQ broker", "storage", mode === "SINGLE_INSTANCE" ? "nothing" : "zone", "mq"),
    countKnown: !unknownProperty(resource, "deploymentMode"),
    ...sized(resource, "hostInstanceType"),
  };
}

/** A shard has one replica where nothing else is said. */
function memory(cluster: ResourceView): Member {
  const replicas = number(cluster, "numReplicasPerShard") ?? 1;
  return {
    ...managed(cluster, "MemoryDB cluster", "cache", replicas >= 1 ? "zone" : "nothing", "memorydb"),
    count: replicas + 1,
    countKnown: !unknownProperty(cluster, "numReplicasPerShard"),
    ...sized(cluster, "nodeType"),
  };
}

function accelerator(cluster: ResourceView): Member {
  const nodes = number(cluster, "replicationFactor") ?? 1;
  return {
    ...managed(cluster, "DAX cluster", "cache", nodes >= 2 ? "zone" : "nothing", "dax"),
    count: Math.max(1, nodes),
    countKnown: !unknownProperty(cluster, "replicationFactor"),
    ...sized(cluster, "nodeType"),
  };
}
