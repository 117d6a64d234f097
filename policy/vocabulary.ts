/**
 * The words that settings, program, policies, shell and messages share: each stands here once, and everything else imports it.
 * A record over one of these types does not compile while a member is missing.
 */

/** The ladder, from the bottom. */
export const rungs = ["single", "split-database", "load-balanced", "autoscaled"] as const;
export type Rung = (typeof rungs)[number];

/** What a part of the site does, in the order in which a request meets them. */
export const tiers = [
  "dns",
  "address",
  "load-balancer",
  "web",
  "app",
  "database",
  "cache",
  "storage",
] as const;
export type Tier = (typeof tiers)[number];

/** The tiers for people. */
export const tierLabels: Readonly<Record<Tier, string>> = {
  dns: "DNS",
  address: "address",
  "load-balancer": "load balancer",
  web: "web server",
  app: "app server",
  database: "database",
  cache: "cache",
  storage: "storage",
};

/** Where servers, addresses, names, databases and load balancers come from. */
export const platforms = ["local", "ssh", "aws"] as const;
export type PlatformName = (typeof platforms)[number];

/** The rungs that this version's program builds, by platform. The others are described, and refused by the program. */
export const builtRungs = {
  local: ["single", "split-database"],
  ssh: ["single", "split-database"],
  aws: ["single"],
} as const satisfies Readonly<Record<PlatformName, readonly Rung[]>>;
export type BuiltRung = (typeof builtRungs)[PlatformName][number];
