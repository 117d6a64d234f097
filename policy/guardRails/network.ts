import { usersOfGroups } from "../groupUsers";
import { readTask, taskOf } from "../members/containers";
import { templateOf } from "../members/fleets";
import {
  groupRuleTypes,
  isUnrestricted,
  lets,
  lightsailPortsType,
  type Opening,
  openingsIn,
  securityGroupTypes,
} from "../openings";
import { append, flag, keyOf, nested, number, type Resources, type ResourceView } from "../resources";
import type { Topology } from "../topology";
import { balancerType, classicBalancerType, ecsServiceType, groupType, listenerType } from "../types";
import type { StackFault, StackRail } from "./stackRail";

const remotePorts: Readonly<Record<number, string>> = { 22: "SSH", 3389: "Remote Desktop" };
const databasePorts: Readonly<Record<number, string>> = {
  1433: "SQL Server",
  3306: "MySQL",
  5432: "PostgreSQL",
  6379: "Redis",
  11211: "Memcached",
  27017: "MongoDB",
};

/** What listens behind a security group: everything on a machine, only some ports elsewhere. */
interface Listener {
  readonly kind: "machine" | "store" | "container" | "balancer";
  /** Undefined for every port. */
  readonly ports: readonly number[] | undefined;
  /** Whether the internet gets there at all. */
  readonly reachable: boolean;
  readonly key: string;
  readonly name: string;
}

/** Stores by type: whether they may have an address in the internet. Each listens on its own port alone. */
const stores: Readonly<Record<string, boolean>> = {
  "aws:rds/instance:Instance": true,
  "aws:rds/cluster:Cluster": false,
  "aws:rds/proxy:Proxy": false,
  "aws:redshift/cluster:Cluster": true,
  "aws:redshiftserverless/workgroup:Workgroup": true,
  "aws:docdb/cluster:Cluster": false,
  "aws:neptune/cluster:Cluster": false,
  "aws:elasticache/cluster:Cluster": false,
  "aws:elasticache/replicationGroup:ReplicationGroup": false,
  "aws:elasticache/serverlessCache:ServerlessCache": false,
  "aws:memorydb/cluster:Cluster": false,
  "aws:dax/cluster:Cluster": false,
};

/** These open connections and take none, or take only those of services of AWS. */
const silent =
  /^aws:(lambda|codebuild|apprunner|vpc|glue|apigatewayv2|efs|eks\/cluster|ec2\/vpcEndpoint|ec2clientvpn|synthetics|mwaa|dms|appstream|workspaces|transfer|fsx|sagemaker|scheduler|pipes)|^aws:ec2\/vpcEndpoint:|^aws:ecs\/(cluster|capacityProvider):/;

/** What listens behind a rule; undefined where nothing in the stack uses its group. */
function listenersBehind(resources: Resources, rule: ResourceView): Listener[] | undefined {
  if (rule.type === lightsailPortsType)
    return [{ kind: "machine", ports: undefined, reachable: true, key: keyOf(rule), name: rule.name }];
  const groups = groupRuleTypes.includes(rule.type)
    ? resources.referred(rule, "securityGroupId", securityGroupTypes)
    : [rule];
  const users = groups.flatMap((group) => usersOfGroups(resources).get(keyOf(group)) ?? []);
  return users.length === 0 ? undefined : users.flatMap((user) => listener(resources, user));
}

function listener(resources: Resources, user: ResourceView): Listener[] {
  const { name, type } = user;
  const key = keyOf(user);
  if (silent.test(type)) return [];
  if (type === balancerType || type === classicBalancerType)
    return [{ kind: "balancer", ports: portsOfBalancer(resources, user), reachable: true, key, name }];
  const store = stores[type];
  if (store !== undefined)
    return [
      { kind: "store", ports: portsOfStore(user), reachable: isReachable(resources, user, store), key, name },
    ];
  if (/^aws:(ecs|cloudwatch|scheduler)\//.test(type)) {
    const task = type === ecsServiceType ? taskOf(resources, user) : readTask(user);
    const ports = task?.containers.flatMap((container) => container.ports) ?? [];
    return [{ kind: "container", ports, reachable: true, key, name }];
  }
  return [{ kind: "machine", ports: undefined, reachable: true, key, name }];
}

/** A port that isn't the usual one of its engine. */
function portsOfStore(store: ResourceView): number[] {
  const port = number(store, "port");
  return port === undefined ? [] : [port];
}

function isReachable(resources: Resources, store: ResourceView, possible: boolean): boolean {
  return (possible && isPublic(store)) || indexOf(resources).publicClusters.has(keyOf(store));
}

function isPublic(store: ResourceView): boolean {
  return flag(store, "publiclyAccessible") === true;
}

/** What is looked up for several security groups, by stack. */
interface Index {
  /** For each load balancer the ports of its listeners. */
  readonly listening: ReadonlyMap<string, readonly number[]>;
  /** Clusters of databases with an instance that has a public address. */
  readonly publicClusters: ReadonlySet<string>;
}

const indexes = new WeakMap<Resources, Index>();

function indexOf(resources: Resources): Index {
  const known = indexes.get(resources);
  if (known !== undefined) return known;
  const listening = new Map<string, number[]>();
  for (const each of resources.ofType(listenerType))
    for (const balancer of resources.referred(each, "loadBalancerArn", [balancerType]))
      append(listening, keyOf(balancer), number(each, "port") ?? 0);
  const publicClusters = new Set(
    resources
      .ofType("aws:rds/clusterInstance:ClusterInstance")
      .filter(isPublic)
      .flatMap((each) => resources.referred(each, "clusterIdentifier", ["aws:rds/cluster:Cluster"]))
      .map(keyOf),
  );
  const index = { listening, publicClusters };
  indexes.set(resources, index);
  return index;
}

function portsOfBalancer(resources: Resources, balancer: ResourceView): number[] {
  const own = nested(balancer, "listeners").flatMap((inner) => number(inner, "lbPort") ?? []);
  return [...own, ...(indexOf(resources).listening.get(keyOf(balancer)) ?? [])];
}

const isMachine = ({ kind }: Listener) => kind === "machine";

/** The openings to the world that let a login in. */
function loginOpenings(resource: ResourceView): Opening[] {
  return openingsIn(resource).filter(
    (opening) => opening.world && Object.keys(remotePorts).some((port) => lets(opening, Number(port))),
  );
}

function namesOf(openings: readonly Opening[], ports: Readonly<Record<number, string>>): string {
  return Object.entries(ports)
    .filter(([port]) => openings.some((opening) => lets(opening, Number(port))))
    .map(([port, name]) => `${name} (port ${port})`)
    .join(" and ");
}

const types = [...securityGroupTypes, ...groupRuleTypes, lightsailPortsType];

export const sshOpenToWorld: StackRail = {
  name: "ssh-open-to-the-world",
  displayName: "Logins are open to known networks only",
  description: "Finds SSH and Remote Desktop ports of machines that every address may reach.",
  severity: "high",
  remediation:
    "Allow your own addresses only, or use AWS Systems Manager's Session Manager and open no port at all.",
  types,
  faults: ({ resources }) =>
    resources.ofType(...types).flatMap((resource): StackFault[] => {
      const openings = loginOpenings(resource);
      if (openings.length === 0) return [];
      const behind = listenersBehind(resources, resource);
      const login = behind === undefined || behind.some(isMachine) || behind.some(listensForLogin);
      if (!login) return [];
      const line = `${resource.name} opens ${namesOf(openings, remotePorts)} to every address: machines try passwords there all day. Put your own address in place of 0.0.0.0/0, such as 203.0.113.7/32.`;
      return [{ resource, line, severity: "high" }];
    }),
};

/** A container, or a balancer that leads to machines, may listen for logins too. */
function listensForLogin({ kind, ports }: Listener): boolean {
  return (kind === "container" || kind === "balancer") && ports?.some((port) => port in remotePorts) === true;
}

export const databaseOpenToWorld: StackRail = {
  name: "database-open-to-the-world",
  displayName: "Databases are reached from the site alone",
  description:
    "Finds database and cache ports that every address may reach, where something may listen there.",
  severity: "critical",
  level: "mandatory",
  remediation: "Allow the security group of the web servers only.",
  types,
  faults: (site) =>
    site.resources.ofType(...types).flatMap((resource): StackFault[] => {
      const open = openingsIn(resource).filter(({ world, protocol }) => world && protocol !== "other");
      if (open.length === 0) return [];
      const behind = listenersBehind(site.resources, resource);
      const own = behind?.flatMap(({ kind, ports }) => (kind === "store" ? (ports ?? []) : [])) ?? [];
      const wanted = [...Object.keys(databasePorts).map(Number), ...own];
      const openings = open.filter((opening) => wanted.some((port) => lets(opening, port)));
      if (openings.length === 0) return [];
      const fault = openDatabase(site, resource, openings, behind);
      return fault === undefined ? [] : [{ resource, ...fault }];
    }),
};

function openDatabase(
  site: Topology,
  resource: ResourceView,
  openings: readonly Opening[],
  behind: readonly Listener[] | undefined,
): Omit<StackFault, "resource"> | undefined {
  const named = behind?.find(
    ({ kind, ports }) => kind !== "machine" && kind !== "store" && keepsData(ports, openings),
  );
  const store = behind?.find(({ kind, reachable }) => kind === "store" && reachable);
  const inside = behind?.find(({ kind }) => kind === "store");
  const onMachines = behind === undefined || behind.some(isMachine);
  const instead = `Name the web servers' security group instead of 0.0.0.0/0: securityGroups: [web.id].`;
  const what = namesOf(openings, databasePorts);
  if (store !== undefined)
    return {
      line: `${resource.name} opens ${store.name} to every address, and it has one in the internet. ${instead}`,
      severity: "critical",
    };
  if (named !== undefined)
    return {
      line: `${resource.name} opens ${what} on ${named.name} to every address. ${instead}`,
      severity: "critical",
    };
  if (onMachines) {
    const wide = openings.some(isUnrestricted);
    const holds = holdsDatabase(site, behind ?? []);
    if (wide)
      return {
        line: `${resource.name} opens every port to every address, databases included. Open 80 and 443 alone.`,
        severity: holds || behind === undefined ? "critical" : "high",
      };
    return {
      line: `${resource.name} opens ${what} to every address. ${instead}`,
      severity: openings.every(isWide) && !holds ? "high" : "critical",
    };
  }
  return inside === undefined
    ? undefined
    : {
        line: `${resource.name} opens ${inside.name} to every address: only its missing address in the internet keeps others out. ${instead}`,
        severity: "medium",
      };
}

/** A range such as 1024 to 65535 isn't meant for a database. */
function isWide({ from, to }: Opening): boolean {
  return to - from > 1000;
}

function keepsData(ports: readonly number[] | undefined, openings: readonly Opening[]): boolean {
  return (
    ports?.some((port) => port in databasePorts && openings.some((opening) => lets(opening, port))) === true
  );
}

function holdsDatabase(site: Topology, behind: readonly Listener[]): boolean {
  const keys = machinesWithData(site);
  return behind.some((each) => isMachine(each) && keys.has(each.key));
}

const holders = new WeakMap<Topology, ReadonlySet<string>>();

/** Keys of machines, and of the templates of machines, that hold a database or a cache. */
function machinesWithData(site: Topology): ReadonlySet<string> {
  const known = holders.get(site);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const { members } of site.groups)
    for (const { tiers, resource, type } of members)
      if (tiers.includes("database") || tiers.includes("cache")) {
        found.add(keyOf(resource));
        const template = type === groupType ? templateOf(site.resources, resource) : undefined;
        if (template !== undefined) found.add(keyOf(template));
      }
  holders.set(site, found);
  return found;
}
