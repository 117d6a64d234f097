import { round } from "./availability";
import { type Add, gigabytePrice, partCosts } from "./costOfParts";
import { isReplica } from "./members/data";
import type { Member } from "./members/member";
import { monthly, prices, type Unit } from "./prices";
import { flag, nested, number, type Resources, type ResourceView, text } from "./resources";
import type { Topology } from "./topology";

/** One line of the bill. */
export interface CostItem {
  readonly what: string;
  readonly amount: number;
}

export interface MonthlyCost {
  readonly amount: number;
  readonly currency: "USD";
  /** Month and region of the price table. */
  readonly asOf: string;
  readonly region: string;
  readonly items: readonly CostItem[];
  /** What the table has no price for; the amount is without them. */
  readonly unpriced: readonly string[];
}

/** Adds lines up. */
export function costOf(items: readonly CostItem[], unpriced: readonly string[] = []): MonthlyCost {
  return {
    amount: round(
      items.reduce((sum, item) => sum + item.amount, 0),
      2,
    ),
    currency: prices.currency,
    asOf: prices.asOf,
    region: prices.region,
    items: items.map((item) => ({ ...item, amount: round(item.amount, 2) })),
    unpriced,
  };
}

/**
 * What the stack's site costs a month on AWS, on demand and without free tiers; traffic, requests, logs and backups depend on use and are
 * left out. Machines of one's own cost nothing here.
 */
export function monthlyCost(site: Topology): MonthlyCost {
  const items: CostItem[] = [];
  const unpriced: string[] = [];
  const add = (what: string, amount: number | undefined) =>
    amount === undefined ? unpriced.push(what) : items.push({ what, amount });
  for (const member of site.groups.flatMap(({ members }) => members))
    if (member.platform === "aws") memberCost(site.resources, member, add);
  for (const { type, what, unit } of unitPrices)
    for (const resource of site.resources.ofType(type)) {
      const price = prices.units[unit];
      add(`${what} ${resource.name}`, unit.endsWith("PerHour") ? monthly(price) : price);
    }
  for (const replica of site.resources
    .ofType("aws:rds/instance:Instance")
    .filter((view) => isReplica(site.resources, view)))
    add(`read replica ${replica.name}`, hourly(prices.rds, text(replica, "instanceClass"), 1));
  partCosts(site.resources, add);
  return costOf(items, unpriced);
}

const unitPrices: readonly { readonly type: string; readonly what: string; readonly unit: Unit }[] = [
  { type: "aws:ec2/natGateway:NatGateway", what: "NAT gateway", unit: "natGatewayPerHour" },
  { type: "aws:ec2/eip:Eip", what: "public address", unit: "publicIpv4PerHour" },
  { type: "aws:route53/zone:Zone", what: "hosted zone", unit: "route53ZonePerMonth" },
  { type: "aws:eks/cluster:Cluster", what: "EKS cluster", unit: "eksClusterPerHour" },
  {
    type: "aws:elb/loadBalancer:LoadBalancer",
    what: "classic load balancer",
    unit: "classicLoadBalancerPerHour",
  },
  { type: "aws:lightsail/lb:Lb", what: "Lightsail load balancer", unit: "lightsailLoadBalancerPerMonth" },
];

function memberCost(resources: Resources, member: Member, add: Add): void {
  const { resource, size, count } = member;
  const named = `${member.kind} ${member.name}`;
  const sized = size === undefined ? named : `${named} (${count > 1 ? `${count} x ` : ""}${size})`;
  if (member.service === "ec2") {
    add(sized, hourly(prices.ec2, size, count));
    for (const disk of rootDisks(resources, resource)) add(`disk of ${member.name}`, disk * count);
  } else if (member.service === "lightsail" || member.service === "lightsailDatabase") {
    add(sized, size === undefined ? undefined : prices.lightsail[size]);
  } else if (member.service === "rds") {
    const copies = flag(resource, "multiAz") === true ? 2 : 1;
    add(copies === 2 ? `${sized}, Multi-AZ` : sized, hourly(prices.rds, size, copies));
    const storage = number(resource, "allocatedStorage");
    if (storage !== undefined)
      add(`storage of ${member.name}`, storage * copies * prices.units.rdsStoragePerGigabyteMonth);
  } else if (member.service === "aurora") {
    add(sized, size === "db.serverless" ? undefined : hourly(prices.aurora, size, count));
  } else if (member.service === "elasticache") {
    add(sized, hourly(prices.elasticache, size, count));
  } else if (member.service === "fargate") {
    add(named, fargateTask(resources, resource, count));
  } else if (member.type === "aws:lb/loadBalancer:LoadBalancer") {
    add(named, monthly(prices.units.applicationLoadBalancerPerHour));
  }
}

/** Dollars a month for tasks on Fargate, by the processor and memory of their definition. */
function fargateTask(resources: Resources, service: ResourceView, count: number): number | undefined {
  const [definition] = resources.referred(service, "taskDefinition", [
    "aws:ecs/taskDefinition:TaskDefinition",
  ]);
  const units = definition === undefined ? undefined : number(definition, "cpu");
  const megabytes = definition === undefined ? undefined : number(definition, "memory");
  if (units === undefined || megabytes === undefined) return undefined;
  const { fargateCpuPerHour, fargateGigabytePerHour } = prices.units;
  return count * monthly((units / 1024) * fargateCpuPerHour + (megabytes / 1024) * fargateGigabytePerHour);
}

function hourly(
  table: Readonly<Record<string, number>>,
  size: string | undefined,
  count: number,
): number | undefined {
  const price = size === undefined ? undefined : table[size];
  return price === undefined ? undefined : monthly(price) * count;
}

/** Dollars a month for each root disk whose size is known. */
function rootDisks(resources: Resources, resource: ResourceView): number[] {
  const instance = resource.type.endsWith(":Server")
    ? resources.descendants(resource, "aws:ec2/instance:Instance")[0]
    : resource;
  if (instance === undefined) return [];
  return nested(instance, "rootBlockDevice").flatMap((disk) => {
    const size = number(disk, "volumeSize");
    const price = gigabytePrice(text(disk, "volumeType") ?? "gp3");
    return size === undefined || price === undefined ? [] : [size * price];
  });
}
