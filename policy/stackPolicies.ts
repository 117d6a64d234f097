import type { StackValidationPolicy } from "@pulumi/policy";
import type { z } from "zod";
import type { Assessment } from "./assess";
import { notJudgedBriefly, notJudgedText } from "./coverage";
import { today, type Verdict, verdict } from "./exemptions";
import { type Finding, fewNames, type RuleName } from "./finding";
import { stackRails } from "./guardRails";
import { judge } from "./judge";
import { message, pathMessage } from "./messages";
import { report } from "./report";
import { timesToLive } from "./rules/names";
import {
  commonSettings,
  configSchema,
  type Exemption,
  readSettings,
  singlePointSettings,
  type TargetSettings,
  targetSettings,
  ttlSettings,
} from "./settings";
import type { Topology } from "./topology";
import { type Rung, rungs } from "./vocabulary";

/** A rule of the assessment as a policy. */
interface Rule {
  readonly name: RuleName;
  readonly displayName: string;
  readonly description: string;
  readonly severity: NonNullable<StackValidationPolicy["severity"]>;
  readonly remediation: string;
}

const rules: readonly Rule[] = [
  {
    name: "downtime-at-deployment",
    displayName: "Updates and deployments don't interrupt the site",
    description: "Finds what interrupts the site when it is updated, resized or given a new version.",
    severity: "medium",
    remediation: "Let one machine serve while another is updated, and let groups roll new versions out.",
  },
  {
    name: "no-headroom",
    displayName: "The site can grow with its visitors",
    description:
      "Finds fixed sizes, burstable machines without unlimited credits, and storage that doesn't grow.",
    severity: "medium",
    remediation: "Add a scaling policy, unlimited credits, or storage autoscaling.",
  },
  {
    name: "database-without-replica",
    displayName: "Every database has a second copy",
    description: "Finds databases whose failure loses data or waits for a restore.",
    severity: "high",
    remediation: "Set multiAz, or add a second instance to the cluster.",
  },
  {
    name: "database-without-backup",
    displayName: "Every database is backed up",
    description: "Finds databases that nothing backs up.",
    severity: "critical",
    remediation:
      "Set backupRetentionPeriod to 7 days or more, or dump the database to another place every day.",
  },
  {
    name: "database-without-deletion-protection",
    displayName: "No database is deleted by accident",
    description: "Finds databases that one command can delete.",
    severity: "medium",
    remediation: "Set deletionProtection, or Pulumi's option protect.",
  },
  {
    name: "data-without-backup",
    displayName: "Tables, file systems and uploads can be brought back",
    description: "Finds tables, file systems and buckets in which what was deleted or overwritten is gone.",
    severity: "medium",
    remediation: "Turn on point-in-time recovery, AWS Backup or versioning.",
  },
  {
    name: "data-on-task",
    displayName: "No data lives on a container alone",
    description: "Finds containers known to keep data, without a volume that outlives the task.",
    severity: "high",
    remediation: "Use a managed store, or mount a file system.",
  },
  {
    name: "quorum",
    displayName: "What decides by majority keeps its majority",
    description:
      "Finds even numbers of members that decide by majority, and zones or hosts that hold the majority.",
    severity: "medium",
    remediation: "Run three or five members, each zone with less than half of them.",
  },
  {
    name: "health-check",
    displayName: "Dead servers are noticed",
    description: "Finds health checks that are missing, or that only see that a port is open.",
    severity: "medium",
    remediation: "Check a page that checks the database, such as /healthz.",
  },
  {
    name: "certificate-without-renewal",
    displayName: "Certificates renew themselves",
    description: "Finds certificates that end because nothing renews them.",
    severity: "high",
    remediation: "Use certificates from ACM with DNS validation.",
  },
];

/** All policies that judge the stack as a whole. */
export const stackPolicies: readonly StackValidationPolicy[] = [
  policy(
    {
      name: "single-point-of-failure",
      displayName: "No part of the site hangs on one machine, zone or region",
      description: "Finds each tier of the website that one machine, one zone or one region holds.",
      severity: "high",
      remediation: "Take the rung load-balanced: two servers in two zones, and a replicated database.",
    },
    singlePointSettings,
    (findings, { scopes }) => findings.filter(({ scope }) => (scopes as readonly string[]).includes(scope)),
  ),
  {
    name: "upgrade-path",
    displayName: "The next rung of the ladder",
    description:
      "Names the rung that the stack stands on, and the next one with its availability, cost and command.",
    enforcementLevel: "advisory",
    severity: "low",
    validateStack: (args, reportViolation) => {
      const text = pathMessage(judge(args).assessment);
      if (text !== undefined) report(reportViolation, { message: text, severity: "low" });
    },
  },
  {
    name: "not-judged",
    displayName: "What the pack can't judge is said",
    description:
      "Lists the resources that the pack doesn't know: other policies say nothing of them, whether they are good or bad.",
    enforcementLevel: "advisory",
    severity: "low",
    remediationSteps: "Judge these parts by hand.",
    validateStack: (args, reportViolation) => {
      const text = notJudgedText(judge(args).assessment.coverage);
      if (text === undefined) return;
      const message = `${text}.\nWhat breaks: these parts may fail, lose data or stand open to the world without a finding here. Who notices: your visitors, before you do.\nDo now: judge them by hand; the site's rung, availability and cost are without them.`;
      report(reportViolation, { message, severity: "low" });
    },
  },
  {
    name: "targets",
    displayName: "The targets set for this stack",
    description:
      "Holds the stack to a lowest rung, a highest monthly cost and a lowest availability; what can't be known fails. Says nothing until one is set.",
    enforcementLevel: "mandatory",
    severity: "high",
    remediationSteps: "Take the rung that is asked for, or change the target.",
    configSchema: configSchema(targetSettings),
    validateStack: (args, reportViolation) => {
      const targets = readSettings("targets", targetSettings, args.getConfig());
      if (Object.keys(targets).length === 0) return;
      for (const line of missedTargets(judge(args).assessment, targets))
        report(reportViolation, { message: line, severity: "high" });
    },
  },
  ...rules.map((rule) => policy(rule, commonSettings, (findings) => findings)),
  policy(
    {
      name: "dns-ttl",
      displayName: "Names can be pointed elsewhere quickly",
      description: "Finds names that are remembered for longer than a failover may take.",
      severity: "low",
      remediation: "Set a TTL of 60 seconds.",
    },
    ttlSettings,
    (_, { maximumTtl }, site) => timesToLive(site, maximumTtl),
  ),
  ...stackRails,
];

/** Makes a policy of a rule: reads its settings, assesses the stack, leaves the exempted out. */
function policy<T extends { readonly exemptions: readonly Exemption[] }>(
  rule: Rule,
  settings: z.ZodObject & z.ZodType<T>,
  choose: (findings: readonly Finding[], settings: T, site: Topology) => readonly Finding[],
): StackValidationPolicy {
  return {
    name: rule.name,
    displayName: rule.displayName,
    description: rule.description,
    severity: rule.severity,
    remediationSteps: rule.remediation,
    enforcementLevel: "advisory",
    configSchema: configSchema(settings),
    validateStack: (args, reportViolation) => {
      const read = readSettings<T>(rule.name, settings, args.getConfig());
      const { byRule, site } = judge(args);
      const day = today();
      for (const finding of choose(byRule.get(rule.name) ?? [], read, site)) {
        const { exempt, ended } =
          read.exemptions.length === 0 ? none : verdict(read.exemptions, namesOf(finding), day);
        if (exempt) continue;
        const text = message(finding);
        report(reportViolation, {
          message: ended === undefined ? text : `${text}\n${ended}`,
          severity: finding.severity,
          urn: urnOf(finding),
        });
      }
    },
  };
}

const none: Verdict = { exempt: false };

function namesOf({ resources, names }: Finding): { readonly name: string; readonly urn: string }[] {
  return resources.map((urn, index) => ({ urn, name: names[index] ?? urn }));
}

/** The first resource of the finding, for the CLI to name; findings about a whole region name none. */
function urnOf({ resources, scope }: Finding): string | undefined {
  return scope === "region" ? undefined : resources[0];
}

/** These say where the stack stands and what was left out: nothing there is to be mended. */
export const informing: ReadonlySet<string> = new Set(["upgrade-path", "not-judged"]);

/** One line for each target that the stack misses, or that can't be known. */
export function missedTargets(assessment: Assessment, targets: TargetSettings): string[] {
  return [
    rungMissed(assessment, targets),
    costMissed(assessment, targets),
    availabilityMissed(assessment, targets),
  ].filter((line) => line !== undefined);
}

function rungMissed(assessment: Assessment, { minimumRung }: TargetSettings): string | undefined {
  if (minimumRung === undefined) return undefined;
  const { rung, gaps, upgradePath } = assessment;
  if (rung === "none") return unknown(assessment, `minimumRung is ${minimumRung}`, "no web server is seen");
  if (position(rung) < position(minimumRung)) {
    const command = upgradePath.path.find((step) => step.rung === minimumRung)?.command ?? "pulumi up";
    return `targets.minimumRung is ${minimumRung}, but the site stands on ${rung}. To get there: ${command}`;
  }
  return gaps.length > 0 && position(minimumRung) >= position("load-balanced")
    ? `targets.minimumRung is ${minimumRung}, and the site isn't wholly there: ${gaps.join("; ")}.`
    : undefined;
}

function costMissed({ monthlyCost }: Assessment, { maxMonthlyCost }: TargetSettings): string | undefined {
  if (maxMonthlyCost === undefined) return undefined;
  const { amount, asOf, region, items, unpriced } = monthlyCost;
  if (amount > maxMonthlyCost) {
    const largest = [...items].sort((left, right) => right.amount - left.amount)[0];
    const most = largest === undefined ? "" : `, most of it for ${largest.what} (${largest.amount} USD)`;
    return `targets.maxMonthlyCost is ${maxMonthlyCost} USD, but the stack costs ${amount} USD a month by the prices of ${asOf} in ${region}${most}.`;
  }
  return unpriced.length > 0
    ? `targets.maxMonthlyCost is ${maxMonthlyCost} USD, and it can't be checked: the prices of ${region} lack ${fewNames(unpriced)}. The rest costs ${amount} USD a month.`
    : undefined;
}

function availabilityMissed(assessment: Assessment, { minAvailability }: TargetSettings): string | undefined {
  if (minAvailability === undefined) return undefined;
  const { availability } = assessment;
  if (availability === undefined)
    return unknown(assessment, `minAvailability is ${minAvailability} %`, "no part of a site is seen");
  if (availability.percent >= minAvailability) return undefined;
  const weakest = [...availability.parts].sort((left, right) => left.availability - right.availability)[0];
  const part = weakest === undefined ? "" : `; the weakest part is ${weakest.what}`;
  return `targets.minAvailability is ${minAvailability} %, but the SLAs give ${availability.percent} %${part}.`;
}

/** A target that nothing seen speaks of is missed only where something was not seen. */
function unknown({ coverage }: Assessment, target: string, seen: string): string | undefined {
  if (coverage.notJudged === 0) return undefined;
  return `targets.${target}, and it can't be known: ${seen}, and ${notJudgedBriefly(coverage)}. Judge these by hand and set the policy targets to advisory here.`;
}

function position(rung: Rung): number {
  return rungs.indexOf(rung);
}
