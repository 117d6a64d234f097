import { type Assessment, assess } from "../../../policy/assess";
import type { Finding } from "../../../policy/finding";
import type { ResourceView } from "../../../policy/resources";
import { type Group, type Topology, topology } from "../../../policy/topology";
import { type Tier, tiers } from "../../../policy/vocabulary";

/** Everything that the report shows. */
export interface ReportModel {
  readonly title: string;
  readonly site: Topology;
  readonly assessment: Assessment;
  /** Ids of groups that a certain single point of failure is about. */
  readonly alone: ReadonlySet<string>;
  /** The request's way: the tiers in order, with their groups. */
  readonly way: readonly { readonly tier: Tier; readonly groups: readonly Group[] }[];
}

/** @param title such as the stack's name */
export function reportModel(title: string, views: readonly ResourceView[]): ReportModel {
  const site = topology(views);
  const assessment = assess(site);
  const points = assessment.findings.filter(isSinglePoint);
  const keys = new Set(points.flatMap(({ resources }) => resources));
  const alone = new Set(
    site.groups.filter(({ members }) => members.some(({ key }) => keys.has(key))).map(({ id }) => id),
  );
  const seen = new Set<string>();
  const way = tiers.flatMap((tier) => {
    const groups = (site.tiers.find(({ name }) => name === tier)?.groups ?? []).filter(
      ({ id }) => !seen.has(id),
    );
    for (const { id } of groups) seen.add(id);
    return groups.length === 0 ? [] : [{ tier, groups }];
  });
  return { title, site, assessment, alone, way };
}

/** A single point of failure that is certain and smaller than the region. */
function isSinglePoint({ rule, scope, certain }: Finding): boolean {
  return rule === "single-point-of-failure" && certain && scope !== "region";
}

/** Names of a group's members, few enough to be read. */
export function groupNames({ members }: Group): string[] {
  const names = members.map(({ name }) => name);
  return names.length <= 4 ? names : [...names.slice(0, 3), `and ${names.length - 3} more`];
}

/** `3 x EC2 instance`. */
export function groupKind({ members, count }: Group): string {
  const kind = members[0]?.kind ?? "part";
  const known = members.every(({ countKnown }) => countKnown);
  return count > 1 ? `${count}${known ? "" : " or more"} × ${kind}` : kind;
}

/** `in eu-west-1a and eu-west-1b`, or nothing where it can't be seen. */
export function groupPlace({ zones }: Group): string {
  return zones.names.length === 0 ? "" : `in ${zones.names.slice(0, 3).join(", ")}`;
}
