import type { Assessment } from "./assess";
import type { Finding } from "./finding";

/** A finding as the CLI prints it. The CLI leaves a policy's remediation steps out, so that the next step is said here. */
export function message(finding: Finding): string {
  const next = `Next: ${finding.nextStep.change} (${finding.nextStep.command}).`;
  const removed =
    finding.removedBy === undefined
      ? ""
      : ` The rung ${finding.removedBy.rung} removes it: ${finding.removedBy.how}.`;
  return `${finding.title}. ${finding.breaks} ${finding.notices} ${next}${removed} [${finding.problem}; ${finding.wellArchitected.practice}]`;
}

/** Where the stack stands and what comes next; undefined where there is nothing to climb, or the top is reached. */
export function pathMessage(assessment: Assessment): string | undefined {
  const { upgradePath, gaps } = assessment;
  const current = upgradePath.path.find(({ status }) => status === "current");
  const next = upgradePath.path.find(({ status }) => status === "next");
  if (current === undefined) return undefined;
  const missing = gaps.length === 0 ? "" : ` Not whole yet: ${gaps.join("; ")}.`;
  const here = `The site stands on the rung ${current.rung}: ${figures(current)}.${missing}`;
  if (next === undefined) return gaps.length === 0 ? undefined : here;
  const remarks = next.remarks.length === 0 ? "" : ` ${next.remarks.join(" ")}`;
  return `${here} Next is ${next.rung}: ${figures(next)}.${remarks} To take it: ${next.command}`;
}

function figures(step: Assessment["upgradePath"]["path"][number]): string {
  const { percent, downtimeMinutesPerMonth, basis } = step.availability;
  const minutes = `${Math.round(downtimeMinutesPerMonth)} minutes a month`;
  const like = basis === "sla" ? "by SLA, not a forecast" : "by SLA as if on AWS, not a forecast";
  const where = step.monthlyCost.basis === "model" ? " as a model on AWS" : "";
  const unpriced = step.monthlyCost.unpriced.length === 0 ? "" : " and what the price table lacks";
  return `${percent} % (${minutes} down, ${like}), ${step.monthlyCost.amount} USD a month${where}${unpriced}`;
}
