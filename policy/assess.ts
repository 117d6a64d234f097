import { type Availability, availability } from "./availability";
import { type MonthlyCost, monthlyCost } from "./cost";
import type { Finding, Severity } from "./finding";
import { databases } from "./rules/database";
import { downtimes } from "./rules/downtime";
import { headroom } from "./rules/headroom";
import { healthChecks } from "./rules/healthChecks";
import { certificates, timesToLive } from "./rules/names";
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
}

/** Judges a topology: where it stands, what would take it down, what it costs, and the way up. Pure. */
export function assess(site: Topology): Assessment {
  const stand = standing(site);
  const findings = findingsOf(site);
  return {
    ...stand,
    findings,
    availability: availability(site),
    monthlyCost: monthlyCost(site),
    upgradePath: upgradePath(site, stand, findings),
  };
}

/** All findings, the heaviest first. */
export function findingsOf(site: Topology): Finding[] {
  return [
    ...singlePointsOfFailure(site),
    ...downtimes(site),
    ...headroom(site),
    ...databases(site),
    ...healthChecks(site),
    ...timesToLive(site),
    ...certificates(site),
  ].sort(byWeight);
}

const weights: readonly Severity[] = ["critical", "high", "medium", "low"];

/** The heaviest first, then by rule and name, so that the order is always the same. */
function byWeight(left: Finding, right: Finding): number {
  return (
    weights.indexOf(left.severity) - weights.indexOf(right.severity) ||
    compare(left.rule, right.rule) ||
    compare(left.names.join(), right.names.join())
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
