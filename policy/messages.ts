import type { Assessment } from "./assess";
import type { MonthlyCost } from "./cost";
import type { Finding } from "./finding";
import type { UpgradePath } from "./upgradePath";

/**
 * A finding as the CLI prints it, on three lines: what it is, why it matters, what to do. The CLI leaves a policy's remediation steps out, so that the
 * next step is said here; the report says it at length.
 */
export function message(finding: Finding): string {
  const { title, breaks, notices, nextStep, removedBy, wellArchitected, certain } = finding;
  const unsure = certain ? "" : " (As far as can be seen before the update.)";
  const removed = removedBy === undefined ? "" : ` The rung ${removedBy.rung} removes it: ${removedBy.how}.`;
  // Thousands of findings are written one after the other: no lists are made on the way.
  const practice = wellArchitected.practice.slice(0, wellArchitected.practice.indexOf(" "));
  return `${title}.\nWhat breaks: ${breaks}${unsure} Who notices: ${notices}${removed} (AWS Well-Architected ${practice})\nDo now: ${nextStep.change}: ${nextStep.command}`;
}

/** Where the stack stands and what comes next; undefined where there are no web servers. */
export function pathMessage(assessment: Assessment): string | undefined {
  const { upgradePath, gaps } = assessment;
  const current = upgradePath.path.find(({ status }) => status === "current");
  const next = upgradePath.path.find(({ status }) => status === "next");
  if (current === undefined) return undefined;
  const lines = [`The site stands on the rung ${current.rung}: ${figures(current)}.`];
  if (gaps.length > 0) lines.push(`Not whole yet: ${gaps.join("; ")}.`);
  if (next === undefined)
    return [...lines, ...(upgradePath.noNext === undefined ? [] : [upgradePath.noNext])].join("\n");
  lines.push(`Next is ${next.rung}: ${figures(next)}.`, ...next.remarks, `To take it: ${next.command}`);
  return lines.join("\n");
}

/** The stack output `nextRung`: its name and what it buys, on one line. Without a colon, by which Pulumi takes a text for YAML and shows it as a tree. */
export function nextRungText({ path }: UpgradePath): string {
  const next = path.find(({ status }) => status === "next");
  if (next === undefined) return "none, this is the top of the ladder";
  return `${next.rung}${next.available ? "" : " (not in this version)"}, where ${next.fixes.join("; ")}`;
}

/** The stack output `monthlyCost`. */
export function costText({ amount, currency, region, asOf }: MonthlyCost): string {
  return `${amount.toFixed(2)} ${currency} (on demand in ${region}, prices of ${asOf}, without traffic)`;
}

function figures(step: Assessment["upgradePath"]["path"][number]): string {
  const { percent, downtimeMinutesPerMonth, basis } = step.availability;
  const minutes = `${Math.round(downtimeMinutesPerMonth)} minutes a month`;
  const like = basis === "sla" ? "by SLA, not a forecast" : "by SLA as if on AWS, not a forecast";
  const where = step.monthlyCost.basis === "model" ? " as a model on AWS" : "";
  const unpriced = step.monthlyCost.unpriced.length === 0 ? "" : " and what the price table lacks";
  return `${percent} % (${minutes} down, ${like}), ${step.monthlyCost.amount} USD a month${where}${unpriced}`;
}
