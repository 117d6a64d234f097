import { z } from "zod";
import { type Availability, type Basis, inSeries, round } from "./availability";
import type { MonthlyCost } from "./cost";
import type { Finding } from "./finding";
import { noNextStep } from "./ladder/derive";
import { stagesOf } from "./ladder/path";
import { isBuilt, modelAvailability, modelCost, rungDescriptions, type Standing, sizesOf } from "./rungs";
import type { Topology } from "./topology";
import { type Rung, rungs, tiers } from "./vocabulary";

const availabilitySchema = z.object({
  percent: z.number(),
  downtimeMinutesPerMonth: z.number(),
  basis: z.enum(["sla", "equivalent"]),
  label: z.string(),
});
const costSchema = z.object({
  amount: z.number(),
  currency: z.literal("USD"),
  asOf: z.string(),
  region: z.string(),
  /** `stack`: this stack's resources; `model`: the rung as it would be on AWS. */
  basis: z.enum(["stack", "model"]),
  unpriced: z.array(z.string()),
});

/** One rung of the ladder, as seen from where the stack stands. */
const stepSchema = z.object({
  rung: z.enum(rungs),
  status: z.enum(["passed", "current", "next", "later"]),
  title: z.string(),
  /** False: this version of the program can't put it up yet. */
  available: z.boolean(),
  command: z.string(),
  availability: availabilitySchema,
  monthlyCost: costSchema,
  fixes: z.array(z.string()),
  newDuties: z.array(z.string()),
  stillFails: z.array(z.string()),
  /** What should be known before: a fall in availability, or that the rung can't be had yet. */
  remarks: z.array(z.string()),
});

/** The stable schema of the stack output `upgradePath`. A change that breaks readers raises `schemaVersion`. */
export const upgradePathSchema = z.object({
  schemaVersion: z.literal(2),
  rung: z.enum([...rungs, "none"]),
  /** What keeps the current rung from being whole. */
  gaps: z.array(z.string()),
  singlePointsOfFailure: z.array(
    z.object({
      tiers: z.array(z.enum(tiers)),
      scope: z.enum(["machine", "zone", "region", "data", "service"]),
      names: z.array(z.string()),
      certain: z.boolean(),
    }),
  ),
  /** Why a next step is missing. */
  noNext: z.string().optional(),
  next: z.object({ rung: z.enum(rungs), available: z.boolean(), command: z.string() }).nullable(),
  path: z.array(stepSchema),
});

export type UpgradePath = z.infer<typeof upgradePathSchema>;

/**
 * The upgrade path as the stack output `upgradePath` holds it: JSON inside a JSON string. Pulumi prints a plain JSON document as a tree of some
 * 190 lines at each `up`, but a string on one line. Reading it: `pulumi stack output upgradePath | jq fromjson`.
 */
export function upgradePathOutput(path: UpgradePath): string {
  return JSON.stringify(JSON.stringify(path));
}

/**
 * Reads the stack output `upgradePath`, also an object of version 0.1.0 of this program, which held the same.
 * @returns undefined where there is none, or one that this version can't read
 */
export function readUpgradePath(output: unknown): UpgradePath | undefined {
  try {
    const value =
      typeof output === "string" ? JSON.parse(JSON.parse(output)) : { ...Object(output), schemaVersion: 2 };
    return upgradePathSchema.parse(value);
  } catch {
    return undefined;
  }
}
export type UpgradeStep = z.infer<typeof stepSchema>;

/** Where the stack itself stands, in figures. */
interface Figures {
  /** Undefined when the stack serves nothing. */
  readonly availability: Availability | undefined;
  readonly monthlyCost: MonthlyCost;
}

/** The way up from where a stack stands: the ladder of this project in its own stacks, in others what follows from what is there. */
export function upgradePath(
  site: Topology,
  stand: Standing,
  findings: readonly Finding[],
  figures: Figures,
): UpgradePath {
  const path =
    stand.rung === "none"
      ? []
      : site.own
        ? ownPath(site, stand.rung, figures)
        : derivedPath(site, stand, figures);
  const next = path.find(({ status }) => status === "next");
  return {
    schemaVersion: 2,
    rung: stand.rung,
    gaps: [...stand.gaps],
    singlePointsOfFailure: findings
      .filter(({ rule }) => rule === "single-point-of-failure")
      .map(({ tiers, scope, names, certain }) => ({ tiers: [...tiers], scope, names: [...names], certain })),
    next: next === undefined ? null : { rung: next.rung, available: next.available, command: next.command },
    ...(next === undefined ? { noNext: noNextStep(site) } : {}),
    path,
  };
}

/** The ladder of this project's program, each rung as its model is. */
function ownPath(site: Topology, rung: Rung, figures: Figures): UpgradeStep[] {
  const position = rungs.indexOf(rung);
  const path = rungs.map((name, index) => step(site, name, index - position, figures));
  const here = path[position] as UpgradeStep;
  const model = modelCost(rung, sizesOf(site)).amount;
  return path.map((current, index) => {
    // Next to a stack's own cost, a rung costs as much more as its model does: both have the same parts beside.
    const compared =
      here.monthlyCost.basis === "stack" && current !== here
        ? {
            ...current.monthlyCost,
            amount: round(here.monthlyCost.amount + current.monthlyCost.amount - model, 2),
          }
        : current.monthlyCost;
    const below = index > position ? path[index - 1] : undefined;
    return { ...current, monthlyCost: compared, remarks: remarks(current, below) };
  });
}

/** @param distance rungs above (positive) or below (negative) the current one */
function step(site: Topology, name: Rung, distance: number, figures: Figures): UpgradeStep {
  const onAws = site.platforms.every((platform) => platform === "aws");
  const basis: Basis = onAws ? "sla" : "equivalent";
  const here = distance === 0;
  const { percent, downtimeMinutesPerMonth, label } =
    (here ? figures.availability : undefined) ?? modelAvailability(name, basis);
  const priced = here && onAws ? figures.monthlyCost : modelCost(name, sizesOf(site));
  const { title, fixes, newDuties, stillFails } = rungDescriptions[name];
  return {
    rung: name,
    status: here ? "current" : distance === 1 ? "next" : distance > 1 ? "later" : "passed",
    title,
    available: isBuilt(name, site.platforms),
    command: commandFor(site, name),
    availability: { percent, downtimeMinutesPerMonth, basis, label },
    monthlyCost: {
      amount: priced.amount,
      currency: priced.currency,
      asOf: priced.asOf,
      region: priced.region,
      basis: here && onAws ? "stack" : "model",
      unpriced: [...priced.unpriced],
    },
    fixes: [...fixes],
    newDuties: [...newDuties],
    stillFails: [...stillFails],
    remarks: [],
  };
}

/** From where a stack stands, one change after the other. */
function derivedPath(site: Topology, stand: Standing, figures: Figures): UpgradeStep[] {
  if (stand.rung === "none") return [];
  const here: UpgradeStep = {
    ...common(figures.availability, figures.monthlyCost),
    rung: stand.rung,
    status: "current",
    title: `What is there: ${partsOf(site)}`,
    fixes: [],
    newDuties: [],
    stillFails: [...stand.gaps],
    remarks: [],
  };
  const stages = stagesOf(site, figures.monthlyCost);
  return stages.reduce<UpgradeStep[]>(
    (path, { change, ...after }, index) => {
      const current: UpgradeStep = {
        ...common(after.availability, after.monthlyCost),
        rung: change.rung,
        status: index === 0 ? "next" : "later",
        title: change.what,
        fixes: [...change.fixes],
        newDuties: [...change.newDuties],
        stillFails: [...change.stillFails],
        remarks: [],
      };
      const found = [...remarks(current, path.at(-1)), `In your program: ${change.what}.`];
      path.push({ ...current, remarks: found });
      return path;
    },
    [here],
  );
}

function common(known: Availability | undefined, cost: MonthlyCost) {
  const { percent, downtimeMinutesPerMonth, basis, label } = known ?? inSeries([], "sla");
  const { amount, currency, asOf, region, unpriced } = cost;
  return {
    available: true,
    command: "pulumi up",
    availability: { percent, downtimeMinutesPerMonth, basis, label },
    monthlyCost: { amount, currency, asOf, region, basis: "stack" as const, unpriced: [...unpriced] },
  };
}

/** `2 x EC2 instance, application load balancer, RDS instance`. */
function partsOf({ groups }: Topology): string {
  const counts = new Map<string, number>();
  for (const { members, tiers } of groups)
    if (tiers.length > 0 && !tiers.includes("dns"))
      for (const { kind, count, essential } of members)
        if (essential) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts].map(([kind, count]) => (count > 1 ? `${count} x ${kind}` : kind)).join(", ");
}

/** How to take a rung: by this project's own setting, or in one's own program. */
export function commandFor(site: Topology, name: Rung): string {
  return site.own ? `pulumi config set rung ${name} && pulumi up` : "pulumi up";
}

function remarks(current: UpgradeStep, below: UpgradeStep | undefined): string[] {
  const found: string[] = [];
  if (below !== undefined && current.availability.percent < below.availability.percent) {
    const more = Math.round(
      current.availability.downtimeMinutesPerMonth - below.availability.downtimeMinutesPerMonth,
    );
    found.push(
      `By SLAs this is less available than ${below.rung}: ${current.availability.percent} % after ${below.availability.percent} %, ${more} minutes a month more, because the site now needs two machines at once.`,
    );
  }
  if (current.status === "passed" || current.status === "current") return found;
  if (!current.available) found.push("Not in this version yet.");
  return found;
}
