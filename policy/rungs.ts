import {
  type Availability,
  type AvailabilityPart,
  availabilityOf,
  type Basis,
  inSeries,
} from "./availability";
import { type MonthlyCost, monthlyCost } from "./cost";
import { modelOf, type Sizes } from "./models";
import { prices, sizePrice } from "./prices";
import { Resources } from "./resources";
import type { Group, Topology } from "./topology";
import { builtRungs, type Rung, type Tier } from "./vocabulary";

/** Whether this version of the program builds a rung on all of these platforms. */
export function isBuilt(rung: Rung, platforms: readonly string[]): boolean {
  const built: Readonly<Record<string, readonly Rung[] | undefined>> = builtRungs;
  return platforms.every((platform) => built[platform]?.includes(rung) ?? false);
}

/** What a rung is, for people. */
export interface RungDescription {
  readonly title: string;
  readonly fixes: readonly string[];
  readonly newDuties: readonly string[];
  readonly stillFails: readonly string[];
}

export const rungDescriptions: Readonly<Record<Rung, RungDescription>> = {
  single: {
    title: "One server with web server, app server and database",
    fixes: [],
    newDuties: ["updates, backups and watching of one server"],
    stillFails: [
      "the server: everything on it is down until it is back",
      "its zone",
      "restarts for updates and resizing interrupt the site",
    ],
  },
  "split-database": {
    title: "A web server and a database server",
    fixes: [
      "web server and database no longer compete for memory and are resized apart",
      "the database is backed up and restored on its own",
    ],
    newDuties: [
      "a network between site and database, with its latency and its access rules",
      "two machines that must both be up",
    ],
    stillFails: [
      "the web server",
      "the database server",
      "the zone of either",
      "restarts of either interrupt the site",
    ],
  },
  "load-balanced": {
    title: "Two or more web servers behind load balancers, a replicated database",
    fixes: [
      "any one machine, or the zone it is in, may fail",
      "updates and deployments go from server to server without an interruption",
    ],
    newDuties: [
      "health checks that must tell the truth",
      "sessions and uploads that must not live on one web server",
      "failover that must be rehearsed",
    ],
    stillFails: ["more visitors than the fixed number of servers can take", "the region"],
  },
  autoscaled: {
    title: "Web servers that come and go with the load",
    fixes: ["the number of web servers follows the load", "a dead web server is replaced without a person"],
    newDuties: [
      "limits, so that a flood of requests doesn't become a flood of costs",
      "servers that start unattended in minutes, from an image or a copy",
    ],
    stillFails: ["the region"],
  },
};

/** Where a stack stands. */
export interface Standing {
  /** `none`: no web servers (a static site, or nothing). */
  readonly rung: Rung | "none";
  /** What keeps the rung from being whole, one line each: a load-balanced site whose database is single, for example. */
  readonly gaps: readonly string[];
}

/** Recognises the rung by what is there, in stacks that never heard of rungs too. */
export function standing(site: Topology): Standing {
  const serving = groupsOf(site, "web").length > 0 ? groupsOf(site, "web") : groupsOf(site, "app");
  if (serving.length === 0) return { rung: "none", gaps: [] };
  const databases = groupsOf(site, "database").filter(({ members }) =>
    members.some(({ essential }) => essential),
  );
  const redundant = serving.every((group) => group.count >= 2 && group.balanced);
  if (!redundant) {
    const apart = databases.length > 0 && databases.every((database) => !serving.includes(database));
    return { rung: apart ? "split-database" : "single", gaps: [] };
  }
  const scales = serving.every(({ members }) => members.every((member) => member.scales && member.heals));
  return { rung: scales ? "autoscaled" : "load-balanced", gaps: site.groups.flatMap(gapOf) };
}

/** What a rung with load balancers promises and this group doesn't keep. */
function gapOf(group: Group): string[] {
  const members = group.members.filter(({ essential }) => essential);
  if (members.length === 0) return [];
  const names = members
    .map(({ name }) => name)
    .slice(0, 3)
    .join(", ");
  if (group.survives === "nothing")
    return [`${group.tiers.join(" and ")} ${names}: nothing stands in for it`];
  const oneZone =
    group.survives === "machine" &&
    (group.certain || group.zones.names.length < 2) &&
    group.members[0]?.platform === "aws";
  return oneZone ? [`${group.tiers.join(" and ")} ${names}: all in one zone`] : [];
}

function groupsOf(site: Topology, tier: Tier): readonly Group[] {
  return site.tiers.find(({ name }) => name === tier)?.groups ?? [];
}

/** The sizes in use, where the price table knows them, else small ones. */
export function sizesOf(site: Topology): Sizes {
  const sizeIn = (tier: Tier) =>
    groupsOf(site, tier).flatMap(({ members }) => members.map(({ size }) => size));
  const web = sizeIn("web").find((size) => sizePrice(prices, "ec2", size) !== undefined) ?? "t4g.small";
  const matching = `db.${web}`;
  const database =
    sizeIn("database").find((size) => sizePrice(prices, "rds", size) !== undefined) ??
    (sizePrice(prices, "rds", matching) === undefined ? "db.t4g.small" : matching);
  return { web, database };
}

/** What a rung's model on AWS is available for, by SLAs. */
export function modelAvailability(rung: Rung, basis: Basis): Availability {
  const part = (tiers: Tier[], what: string, service: string, places: number): AvailabilityPart => ({
    tiers,
    what,
    ...availabilityOf(service, places),
  });
  const name = part(["dns"], "Route 53 name", "route53", 2);
  const parts: Readonly<Record<Rung, readonly AvailabilityPart[]>> = {
    single: [name, part(["web", "app", "database"], "one server", "ec2", 1)],
    "split-database": [
      name,
      part(["web", "app"], "one web server", "ec2", 1),
      part(["database"], "one database server", "rds", 1),
    ],
    "load-balanced": [
      name,
      part(["load-balancer"], "load balancer over two zones", "elb", 2),
      part(["web", "app"], "web servers in two zones", "ec2", 2),
      part(["database"], "database in two zones", "rds", 2),
    ],
    autoscaled: [
      name,
      part(["load-balancer"], "load balancer over two zones", "elb", 2),
      part(["web", "app"], "Auto Scaling group over two zones", "ec2", 2),
      part(["database"], "database in two zones", "rds", 2),
    ],
  };
  return inSeries(parts[rung], basis);
}

/** What a rung's model on AWS costs. */
export function modelCost(rung: Rung, sizes: Sizes): MonthlyCost {
  return monthlyCost({ resources: new Resources(modelOf(rung, sizes)) });
}
