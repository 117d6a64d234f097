import { regionsOf } from "./survival";
import type { Group, Topology } from "./topology";
import type { Tier } from "./vocabulary";

/**
 * Published service level agreements, as a share of a month. An SLA is the threshold below which AWS pays a credit, not a forecast.
 * `single`: one machine or one zone. `redundant`: two zones or more.
 */
export interface ServiceLevel {
  readonly single: number;
  readonly redundant: number;
  readonly source: string;
}

const serviceLevels: Readonly<Record<string, ServiceLevel>> = {
  ec2: level(0.995, 0.9999, "https://aws.amazon.com/compute/sla/"),
  // For containers AWS publishes only the level over zones: one task is counted like one instance.
  ecs: level(0.995, 0.9999, "https://aws.amazon.com/compute/sla/"),
  fargate: level(0.995, 0.9999, "https://aws.amazon.com/compute/sla/"),
  lightsail: level(
    0.995,
    0.9999,
    "https://aws.amazon.com/lightsail/sla-lightsail-instances-and-block-storage/",
  ),
  elb: level(0.999, 0.9999, "https://aws.amazon.com/elasticloadbalancing/sla/"),
  lightsailLb: level(0.9999, 0.9999, "https://aws.amazon.com/elasticloadbalancing/sla/"),
  rds: level(0.995, 0.9995, "https://aws.amazon.com/rds/sla/"),
  aurora: level(0.999, 0.9999, "https://aws.amazon.com/rds/aurora/sla/"),
  // Below high availability Lightsail promises nothing for databases: counted like RDS on one machine.
  lightsailDatabase: level(
    0.995,
    0.9995,
    "https://aws.amazon.com/lightsail/sla-lightsail-managed-databases/",
  ),
  elasticache: level(0.995, 0.9999, "https://aws.amazon.com/elasticache/sla/"),
  documentdb: level(0.999, 0.9999, "https://aws.amazon.com/documentdb/sla/"),
  neptune: level(0.995, 0.999, "https://aws.amazon.com/neptune/sla/"),
  // On one node AWS promises nothing for these: counted like one instance.
  search: level(0.995, 0.999, "https://aws.amazon.com/opensearch-service/sla/"),
  mq: level(0.995, 0.999, "https://aws.amazon.com/amazon-mq/sla/"),
  memorydb: level(0.995, 0.9999, "https://aws.amazon.com/memorydb/sla/"),
  dax: level(0.995, 0.9999, "https://aws.amazon.com/dynamodbaccelerator/sla/"),
  // Containers without a level of their own: counted like those of ECS.
  apprunner: level(0.995, 0.9999, "https://aws.amazon.com/compute/sla/"),
  lightsailContainer: level(0.995, 0.9999, "https://aws.amazon.com/compute/sla/"),
  efs: level(0.9999, 0.9999, "https://aws.amazon.com/efs/sla/"),
  efsOneZone: level(0.999, 0.999, "https://aws.amazon.com/efs/sla/"),
  s3: level(0.999, 0.999, "https://aws.amazon.com/s3/sla/"),
  cloudfront: level(0.999, 0.999, "https://aws.amazon.com/cloudfront/sla/"),
  globalAccelerator: level(0.9999, 0.9999, "https://aws.amazon.com/global-accelerator/sla/"),
  route53: level(1, 1, "https://aws.amazon.com/route53/sla/"),
  // An address is part of the machine or load balancer that it leads to.
  address: level(1, 1, "https://aws.amazon.com/compute/sla/"),
  localDns: level(1, 1, "https://aws.amazon.com/route53/sla/"),
  // A machine of one's own has no SLA: counted like an EC2 instance, and labelled so.
  machine: level(0.995, 0.9999, "https://aws.amazon.com/compute/sla/"),
};

function level(single: number, redundant: number, source: string): ServiceLevel {
  return { single, redundant, source };
}

/** What a figure of availability rests on. `equivalent`: machines without an SLA, counted as what they would be on AWS. */
export type Basis = "sla" | "equivalent";

/** One factor of the product. */
export interface AvailabilityPart {
  readonly tiers: readonly Tier[];
  readonly what: string;
  /** 0 to 1. */
  readonly availability: number;
  readonly source: string;
}

export interface Availability {
  /** Percent, rounded to four places. */
  readonly percent: number;
  /** Minutes of a month of 730 hours that this leaves unserved. */
  readonly downtimeMinutesPerMonth: number;
  readonly basis: Basis;
  readonly label: string;
  readonly parts: readonly AvailabilityPart[];
}

/** The minutes in a month of 730 hours. */
const minutesPerMonth = 730 * 60;

/** Parts in series: a request needs every one of them. */
export function inSeries(parts: readonly AvailabilityPart[], basis: Basis): Availability {
  const product = parts.reduce((value, part) => value * part.availability, 1);
  return {
    percent: round(product * 100, 4),
    downtimeMinutesPerMonth: round((1 - product) * minutesPerMonth, 1),
    basis,
    label: labels[basis],
    parts,
  };
}

const labels: Readonly<Record<Basis, string>> = {
  sla: "derived from AWS's published SLAs: what AWS pays credits below, not a forecast",
  equivalent:
    "derived from AWS's published SLAs, as if these machines were EC2 instances: your own have no SLA, and it is not a forecast",
};

/** Parts side by side: it takes all of them failing at once. */
export function inParallel(availability: number, count: number): number {
  return 1 - (1 - availability) ** count;
}

/**
 * Availability of one kind of part.
 * @param service key of the table of service levels
 * @param places how many zones it is spread over; machines in one zone are counted as one, because they can fail together
 */
export function availabilityOf(
  service: string,
  places: number,
): { readonly availability: number; readonly source: string } {
  const known = serviceLevels[service] ?? level(0.995, 0.9999, "https://aws.amazon.com/compute/sla/");
  if (places <= 1) return { availability: known.single, source: known.source };
  // Never above what is promised for several zones: the parts share a region.
  const availability = Math.min(inParallel(known.single, places), Math.max(known.redundant, known.single));
  return { availability, source: known.source };
}

/**
 * The availability of the whole site: every essential group in series.
 * @returns undefined when the stack serves nothing
 */
export function availability(site: Topology): Availability | undefined {
  const groups = site.groups.filter(
    ({ members, tiers }) => members.some(({ essential }) => essential) && tiers.length > 0,
  );
  if (groups.length === 0) return undefined;
  const own = groups.some(({ members }) => members.some(({ service }) => service === "machine"));
  return inSeries(groups.map(partOf), own ? "equivalent" : "sla");
}

/** Of groups that were judged: the steps of a ladder share all groups but a few. */
const parts = new WeakMap<Group, AvailabilityPart>();

function partOf(group: Group): AvailabilityPart {
  const known = parts.get(group) ?? judgedPart(group);
  parts.set(group, known);
  return known;
}

function judgedPart(group: Group): AvailabilityPart {
  const [first] = group.members;
  const service = first?.service ?? "machine";
  const regions = regionsOf(group.members);
  const places = placesOf(group);
  const { availability: inRegion, source } = availabilityOf(service, places);
  // Regions fail apart, unlike zones: what stands in several is only down when all of them are.
  const value = regions.length > 1 ? inParallel(inRegion, regions.length) : inRegion;
  const names = group.members.map(({ name }) => name);
  const shown =
    names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(", ");
  const spread =
    regions.length > 1
      ? `, ${regions.join(" and ")}`
      : places > 1
        ? `, ${places === 2 ? "two zones or more" : `${places} zones`}`
        : "";
  return {
    tiers: group.tiers,
    what: `${first?.kind ?? "part"} ${shown}${spread}`,
    availability: value,
    source,
  };
}

/** Zones that count: those known, when the group survives losing one. */
function placesOf(group: Group): number {
  if (group.survives === "nothing" || group.survives === "machine") return 1;
  // One machine in each of several regions.
  if (
    group.survives === "region" &&
    group.members.every(({ count, survives }) => count === 1 && survives === undefined)
  )
    return 1;
  return Math.max(2, Math.min(group.zones.names.length, group.count));
}

export function round(value: number, places: number): number {
  const factor = 10 ** places;
  return Math.round(value * factor) / factor;
}
