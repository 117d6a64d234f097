import type { Tier } from "../../policy/vocabulary";
import { type RoleName, roleNames } from "../settings/roleNames";
import type { PlainSettings } from "../settings/settings";
import { entryOf, type SettingName, settingNames } from "../settings/table";

/** What of the settings decides which roles a stack has. */
export type RoleChoice = {
  readonly rung: PlainSettings["rung"];
  readonly server: Pick<PlainSettings["server"], "stack">;
  readonly site: Pick<PlainSettings["site"], "runtime" | "sharedPaths">;
};

interface RolePlan {
  /** Servers of these tiers have it; `every`: all servers. */
  readonly tiers: readonly Tier[] | "every";
  /** Where the settings, or the server's other tiers, decide; always when unset. */
  readonly when?: (settings: RoleChoice, tiers: readonly Tier[]) => boolean;
}

/** Above `single`, servers speak to each other. */
const isSplit = ({ rung }: RoleChoice) => rung !== "single";

const plans: Readonly<Record<RoleName, RolePlan>> = {
  base: { tiers: "every" },
  hardening: { tiers: "every" },
  tls: { tiers: ["load-balancer", "web"] },
  "internal-tls": { tiers: ["load-balancer", "web", "app", "database"], when: isSplit },
  haproxy: { tiers: ["load-balancer", "app", "database"], when: isSplit },
  nginx: { tiers: ["web"], when: ({ server }) => server.stack === "lemp" },
  apache: { tiers: ["web"], when: ({ server }) => server.stack === "lamp" },
  "php-fpm": { tiers: ["app"], when: ({ site }) => site.runtime === "php" },
  python: { tiers: ["app"], when: ({ site }) => site.runtime === "python" },
  mysql: { tiers: ["database"] },
  "database-endpoint": { tiers: ["database"], when: isSplit },
  "database-proxy": { tiers: ["app"], when: isSplit },
  valkey: { tiers: ["app"] },
  site: { tiers: ["app"] },
  tasks: { tiers: ["app"] },
  // Where the data is. Files that the site keeps are on its own server.
  backup: {
    tiers: ["database", "app"],
    when: ({ site }, tiers) => tiers.includes("database") || site.sharedPaths.length > 0,
  },
  watch: { tiers: "every" },
  exporters: { tiers: "every" },
  later: { tiers: "every" },
  // Of a platform's own: a machine's facts ask for them.
  "data-volume": { tiers: [] },
  "metadata-guard": { tiers: [] },
  "certificate-metric": { tiers: [] },
};

/** What a server is set up as. A server gets the settings and secrets of its roles, and no others. */
export interface Role {
  readonly name: RoleName;
  readonly tiers: readonly Tier[] | "every";
  /** Its settings that may be read by everybody on the server. */
  readonly settings: readonly SettingName[];
  /** Its settings that only root and the site's user may read. */
  readonly secrets: readonly SettingName[];
}

function roleOf(name: RoleName): Role {
  const own = settingNames.filter((setting) => entryOf(setting).server?.roles.includes(name));
  const isSecret = (setting: SettingName) => entryOf(setting).secret !== undefined;
  return {
    name,
    tiers: plans[name].tiers,
    settings: own.filter((setting) => !isSecret(setting)),
    secrets: own.filter(isSecret),
  };
}

/** All roles, in the order in which a server is set up. */
export const roles: readonly Role[] = roleNames.map(roleOf);

/** The roles of a server that holds these tiers, in the order in which it is set up. */
export function rolesOf(tiers: readonly Tier[], settings: RoleChoice): RoleName[] {
  const isHeld = ({ tiers: own, when }: RolePlan) =>
    (own === "every" || own.some((tier) => tiers.includes(tier))) &&
    (when === undefined || when(settings, tiers));
  return roleNames.filter((name) => isHeld(plans[name]));
}
