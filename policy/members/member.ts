import type { Ports } from "../openings";
import type { ResourceView } from "../resources";
import type { PlatformName, Tier } from "../vocabulary";
import type { Zones } from "../zones";

/** The largest thing that may fail while the part goes on working. */
export const survivals = ["nothing", "machine", "zone", "region"] as const;
export type Survival = (typeof survivals)[number];

/**
 * What a part is there for. Visitors' requests reach `site` parts, or need them; all others stand beside the site: workers take work from a queue or a
 * clock, the members of a quorum decide by majority, routers pass traffic on, nodes run others' containers, helpers are bastions and tools.
 */
export const purposes = ["site", "worker", "quorum", "router", "nodes", "helper"] as const;
export type Purpose = (typeof purposes)[number];

/** A part of the stack: a machine, a group of machines that is kept up by the platform, or a service. */
export interface Member {
  /** Its resource's key. */
  readonly key: string;
  readonly name: string;
  /** Its resource's type token. */
  readonly type: string;
  /** For people, such as `EC2 instance`. */
  readonly kind: string;
  readonly platform: PlatformName;
  readonly purpose: Purpose;
  /** The tiers that it serves; none beside the site. */
  readonly tiers: readonly Tier[];
  /** How many machines it keeps running at the least. */
  readonly count: number;
  /** False when the count, or whether it serves at all, is known only after the update. */
  readonly countKnown: boolean;
  readonly zones: Zones;
  /** What it survives by itself, when its kind decides that; else it follows from the count and the zones. */
  readonly survives?: Survival;
  /** The platform replaces a machine that died. */
  readonly heals: boolean;
  /** It adds machines under load by itself. */
  readonly scales: boolean;
  /** Requests fail when it is down. False for what stands beside the site, such as a bucket for logs. */
  readonly essential: boolean;
  /** The name in the tables of availability and prices: `ec2`, `rds`, ... */
  readonly service: string;
  /** What its security groups let in, where they can be seen. */
  readonly ports?: Ports;
  /** The ports that its containers listen on, where they can be seen. */
  readonly listens?: readonly number[];
  /** It has an address in the internet. */
  readonly exposed?: boolean;
  /** Instance type or class, where it has one and it is known. */
  readonly size?: string;
  /** The name of what keeps its count below what it asks for, such as the machines under containers. */
  readonly limitedBy?: string;
  /** The resource itself. */
  readonly resource: ResourceView;
}
