import { type Availability, availability } from "./availability";
import { type MonthlyCost, monthlyCost } from "./cost";
import { type Coverage, coverage } from "./coverage";
import type { Finding, Severity } from "./finding";
import { databases } from "./rules/database";
import { downtimes } from "./rules/downtime";
import { egress } from "./rules/egress";
import { headroom } from "./rules/headroom";
import { healthChecks } from "./rules/healthChecks";
import { keptData } from "./rules/keptData";
import { certificates, timesToLive } from "./rules/names";
import { quorums } from "./rules/quorum";
import { singlePointsOfFailure } from "./rules/singlePointOfFailure";
import { type Standing, standing } from "./rungs";
import type { Topology } from "./topology";
import { type UpgradePath, upgradePath } from "./upgradePath";

/** Everything there is to say about a stack's website. */
export interface Assessment extends Standing {
  readonly findings: readonly Finding[];
  /** Undefined when the stack serves nothing. */
  readonly availability: Availability | undefined;
  readonly monthlyCost: MonthlyCost;
  readonly upgradePath: UpgradePath;
  /** What was not judged. */
  readonly coverage: Coverage;
}

/** Judges a topology: where it stands, what would take it down, what it costs, and the way up. Pure. */
export function assess(site: Topology): Assessment {
  const stand = standing(site);
  const findings = findingsOf(site);
  const figures = { availability: availability(site), monthlyCost: monthlyCost(site) };
  return {
    ...stand,
    findings,
    ...figures,
    upgradePath: upgradePath(site, stand, findings, figures),
    coverage: coverage(site.resources),
  };
}

/** All findings, the heaviest first. */
export function findingsOf(site: Topology): Finding[] {
  const found = [
    ...singlePointsOfFailure(site),
    ...downtimes(site),
    ...headroom(site),
    ...egress(site),
    ...quorums(site),
    ...keptData(site),
    ...databases(site),
    ...healthChecks(site),
    ...timesToLive(site),
    ...certificates(site),
  ];
  return found
    .map((finding) => ({ finding, weight: weights.indexOf(finding.severity), names: finding.names.join() }))
    .sort(byWeight)
    .map(({ finding }) => finding);
}

const weights: readonly Severity[] = ["critical", "high", "medium", "low"];

/** A finding and what it is sorted by. */
interface Weighed {
  readonly finding: Finding;
  readonly weight: number;
  readonly names: string;
}

/** The heaviest first, then by rule and name, so that the order is always the same. */
function byWeight(left: Weighed, right: Weighed): number {
  return (
    left.weight - right.weight ||
    compare(left.finding.rule, right.finding.rule) ||
    compare(left.names, right.names)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
