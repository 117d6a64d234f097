import type { Member } from "./members/member";
import type { ResourceView } from "./resources";

/** What gives a store a second copy that takes over, or a service a second node. */
export interface SecondCopy {
  /** For people: `Set multiAz: true on db`. */
  readonly what: string;
  /** The properties that change on the resource itself. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Or a resource that comes in addition. */
  readonly added?: ResourceView;
}

/** For what AWS keeps; undefined where the way to a second copy is another service, or another machine. */
export function secondCopy(member: Member): SecondCopy | undefined {
  const { name, type, service, resource, size } = member;
  if (type === "aws:docdb/elasticCluster:ElasticCluster")
    return set(`Set shardInstanceCount: 2 or more on ${name}`, { shardInstanceCount: 2 });
  switch (service) {
    case "rds":
      return set(`Set multiAz: true on ${name}`, { multiAz: true });
    case "aurora":
      return secondInstance(member, "rds");
    case "documentdb":
      return secondInstance(member, "docdb");
    case "neptune":
      return secondInstance(member, "neptune");
    case "search":
      return set(
        `Set clusterConfig: { instanceCount: 2, zoneAwarenessEnabled: true } or more on ${name}, with a replica for each index`,
        { clusterConfig: { instanceType: size, instanceCount: 2, zoneAwarenessEnabled: true } },
      );
    case "mq":
      return secondBroker(resource, name);
    case "memorydb":
      return set(`Set numReplicasPerShard: 1 or more on ${name}`, { numReplicasPerShard: 1 });
    case "dax":
      return set(`Set replicationFactor: 3 on ${name}, with subnets in three zones`, {
        replicationFactor: 3,
      });
    case "lightsailContainer":
      return set(`Set scale: 2 or more on ${name}`, { scale: 2 });
    case "lightsailDatabase": {
      const { bundleId } = resource.properties;
      const bundle = typeof bundleId === "string" ? bundleId.replace(/_(?=\d)/, "_ha_") : bundleId;
      return set(`Move ${name} to a high availability bundle (…_ha_…)`, { bundleId: bundle });
    }
    default:
      return undefined;
  }
}

function set(what: string, properties: Record<string, unknown>): SecondCopy {
  return { what, properties };
}

function secondInstance({ name, size, resource }: Member, module: string): SecondCopy {
  return {
    what: `Add a second aws.${module}.ClusterInstance to ${name}, in another zone`,
    added: {
      type: `aws:${module}/clusterInstance:ClusterInstance`,
      name: `${name}-2`,
      properties: { instanceClass: size, engine: resource.properties.engine },
    },
  };
}

/** AWS can't change a broker's mode in place. */
function secondBroker({ properties }: ResourceView, name: string): SecondCopy {
  const rabbit = String(properties.engineType).toLowerCase() === "rabbitmq";
  const deploymentMode = rabbit ? "CLUSTER_MULTI_AZ" : "ACTIVE_STANDBY_MULTI_AZ";
  return {
    what: `Make a broker with deploymentMode: "${deploymentMode}" beside ${name}, move its producers and consumers there, and delete ${name} when its queues are empty`,
    properties: { deploymentMode },
  };
}
