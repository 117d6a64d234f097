import { routeLinks, stemOf } from "./links/join";
import type { Links } from "./links/links";
import type { Routes } from "./links/routes";
import { serverLinks } from "./links/servers";
import { appRunnerType, containerServiceType, fargateProfileType } from "./members/applications";
import { environmentType, isSingleInstance } from "./members/beanstalk";
import { clusterType, databaseType, lightsailDatabaseType } from "./members/data";
import { templateOf } from "./members/fleets";
import type { Member } from "./members/member";
import { storeTypes } from "./members/stores";
import { append, keyOf, type Resources } from "./resources";
import { groupType, nodeGroupType } from "./types";
import { UnionFind } from "./unionFind";

/** Finds which members stand in for one another and which send requests to which. */
export function links(resources: Resources, members: readonly Member[], routes: Routes): Links {
  const found: Links = { unions: new UnionFind(), edges: [], balanced: new Set() };
  routeLinks(routes, found);
  serverLinks(members, found);
  for (const { key, type, resource, purpose } of members) {
    if (type === environmentType && !isSingleInstance(resource)) found.balanced.add(key);
    // The cluster's own service or ingress spreads the requests over its nodes.
    if (type === nodeGroupType && purpose === "site") found.balanced.add(key);
    if (balancedByAws.has(type)) found.balanced.add(key);
  }
  quorumLinks(members, found);
  dataLinks(resources, members, found);
  return found;
}

/** A load balancer, or the cluster's own service, comes with these. */
const balancedByAws: ReadonlySet<string> = new Set([appRunnerType, containerServiceType, fargateProfileType]);

/** Members of a quorum that are kept one by one are called alike: `consul-1`, `consul-2`. */
function quorumLinks(members: readonly Member[], found: Links): void {
  const alike = new Map<string, string[]>();
  for (const { key, purpose, name } of members) if (purpose === "quorum") append(alike, stemOf(name), key);
  for (const keys of alike.values()) found.unions.unionAll(keys);
}

const dataTypes = [
  databaseType,
  clusterType,
  lightsailDatabaseType,
  "aws:elasticache/cluster:Cluster",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:elasticache/serverlessCache:ServerlessCache",
  "aws:efs/fileSystem:FileSystem",
  ...storeTypes,
];

/** Machines that are configured with a database's address use it. */
function dataLinks(resources: Resources, members: readonly Member[], found: Links): void {
  for (const member of members) {
    if (!member.tiers.includes("web") && !member.tiers.includes("app")) continue;
    const template = member.type === groupType ? templateOf(resources, member.resource) : undefined;
    for (const resource of [member.resource, template])
      if (resource !== undefined)
        for (const target of resources.dependencies(resource, dataTypes))
          found.edges.push([member.key, keyOf(target)]);
  }
}
