import { type Finding, fewNames, practices } from "../finding";
import { machinesOfInterface } from "../links/names";
import {
  append,
  isUnknown,
  keyOf,
  nested,
  type Resources,
  type ResourceView,
  text,
  UNKNOWN,
} from "../resources";
import type { Topology } from "../topology";
import { sortedUnique, zonesOf } from "../zones";

const gatewayType = "aws:ec2/natGateway:NatGateway";
const tableType = "aws:ec2/routeTable:RouteTable";
const subnetType = "aws:ec2/subnet:Subnet";

/** The way out of private subnets: one NAT gateway for several zones, or one machine that forwards. */
export function egress(site: Topology): Finding[] {
  const { resources } = site;
  if (resources.ofType(gatewayType).length === 0 && !site.groups.some(isRouter)) return [];
  const routed = tablesByHop(resources);
  const subnets = subnetsByTable(resources);
  return [...routed].flatMap(([hop, tables]) => {
    const view = resources.get(hop);
    if (view === undefined) return [];
    const served = [...tables].flatMap((table) => subnets.get(table) ?? []);
    const zones = sortedUnique(
      served.flatMap(
        (subnet) => zonesOf(resources, subnet, ["availabilityZone", "availabilityZoneId"], []).names,
      ),
    );
    return view.type === gatewayType ? gateway(view, zones) : machine(view, served);
  });
}

function isRouter({ members }: Topology["groups"][number]): boolean {
  return members.some(({ purpose }) => purpose === "router");
}

/** For each NAT gateway, or machine, the route tables that send traffic to it. */
function tablesByHop(resources: Resources): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (route: ResourceView, tables: readonly ResourceView[]) => {
    const hops = [
      ...resources.referred(route, "natGatewayId", [gatewayType]).map(keyOf),
      ...["networkInterfaceId", "instanceId"].flatMap((property) =>
        machinesOfInterface(resources, route, property),
      ),
    ];
    for (const hop of hops)
      for (const table of tables) found.set(hop, (found.get(hop) ?? new Set()).add(keyOf(table)));
  };
  for (const route of resources.ofType("aws:ec2/route:Route"))
    add(route, resources.referred(route, "routeTableId", [tableType]));
  for (const table of resources.ofType(tableType)) for (const route of routesIn(table)) add(route, [table]);
  return found;
}

/** Routes that aren't known yet as a whole still say what they come from. */
function routesIn(table: ResourceView): readonly ResourceView[] {
  if (!isUnknown(table.properties.routes)) return nested(table, "routes");
  const sources = table.propertyDependencies?.routes ?? [];
  const hops = ["natGatewayId", "networkInterfaceId"];
  const each = (value: unknown) => Object.fromEntries(hops.map((hop) => [hop, value]));
  return [
    {
      ...table,
      properties: each(UNKNOWN),
      propertyDependencies: each(sources) as Record<string, readonly string[]>,
    },
  ];
}

function subnetsByTable(resources: Resources): Map<string, ResourceView[]> {
  const found = new Map<string, ResourceView[]>();
  for (const association of resources.ofType("aws:ec2/routeTableAssociation:RouteTableAssociation"))
    for (const table of resources.referred(association, "routeTableId", [tableType]))
      for (const subnet of resources.referred(association, "subnetId", [subnetType]))
        append(found, keyOf(table), subnet);
  return found;
}

function gateway(view: ResourceView, zones: readonly string[]): Finding[] {
  // A regional gateway spans the zones itself.
  if (zones.length < 2 || text(view, "availabilityMode") === "regional") return [];
  return [
    {
      ...base(view, "low", "zone"),
      title: `${view.name}, in one zone, is the way out for private subnets of ${zones.length} zones`,
      breaks: `When the zone of ${view.name} fails, machines in the other zones reach no API, registry or mail server outside.`,
      notices: "Visitors of pages that need something outside, and new tasks that can't pull their image.",
      nextStep: {
        change: `Give each zone a NAT gateway and a route table (awsx: natGateways.strategy "OnePerAz"), or set availabilityMode: "regional" on ${view.name}`,
        command: "pulumi up",
      },
      wellArchitected: practices.locations,
    },
  ];
}

function machine(view: ResourceView, served: readonly ResourceView[]): Finding[] {
  if (served.length === 0) return [];
  return [
    {
      ...base(view, "medium", "machine"),
      title: `${view.name} alone is the way out for ${fewNames(served.map(({ name }) => name))}`,
      breaks: `When ${view.name} fails or restarts, nothing in those subnets reaches the outside.`,
      notices: "Visitors of pages that need something outside, and every deployment.",
      nextStep: {
        change: `Use an aws.ec2.NatGateway in each zone in place of ${view.name}`,
        command: "pulumi up",
      },
      wellArchitected: practices.failover,
    },
  ];
}

function base(view: ResourceView, severity: Finding["severity"], scope: Finding["scope"]) {
  return {
    rule: "single-point-of-failure",
    problem: "single point of failure",
    severity,
    scope,
    tiers: [],
    resources: [keyOf(view)],
    names: [view.name],
    certain: true,
  } as const;
}
