import { isUnrestricted, lets, type Opening, type Ports } from "../openings";
import { PerSource } from "../perSource";
import { flag, nested, type Resources, type ResourceView, text } from "../resources";
import type { Tier } from "../vocabulary";
import type { Way } from "../way";
import type { Purpose } from "./member";
import {
  bastionWords,
  clusterWords,
  quorumWords,
  routerWords,
  scriptKinds,
  someWord,
  startScript,
  tiersSaid,
  toolWords,
  wordsOf,
  workerWords,
} from "./words";

/** What a machine, group or service is there for, and the tiers that it serves. */
export interface Duty {
  readonly purpose: Purpose;
  readonly tiers: readonly Tier[];
}

/** Everything by which a machine's duty can be told. */
export interface Clues {
  readonly words: readonly string[];
  /** What its image is called, for Lightsail. */
  readonly blueprint: string;
  readonly script: string;
  readonly ways: readonly Way[];
  /** Undefined where its security groups aren't named. */
  readonly ports: Ports | undefined;
  /** Whether it has an address in the internet. */
  readonly exposed: boolean;
  /** It runs the containers of a cluster. */
  readonly joins: boolean;
  /** It passes on what isn't meant for it. */
  readonly forwards: boolean;
}

const beside = (purpose: Purpose): Duty => ({ purpose, tiers: [] });
const site = (...tiers: Tier[]): Duty => ({ purpose: "site", tiers });

/** Ports by what listens there. A site may use any other port. */
const portKinds = {
  admin: new Set([22, 3389, 5985, 5986]),
  vpn: new Set([500, 943, 1194, 1701, 4500, 41641, 51820]),
  database: new Set([1433, 1521, 3306, 5432, 9042, 27017]),
  cache: new Set([6379, 11211]),
  quorum: new Set([2181, 2379, 2380, 4646, 4647, 4648, 6443, 8200, 8300, 8301, 8302, 8500, 8600, 9092]),
} as const;
type PortKind = keyof typeof portKinds | "site";
export const webPorts: readonly number[] = [80, 443, 8080, 8443, 8000, 3000, 5000];

export function kindOfPort(port: number): PortKind {
  const found = (Object.keys(portKinds) as (keyof typeof portKinds)[]).find((kind) =>
    portKinds[kind].has(port),
  );
  return found ?? "site";
}

/**
 * What a machine does, judged as a person would: first by what its name and script make of it where that rules visitors out, then by what leads
 * visitors to it, then by the ports that it opens to them, and last, where nothing of that can be seen, by what its name and script say it serves.
 */
export function dutyOf(clues: Clues): Duty {
  const { words, blueprint, script, ways } = clues;
  const kinds = scriptKinds(script);
  const said = tiersSaid(words, blueprint, script);
  const led = ways.filter(({ by }) => by !== "name");
  const open = openTo(clues);
  const visible = led.length > 0 || open === "web" || open === "named";
  if (someWord(words, bastionWords)) return beside("helper");
  if (clues.joins || someWord(words, clusterWords) || kinds.has("node"))
    return visible ? site("web", "app") : beside("nodes");
  if (isQuorum(words) || kinds.has("quorum")) return beside("quorum");
  if (someWord(words, routerWords) || clues.forwards || (kinds.has("router") && led.length === 0))
    return beside("router");
  if (led.length > 0) return behind(led, said);
  if (open === "admin" && said.size === 0) return beside("helper");
  if (open === "web") return visited(said);
  if (said.has("database") || said.has("cache") || said.has("load-balancer")) {
    const reached = open === "unseen" || open === "inside" || open === "named";
    return site(...kept(said, reached && (said.has("web") || said.has("app"))));
  }
  if (open === "named") return visited(said);
  if (someWord(words, toolWords) || kinds.has("tool"))
    return open === "service" ? site("app") : beside("helper");
  if (open === "database") return site("database");
  if (open === "cache") return site("cache");
  if (open === "service") return site("app");
  if (said.size > 0 && (open === "unseen" || open === "inside")) return visited(said);
  return beside(someWord(words, workerWords) ? "worker" : "helper");
}

/** Agents and clients of a quorum don't belong to it. */
function isQuorum(words: readonly string[]): boolean {
  return (
    someWord(words, quorumWords) &&
    !words.some((word) => /^(clients?|agents?|workers?|exporter|ui)$/.test(word))
  );
}

/** What stands behind a balancer, gateway or content delivery, by the ports that these use. */
function behind(led: readonly Way[], said: ReadonlySet<Tier>): Duty {
  const kinds = new Set(led.flatMap(({ ports }) => ports.map(kindOfPort)));
  const only = (kind: PortKind) => kinds.size === 1 && kinds.has(kind);
  if (only("database")) return site("database");
  if (only("cache")) return site("cache");
  if (only("admin")) return beside("helper");
  if (only("quorum")) return beside("quorum");
  if (only("vpn")) return beside("router");
  const open = led.some((way) => way.open);
  if (said.has("database") && said.has("web")) return visited(said);
  return open ? site("web", "app") : site("app");
}

/** A web server that visitors reach, with what else it holds. */
function visited(said: ReadonlySet<Tier>): Duty {
  const tiers: Tier[] = said.has("load-balancer") && !said.has("web") ? ["load-balancer"] : ["web", "app"];
  const appOnly = said.has("app") && !said.has("web") && said.size === 1;
  const held = (["database", "cache"] as const).filter((tier) => said.has(tier));
  return site(...(appOnly ? (["app"] as const) : tiers), ...held);
}

function kept(said: ReadonlySet<Tier>, serves: boolean): Tier[] {
  const data = (["load-balancer", "database", "cache"] as const).filter((tier) => said.has(tier));
  return serves ? ["web", "app", ...data.filter((tier) => tier !== "load-balancer")] : data;
}

/**
 * What a machine opens: `web` to visitors, another `service` to them, `database` or `cache` to anyone, `inside` to other machines alone, `admin` at the
 * most; `named` where a name leads to it and its ports don't speak against it; `unseen` where nothing of it can be seen.
 */
type Open = "web" | "service" | "database" | "cache" | "inside" | "admin" | "named" | "unseen";

function openTo({ ports, exposed, ways }: Clues): Open {
  const named = ways.some(({ by, open }) => by === "name" && open);
  const openings = (ports?.openings ?? []).filter((opening) => !isUnrestricted(opening));
  const unrestricted = ports?.openings.some((opening) => opening.world && isUnrestricted(opening)) === true;
  const world = openings.filter((opening) => opening.world);
  if (webPorts.some((port) => world.some((opening) => lets(opening, port))))
    return exposed || named ? "web" : "inside";
  // Rules that aren't known yet may let visitors in.
  if (ports?.hidden === true && exposed) return "named";
  if (ports === undefined || !ports.complete || unrestricted) return named ? "named" : "unseen";
  const services = openings.filter(isService);
  const reached = new Set(services.map(kindOfOpening));
  for (const kind of ["database", "cache"] as const) if (reached.has(kind)) return kind;
  if (exposed && services.some((opening) => opening.world && kindOfOpening(opening) === "site"))
    return "service";
  return reached.has("site") ? "inside" : "admin";
}

/** Answers to pings and ranges for answers (1024 and above) are no service. */
function isService({ from, to, protocol }: Opening): boolean {
  return protocol !== "other" && to - from <= 1000;
}

function kindOfOpening({ from }: Opening): PortKind {
  return kindOfPort(from);
}

const subnetType = "aws:ec2/subnet:Subnet";

const exposedBySource = new PerSource<boolean>();

/** Whether a machine gets an address in the internet: by itself, by its subnet, or by an elastic address. */
export function isExposed(
  resources: Resources,
  views: readonly ResourceView[],
  hasAddress: boolean,
  subnetProperties: readonly string[],
): boolean {
  if (hasAddress) return true;
  const own = views
    .map((view) => flag(view, "associatePublicIpAddress"))
    .find((value) => value !== undefined);
  if (own !== undefined) return own;
  const view = views[0];
  const property = subnetProperties[0];
  return view === undefined || property === undefined || views.length > 1
    ? subnetsExpose(resources, views, subnetProperties)
    : exposedBySource.get(resources, view, property, () => subnetsExpose(resources, views, subnetProperties));
}

function subnetsExpose(
  resources: Resources,
  views: readonly ResourceView[],
  properties: readonly string[],
): boolean {
  const subnets = views.flatMap((view) =>
    properties.flatMap((property) => resources.referred(view, property, [subnetType])),
  );
  // Subnets outside of the stack are mostly those of the default network, which give public addresses.
  return subnets.length === 0 || subnets.some((subnet) => flag(subnet, "mapPublicIpOnLaunch") === true);
}

/** The parts of a machine or template that name security groups. */
export function networkViews(machine: ResourceView): ResourceView[] {
  return [machine, ...nested(machine, "networkInterfaces")];
}

/** What names and script say, of a machine or a template. */
export function sayings(view: ResourceView): Pick<Clues, "words" | "blueprint" | "script"> {
  return { words: wordsOf(view), blueprint: text(view, "blueprintId") ?? "", script: startScript(view) };
}
