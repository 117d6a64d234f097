import { TestStack } from "./builder";

/** A server of this project: its name, its tiers and its zone, which on `local` is the host. */
function servers(
  stack: TestStack,
  platform: "local" | "ssh",
  each: readonly (readonly [name: string, tiers: readonly string[], zone: string])[],
): void {
  const site = stack.add("one-server-web:site:Site", "www.foobar.com", {});
  for (const [name, tiers, zone] of each)
    stack.add(
      `one-server-web:${platform}:Server`,
      name,
      { name, tiers, zone, platform, backup: true, publicIp: "198.51.100.7", privateIp: "10.0.0.7" },
      { parent: site },
    );
}

const all = ["load-balancer", "web", "app", "database"];
const names = (kind: string, zones: readonly string[], tiers: readonly string[]) =>
  zones.map((zone, index) => [`${kind}-${index + 1}`, tiers, zone] as const);

/** Two load balancers, web servers, and members of the database, in these zones. */
function separate(
  stack: TestStack,
  zones: { readonly balancers: string[]; readonly web: string[]; readonly databases: string[] },
  platform: "local" | "ssh" = "ssh",
): void {
  servers(stack, platform, [
    ...names("load-balancer", zones.balancers, ["load-balancer"]),
    ...names("web", zones.web, ["web", "app"]),
    ...names("database", zones.databases, ["database"]),
  ]);
}

export const separateServers = new TestStack(
  "this-project-load-balanced-on-servers-in-three-zones",
  {
    rung: "load-balanced",
    gaps: 0,
    singlePoints: [],
    silent: ["quorum", "database-without-replica", "database-without-backup", "health-check"],
  },
  (stack) => separate(stack, { balancers: ["a", "b"], web: ["a", "b"], databases: ["a", "b", "c"] }),
);

export const oneHost = new TestStack(
  "this-project-load-balanced-on-one-host",
  {
    rung: "load-balanced",
    gaps: 0,
    singlePoints: [
      "zone: database-1, database-2, database-3, load-balancer-1, load-balancer-2, web-1, web-2",
    ],
    silent: ["quorum", "database-without-replica"],
  },
  (stack) =>
    separate(
      stack,
      { balancers: ["host", "host"], web: ["host", "host"], databases: ["host", "host", "host"] },
      "local",
    ),
);

export const compact = new TestStack(
  "this-project-compact-on-three-machines",
  {
    rung: "load-balanced",
    gaps: 0,
    singlePoints: [],
    silent: ["quorum", "database-without-replica", "database-without-backup", "health-check"],
  },
  (stack) => servers(stack, "ssh", names("web", ["a", "b", "c"], all)),
);

export const compactOnOneHost = new TestStack(
  "this-project-compact-on-one-host",
  { rung: "load-balanced", gaps: 0, singlePoints: ["zone: web-1, web-2, web-3"], silent: ["quorum"] },
  (stack) => servers(stack, "local", names("web", ["host", "host", "host"], all)),
);

export const compactOnTwoHosts = new TestStack(
  "this-project-compact-with-two-members-on-one-host",
  { rung: "load-balanced", gaps: 0, singlePoints: [], reports: ["quorum"] },
  (stack) => servers(stack, "ssh", names("web", ["a", "a", "b"], all)),
);

export const moreWebServers = new TestStack(
  "this-project-compact-with-a-fourth-web-server",
  { rung: "load-balanced", gaps: 0, singlePoints: [], silent: ["quorum"] },
  (stack) => servers(stack, "ssh", [...names("web", ["a", "b", "c"], all), ["web-4", ["web", "app"], "a"]]),
);

export const majorityOnOneHost = new TestStack(
  "this-project-with-two-database-members-on-one-host",
  { rung: "load-balanced", gaps: 0, singlePoints: [], reports: ["quorum"] },
  (stack) => separate(stack, { balancers: ["a", "b"], web: ["a", "b"], databases: ["a", "a", "b"] }),
);

export const evenMembers = new TestStack(
  "this-project-with-four-database-members",
  {
    rung: "load-balanced",
    gaps: 0,
    singlePoints: [],
    reports: ["quorum"],
    silent: ["database-without-replica"],
  },
  (stack) => separate(stack, { balancers: ["a", "b"], web: ["a", "b"], databases: ["a", "b", "c", "d"] }),
);

export const twoMembers = new TestStack(
  "this-project-with-two-database-members",
  {
    rung: "load-balanced",
    gaps: 1,
    singlePoints: ["machine: database-1, database-2"],
    silent: ["quorum", "database-without-replica"],
  },
  (stack) => separate(stack, { balancers: ["a", "b"], web: ["a", "b"], databases: ["a", "b"] }),
);

export const oneBalancer = new TestStack(
  "this-project-with-one-load-balancer",
  { rung: "load-balanced", gaps: 1, singlePoints: ["machine: load-balancer-1"], silent: ["quorum"] },
  (stack) => separate(stack, { balancers: ["a"], web: ["a", "b"], databases: ["a", "b", "c"] }),
);

export const splitDatabase = new TestStack(
  "this-project-with-the-database-on-a-server-of-its-own",
  { rung: "split-database", singlePoints: ["machine: database-1", "machine: web-1"], silent: ["quorum"] },
  (stack) =>
    servers(stack, "ssh", [
      ["web-1", ["web", "app"], "a"],
      ["database-1", ["database"], "b"],
    ]),
);
