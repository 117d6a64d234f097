import { type Rung, type Tier, tierLabels } from "./vocabulary";

/** The three classic problems of a site on one server. */
export type Problem = "single point of failure" | "downtime" | "scalability";

export type Severity = "low" | "medium" | "high" | "critical";

/** What may fail. */
export type Scope = "machine" | "zone" | "region" | "data" | "service";

/** Something that stands between the site and its visitors, now or one day. */
export interface Finding {
  /** The rule's name, as in the pack. */
  readonly rule: RuleName;
  readonly problem: Problem;
  readonly severity: Severity;
  readonly scope: Scope;
  readonly tiers: readonly Tier[];
  /** Keys of the resources concerned. */
  readonly resources: readonly string[];
  /** Their names, for people. */
  readonly names: readonly string[];
  /** One line. */
  readonly title: string;
  /** What breaks, and when. */
  readonly breaks: string;
  /** Who notices, and how. */
  readonly notices: string;
  /** What to do now: what to change, and the command to run after. */
  readonly nextStep: { readonly change: string; readonly command: string };
  /** How a higher rung of the ladder removes it; missing where none does. */
  readonly removedBy?: { readonly rung: Rung; readonly how: string };
  readonly wellArchitected: { readonly practice: string; readonly url: string };
  /** False when it depends on something that can't be seen before the update. */
  readonly certain: boolean;
}

export type RuleName =
  | "single-point-of-failure"
  | "downtime-at-deployment"
  | "no-headroom"
  | "database-without-replica"
  | "database-without-backup"
  | "database-without-deletion-protection"
  | "quorum"
  | "data-without-backup"
  | "data-on-task"
  | "health-check"
  | "dns-ttl"
  | "certificate-without-renewal";

/** Best practices of the AWS Well-Architected Framework that findings refer to, by what they are about. */
export const practices = {
  locations: practice(
    "REL10-BP01 Deploy the workload to multiple locations",
    "rel_fault_isolation_multiaz_region_system",
  ),
  failover: practice(
    "REL11-BP02 Fail over to healthy resources",
    "rel_withstand_component_failures_failover2good",
  ),
  monitoring: practice(
    "REL11-BP01 Monitor all components of the workload to detect failures",
    "rel_withstand_component_failures_monitoring_health",
  ),
  scaling: practice(
    "REL07-BP01 Use automation when obtaining or scaling resources",
    "rel_adapt_to_changes_autoscale_adapt",
  ),
  deployment: practice(
    "REL08-BP04 Deploy using immutable infrastructure",
    "rel_tracking_change_management_immutable_infrastructure",
  ),
  backup: practice(
    "REL09-BP01 Identify and back up all data that needs to be backed up",
    "rel_backing_up_data_identified_backups_data",
  ),
  certificates: practice(
    "SEC09-BP01 Implement secure key and certificate management",
    "sec_protect_data_transit_key_cert_mgmt",
  ),
} as const;

function practice(name: string, page: string): Finding["wellArchitected"] {
  return { practice: name, url: `https://docs.aws.amazon.com/wellarchitected/latest/framework/${page}.html` };
}

/** `web server, app server and database`. */
export function listTiers(tiers: readonly Tier[]): string {
  return joinWords(tiers.map((tier) => tierLabels[tier]));
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  if (words.length <= 1) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The first few names, and how many more there are. */
export function fewNames(names: readonly string[]): string {
  return names.length <= 4
    ? joinWords(names)
    : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}
