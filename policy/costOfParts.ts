import { prices } from "./prices";
import {
  flag,
  isObject,
  isUnknown,
  number,
  objects,
  type Resources,
  type ResourceView,
  text,
} from "./resources";

/** Adds a line to the bill; undefined where the table has no price. */
export type Add = (what: string, amount: number | undefined) => void;

/** What stands beside the servers and is paid by the piece: volumes, their snapshots, alarms, dashboards and health checks. */
export function partCosts(resources: Resources, add: Add): void {
  for (const volume of resources.ofType("aws:ebs/volume:Volume"))
    add(`volume ${volume.name}`, volumeCost(volume));
  for (const policy of resources.ofType("aws:dlm/lifecyclePolicy:LifecyclePolicy")) {
    for (const volume of resources.ofType("aws:ebs/volume:Volume").filter((one) => targets(policy, one))) {
      add(`snapshots of ${volume.name} (estimate)`, snapshotCost(policy, volume));
    }
  }
  const alarms = resources.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
  if (alarms.length > 0) add(`alarms (${alarms.length})`, sum(alarms.map(alarmCost)));
  for (const board of resources.ofType("aws:cloudwatch/dashboard:Dashboard")) {
    add(`dashboard ${board.name}`, prices.units.cloudWatchDashboardPerMonth);
  }
  for (const check of resources.ofType("aws:route53/healthCheck:HealthCheck")) {
    add(`health check ${check.name}`, healthCheckCost(check));
  }
}

/** US dollars for a gigabyte and month of a disk; gp2 is what AWS takes when nothing is said. */
export function gigabytePrice(type: string | undefined): number | undefined {
  if (type === "gp3") return prices.units.gp3PerGigabyteMonth;
  return type === undefined || type === "gp2" ? prices.units.gp2PerGigabyteMonth : undefined;
}

function volumeCost(volume: ResourceView): number | undefined {
  const size = number(volume, "size");
  const price = gigabytePrice(text(volume, "type"));
  return size === undefined || price === undefined ? undefined : size * price;
}

/** A policy takes the volumes that bear one of its tags. */
function targets(policy: ResourceView, volume: ResourceView): boolean {
  const { tags } = volume.properties;
  if (!isObject(tags)) return false;
  const wanted = objects(policy, "policyDetails").flatMap(({ targetTags }) =>
    isObject(targetTags) ? Object.entries(targetTags) : [],
  );
  return wanted.some(([name, value]) => !isUnknown(value) && tags[name] === value);
}

/** How much of a volume changes between two snapshots, as a guess for a small site: database pages and uploads. */
const changedShare = 0.01;

/** The first snapshot holds the whole volume at the most, each further one what changed since. */
function snapshotCost(policy: ResourceView, volume: ResourceView): number | undefined {
  const size = number(volume, "size");
  const schedules = objects(policy, "policyDetails").flatMap((details) =>
    Array.isArray(details.schedules) ? details.schedules.filter(isObject) : [],
  );
  const kept = sum(schedules.map(({ retainRule }) => (isObject(retainRule) ? Number(retainRule.count) : 0)));
  if (size === undefined || !(kept > 0)) return undefined;
  return size * (1 + (kept - 1) * changedShare) * prices.units.snapshotPerGigabyteMonth;
}

/** An alarm is paid by the metrics that it looks at, and costs more where it looks more than once a minute. */
function alarmCost(alarm: ResourceView): number {
  const metrics = objects(alarm, "metricQueries").filter(({ metric }) => metric !== undefined).length;
  const often = (number(alarm, "period") ?? 60) < 60;
  const { alarmPerMonth, alarmHighResolutionPerMonth } = prices.units;
  return Math.max(1, metrics) * (often ? alarmHighResolutionPerMonth : alarmPerMonth);
}

/** HTTPS, a text looked for, ten seconds instead of thirty, and latency measured are options that each cost. */
function healthCheckCost(check: ResourceView): number {
  const type = text(check, "type") ?? "";
  const options = [
    type.startsWith("HTTPS"),
    type.endsWith("_STR_MATCH"),
    number(check, "requestInterval") === 10,
    flag(check, "measureLatency") === true,
  ];
  const { route53HealthCheckPerMonth, route53HealthCheckOptionPerMonth } = prices.units;
  return route53HealthCheckPerMonth + options.filter(Boolean).length * route53HealthCheckOptionPerMonth;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
