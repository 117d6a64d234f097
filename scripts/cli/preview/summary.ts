import type { PolicyEvent } from "../project/engineEvents";
import { plainText } from "../project/engineEvents";
import { priceAgeWarning } from "./priceAge";
import type { PlannedChange, PreviewResult, Standing } from "./run";

const signs: Readonly<Record<string, string>> = { create: "+", update: "~", replace: "±", delete: "-" };

/** Mandatory ones first; advisory ones in their order. */
function sorted(findings: readonly PolicyEvent[]): PolicyEvent[] {
  const mandatory = (finding: PolicyEvent) => (finding.enforcementLevel === "mandatory" ? 0 : 1);
  return [...findings].sort((left, right) => mandatory(left) - mandatory(right));
}

/** `3 to create, 1 to update, 97 unchanged` */
export function counts(result: PreviewResult): string {
  const parts = Object.keys(signs).flatMap((operation) => {
    const count = result.changes.filter((change) => change.operation === operation).length;
    return count === 0 ? [] : [`${count} to ${operation}`];
  });
  return [...parts, `${result.unchanged} unchanged`].join(", ");
}

function figures(standing: Standing | undefined): [rung: string, availability: string, cost: string] {
  if (standing === undefined) return ["none", "-", "-"];
  return [standing.rung, `${standing.availability} %`, `${standing.cost.toFixed(2)} USD`];
}

function changeLine({ operation, type, name, properties }: PlannedChange): string {
  const detail = operation === "create" || properties.length === 0 ? "" : ` (${properties.join(", ")})`;
  return `${signs[operation]} ${type} ${name}${detail}`;
}

/** The first lines of a finding: what it is and what to do now. */
function findingText({ message }: PolicyEvent): string {
  return plainText(message).trim();
}

/** What was found: the line after the policy's own description. */
function firstLine(finding: PolicyEvent): string {
  const [description = "", found] = findingText(finding).split("\n");
  return found ?? description;
}

/** For the terminal. */
export function terminalText(result: PreviewResult, today: Date): string {
  const [before, after] = [figures(result.before), figures(result.after)];
  const rows = ["rung", "availability by SLA", "monthly cost"].map(
    (name, index) => `  ${name.padEnd(22)}${before[index]?.padEnd(14)}${after[index]}`,
  );
  const findings = sorted(result.findings).map(
    (finding) => `  [${finding.enforcementLevel}] ${finding.policyName}: ${firstLine(finding)}`,
  );
  const ageWarning = priceAgeWarning(result.after?.pricesAsOf, today);
  return [
    `Stack ${result.stack}: ${counts(result)}`,
    ...result.changes.map((change) => `  ${changeLine(change)}`),
    "",
    `  ${"".padEnd(22)}${"now".padEnd(14)}after`,
    ...rows,
    ...(ageWarning === undefined ? [] : [`  ${ageWarning}`]),
    "",
    findings.length === 0 ? "No findings." : `Findings (${findings.length}):`,
    ...findings,
    ...result.warnings.map((line) => `warning: ${line}`),
    ...result.errors.map((line) => `error: ${line}`),
  ].join("\n");
}

/** For a comment on a pull request; GitHub takes 65536 characters. */
export function markdown(result: PreviewResult, today: Date): string {
  const [before, after] = [figures(result.before), figures(result.after)];
  const verdict = result.code === 0 ? "fine" : "**not fine**: see the errors and mandatory findings";
  const ageWarning = priceAgeWarning(result.after?.pricesAsOf, today);
  const text = [
    `### Preview of \`${result.stack}\`: ${counts(result)}`,
    "",
    `${verdict}${result.offline ? ", made without asking AWS" : ""}`,
    "",
    "| | now | after |",
    "| --- | --- | --- |",
    ...["Rung", "Availability by SLA", "Monthly cost"].map(
      (name, index) => `| ${name} | ${before[index]} | ${after[index]} |`,
    ),
    ...(ageWarning === undefined ? [] : ["", `> ${ageWarning}`]),
    ...result.errors.map((line) => `\n\`\`\`\n${line}\n\`\`\``),
    ...result.warnings.map((line) => `\n> ${line.replaceAll("\n", " ")}`),
    "",
    ...folded(`Changes (${result.changes.length})`, ["```diff", ...result.changes.map(diffLine), "```"]),
    ...folded(
      `Findings (${result.findings.length})`,
      sorted(result.findings).flatMap((finding) => [
        `**${finding.policyName}** (${finding.enforcementLevel})`,
        "",
        ...findingText(finding)
          .split("\n")
          .map((line) => `${line}  `),
        "",
      ]),
    ),
  ].join("\n");
  const longest = 65_000;
  return text.length <= longest
    ? text
    : `${text.slice(0, longest)}\n\n… shortened; run \`npm run preview\` for all of it.\n`;
}

/** A line that GitHub colours: it knows only + and -, and ! for what is neither. */
function diffLine(change: PlannedChange): string {
  return changeLine(change).replace(/^[~±]/, "!");
}

function folded(title: string, lines: readonly string[]): string[] {
  return ["<details>", `<summary>${title}</summary>`, "", ...lines, "", "</details>", ""];
}
