import type { Member } from "../members/member";
import type { ResourceView } from "../resources";
import { secondCopy } from "../secondCopy";
import type { Group } from "../topology";
import type { Part } from "./change";

/** A standby for a group that nothing stands in for, which isn't the web servers' own. */
export function standby(group: Group, databaseSize: string): Part {
  const [member] = group.members as [Member];
  if (member.service === "elasticache") return secondNode(member);
  const second = secondCopy(member);
  if (second === undefined) return inPlaceOf(group, member, databaseSize);
  const { what, properties, added } = second;
  if (added !== undefined) return { what, before: [], after: [added] };
  const { resource } = member;
  return {
    what,
    before: [resource],
    after: [{ ...resource, properties: { ...resource.properties, ...properties } }],
  };
}

/** A node alone can't fail over: a replication group of two takes its place. */
function secondNode({ name, resource, size, type }: Member): Part {
  const alone = type === "aws:elasticache/cluster:Cluster";
  const failover = { automaticFailoverEnabled: true, multiAzEnabled: true, numCacheClusters: 2 };
  const group: ResourceView = alone
    ? {
        type: "aws:elasticache/replicationGroup:ReplicationGroup",
        name,
        properties: { nodeType: size, engine: "redis", ...failover },
      }
    : { ...resource, properties: { ...resource.properties, ...failover } };
  return {
    what: alone
      ? `Make an aws.elasticache.ReplicationGroup of two nodes of ${name}, with automaticFailoverEnabled and multiAzEnabled`
      : `Set automaticFailoverEnabled and multiAzEnabled on ${name}, with two nodes or more`,
    before: [resource],
    after: [group],
  };
}

/** A store that AWS keeps in place of one on a machine or task. */
function inPlaceOf(group: Group, { name, resource }: Member, databaseSize: string): Part {
  if (group.tiers.includes("cache") && !group.tiers.includes("database"))
    return {
      what: `Move the cache of ${name} to an aws.elasticache.ReplicationGroup of two nodes`,
      before: [resource],
      after: [
        {
          type: "aws:elasticache/replicationGroup:ReplicationGroup",
          name,
          properties: { nodeType: "cache.t4g.small", engine: "redis", numCacheClusters: 2 },
        },
      ],
    };
  return {
    what: `Move the database of ${name} to an aws.rds.Instance with multiAz: true`,
    before: [resource],
    after: [managedDatabase(name, databaseSize, true)],
  };
}

/** A database with 20 GB, as the models of the ladder have it. */
export function managedDatabase(name: string, instanceClass: string, multiAz: boolean): ResourceView {
  return {
    type: "aws:rds/instance:Instance",
    name: `${name}-database`,
    properties: { instanceClass, allocatedStorage: 20, multiAz },
  };
}
