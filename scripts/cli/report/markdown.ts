import { notJudgedText } from "../../../policy/coverage";
import type { UpgradeStep } from "../../../policy/upgradePath";
import type { ReportModel } from "./model";
import { type Picture, pictureOf } from "./picture";

/** Writes the report for a comment on a pull request: a picture in Mermaid, the ladder, the findings. */
export function reportMarkdown(model: ReportModel): string {
  const { assessment } = model;
  const { rung, gaps, availability, monthlyCost, findings, upgradePath } = assessment;
  const unknown = notJudgedText(assessment.coverage);
  const figures = [
    rung === "none"
      ? "no servers"
      : `rung **${rung}**${gaps.length === 0 ? "" : ` (${gaps.map(plain).join("; ")})`}`,
    ...(availability === undefined
      ? []
      : [
          `**${availability.percent} %** by SLAs, ${Math.round(availability.downtimeMinutesPerMonth)} minutes of downtime a month`,
        ]),
    ...(monthlyCost.items.length === 0 ? [] : [`**$${monthlyCost.amount}** a month`]),
  ];
  return [
    `## ${plain(model.title)}: what would take the site down`,
    `${figures.join(" · ")}`,
    mermaid(pictureOf(model)),
    ...(upgradePath.path.length === 0 ? [] : ["### The ladder", ladder(upgradePath.path)]),
    "### Findings",
    ...(unknown === undefined ? [] : [`${plain(unknown)}.`]),
    findings.length === 0
      ? "Nothing to report."
      : [
          "| severity | finding | what breaks | do now |",
          "|---|---|---|---|",
          ...findings
            .slice(0, 40)
            .map(
              ({ severity, title, breaks, nextStep }) =>
                `| ${severity} | ${plain(title)} | ${plain(breaks)} | ${plain(nextStep.change)}: ${code(nextStep.command)} |`,
            ),
        ].join("\n"),
    ...(findings.length > 40 ? [`And ${findings.length - 40} more.`] : []),
    `<sub>Availability is ${plain(availability?.label ?? "derived from SLAs, not a forecast")}. Prices: AWS, ${monthlyCost.region}, ${monthlyCost.asOf}, without traffic.</sub>`,
    "",
  ].join("\n\n");
}

function ladder(path: readonly UpgradeStep[]): string {
  return [
    "| rung | by SLAs | downtime a month | dollars a month | |",
    "|---|---|---|---|---|",
    ...path.map(({ rung, status, availability, monthlyCost, remarks, command }) => {
      const here =
        status === "current"
          ? "**current rung**"
          : status === "passed"
            ? ""
            : `${remarks.map(plain).join(" ")} ${code(command)}`;
      return `| ${rung} | ${availability.percent} % | ${Math.round(availability.downtimeMinutesPerMonth)} min | ${monthlyCost.amount} | ${here.trim()} |`;
    }),
  ].join("\n");
}

/** A Mermaid flowchart, as GitHub and GitLab draw it. */
export function mermaid({ nodes, edges }: Picture): string {
  const lines = nodes.map(({ id, heading, lines: rest, alone }) => {
    const text = [
      `<b>${quoted(heading)}</b>`,
      ...rest.map(quoted),
      ...(alone ? ["<b>single point of failure</b>"] : []),
    ];
    return `  ${id}["${text.join("<br/>")}"]${alone ? ":::alone" : ""}`;
  });
  return [
    "```mermaid",
    "flowchart TB",
    "  visitors([Visitors])",
    ...lines,
    ...edges.map(([from, to]) => `  ${from} --> ${to}`),
    "  classDef alone fill:#fdeceb,stroke:#b3170d,stroke-width:3px,color:#1b1f24",
    "```",
  ].join("\n");
}

/** Inside Mermaid's quotes. */
function quoted(text: string): string {
  return text
    .replaceAll("&", "#amp;")
    .replaceAll('"', "#quot;")
    .replaceAll("<", "#lt;")
    .replaceAll(">", "#gt;");
}

/** Names can't break the table or start markup. */
function plain(text: string): string {
  return text.replaceAll("\n", " ").replaceAll(/[\\`*_[\]<>|]/g, (character) => `\\${character}`);
}

function code(command: string): string {
  return `\`${command.replaceAll("`", "'").replaceAll("|", "\\|").replaceAll("\n", " ")}\``;
}
