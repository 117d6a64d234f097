import { notJudgedText } from "../../../policy/coverage";
import type { Finding } from "../../../policy/finding";
import type { UpgradeStep } from "../../../policy/upgradePath";
import { tierLabels } from "../../../policy/vocabulary";
import { escapeHtml } from "./escape";
import { groupKind, groupNames, groupPlace, type ReportModel } from "./model";
import { drawPicture, pictureOf } from "./picture";
import { costPlot, downtimePlot } from "./plots";
import { styleSheet } from "./style";

/** Writes the report as one HTML page that needs no script and no network. */
export async function reportHtml(model: ReportModel): Promise<string> {
  const { assessment } = model;
  const picture = pictureOf(model);
  const alone = picture.nodes.filter((node) => node.alone).map(({ heading }) => heading);
  const description = `The path of a request from the visitors to the data. ${
    alone.length === 0 ? "No single point of failure." : `Single points of failure: ${alone.join("; ")}.`
  }`;
  const svg = await drawPicture(picture, description);
  const path = assessment.upgradePath.path;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(model.title)}: what would take the site down</title>
<style>${styleSheet}</style>
</head>
<body>
<header>
<h1>${escapeHtml(model.title)}: what would take the site down</h1>
<p class="quiet">From the stack's resources alone, by the policy pack of one-server-web.</p>
${facts(model)}
</header>
<main>
<section aria-labelledby="picture">
<h2 id="picture">The picture</h2>
<div class="picture" role="region" aria-label="Picture of the topology" tabindex="0">${svg}</div>
${way(model)}
</section>
${path.length === 0 ? "" : ladder(path)}
<section aria-labelledby="findings">
<h2 id="findings">Findings</h2>
${notJudged(model)}${findings(assessment.findings)}
</section>
${costs(model)}
</main>
<footer class="quiet">
<p>Availability is ${escapeHtml(assessment.availability?.label ?? "derived from AWS's published SLAs, not a forecast")}. Prices: AWS, on demand, ${escapeHtml(assessment.monthlyCost.region)}, ${escapeHtml(assessment.monthlyCost.asOf)}, without traffic, requests and backups.</p>
</footer>
</body>
</html>
`;
}

function facts({ assessment }: ReportModel): string {
  const { rung, gaps, availability, monthlyCost, findings } = assessment;
  const heavy = findings.filter(({ severity }) => severity === "critical" || severity === "high").length;
  const onAws = monthlyCost.items.length > 0 || monthlyCost.unpriced.length > 0;
  const items: readonly (readonly [string, string])[] = [
    [
      rung === "none" ? "no servers" : rung,
      gaps.length === 0 ? "the rung" : `the rung, with ${count(gaps.length, "gap")}`,
    ],
    ...(availability === undefined
      ? []
      : ([
          [`${availability.percent} %`, "available, by SLAs"],
          [`${Math.round(availability.downtimeMinutesPerMonth)} min`, "downtime a month, by SLAs"],
        ] as const)),
    ...(onAws
      ? ([
          [
            `$${monthlyCost.amount}`,
            `a month${monthlyCost.unpriced.length > 0 ? ", and what has no price here" : ""}`,
          ],
        ] as const)
      : []),
    [`${heavy}`, `of ${count(findings.length, "finding")} high or critical`],
  ];
  return `<ul class="facts">${items.map(([value, what]) => `<li><strong>${escapeHtml(value)}</strong><span>${escapeHtml(what)}</span></li>`).join("")}</ul>`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function way({ way: tiers, alone }: ReportModel): string {
  if (tiers.length === 0) return "<p>This stack has nothing that serves a site.</p>";
  const items = tiers.flatMap(({ groups }) => {
    const lines = groups.slice(0, 8).map((group) => {
      const place = groupPlace(group);
      const mark = alone.has(group.id) ? ` <strong class="high">single point of failure</strong>` : "";
      return `<li><strong>${escapeHtml(group.tiers.map((tier) => tierLabels[tier]).join(", "))}</strong>: ${escapeHtml(
        `${groupKind(group)} ${groupNames(group).join(", ")}${place === "" ? "" : ` ${place}`}`,
      )}${mark}</li>`;
    });
    return groups.length > 8 ? [...lines, `<li>and ${groups.length - 8} more</li>`] : lines;
  });
  return `<h3>Path of a request</h3><ol>${items.join("")}</ol>`;
}

function ladder(path: readonly UpgradeStep[]): string {
  return `<section aria-labelledby="ladder">
<h2 id="ladder">The ladder</h2>
<div class="plots">
<figure><figcaption>Downtime in minutes a month, by SLAs</figcaption>${downtimePlot(path)}</figure>
<figure><figcaption>US dollars a month</figcaption>${costPlot(path)}</figure>
</div>
<ol class="ladder">${path.map(rung).join("")}</ol>
</section>`;
}

function rung(step: UpgradeStep): string {
  const here = step.status === "current";
  const state = here
    ? `<span class="here">Current rung</span>`
    : `<span class="quiet">${escapeHtml(step.status)}</span>`;
  const upward = step.status === "next" || step.status === "later";
  return `<li class="card${here ? " current" : ""}"${here ? ' aria-current="step"' : ""}>
<h3>${escapeHtml(step.rung)} ${state}</h3>
<p>${escapeHtml(step.title)}</p>
<p>${step.availability.percent} % by SLAs (${Math.round(step.availability.downtimeMinutesPerMonth)} minutes of downtime a month); $${step.monthlyCost.amount} a month${
    step.monthlyCost.basis === "model" ? ", as a model on AWS" : ""
  }</p>
${step.remarks.map((remark) => `<p class="medium">${escapeHtml(remark)}</p>`).join("")}
<details${here || step.status === "next" ? " open" : ""}><summary>Fixes, duties and what still fails</summary>
${bullets("Fixes", step.fixes)}${bullets("New duties", step.newDuties)}${bullets("Still fails", step.stillFails)}</details>
${upward ? `<pre><code>${escapeHtml(step.command)}</code></pre>` : ""}
</li>`;
}

function bullets(heading: string, lines: readonly string[]): string {
  return lines.length === 0
    ? ""
    : `<p><strong>${heading}</strong></p><ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`;
}

/** More than this many alike would bury the others. */
const shownOfARule = 10;

function findings(all: readonly Finding[]): string {
  if (all.length === 0) return "<p>Nothing to report.</p>";
  const seen = new Map<string, number>();
  const shown = all.filter(({ rule }) => {
    seen.set(rule, (seen.get(rule) ?? 0) + 1);
    return (seen.get(rule) ?? 0) <= shownOfARule;
  });
  const rest = [...seen].filter(([, number]) => number > shownOfARule);
  return `<div class="findings">${shown.map(finding).join("")}</div>${rest
    .map(([rule, number]) => `<p>And ${number - shownOfARule} more of ${escapeHtml(rule)}.</p>`)
    .join("")}`;
}

function finding(one: Finding): string {
  return `<article class="card ${one.severity}-card">
<h3>${escapeHtml(one.title)}</h3>
<p><span class="badge ${one.severity}">${one.severity}</span><span class="badge quiet">${escapeHtml(one.problem)}</span><span class="badge quiet">${escapeHtml(one.rule)}</span></p>
<dl>
<dt>What breaks</dt><dd>${escapeHtml(one.breaks)}${one.certain ? "" : " (As far as can be seen before the update.)"}</dd>
<dt>Who notices</dt><dd>${escapeHtml(one.notices)}</dd>
<dt>Do now</dt><dd>${escapeHtml(one.nextStep.change)}<pre><code>${escapeHtml(one.nextStep.command)}</code></pre></dd>
${one.removedBy === undefined ? "" : `<dt>Removed by</dt><dd>the rung ${escapeHtml(one.removedBy.rung)}: ${escapeHtml(one.removedBy.how)}</dd>`}
<dt>Reference</dt><dd><a href="${escapeHtml(one.wellArchitected.url)}">AWS Well-Architected, ${escapeHtml(one.wellArchitected.practice)}</a></dd>
</dl>
</article>`;
}

function notJudged({ assessment }: ReportModel): string {
  const text = notJudgedText(assessment.coverage);
  return text === undefined ? "" : `<p class="medium">${escapeHtml(text)}.</p>`;
}

function costs({ assessment }: ReportModel): string {
  const { items, unpriced, amount } = assessment.monthlyCost;
  if (items.length === 0 && unpriced.length === 0) return "";
  const largest = [...items].sort((left, right) => right.amount - left.amount);
  const rows = largest.slice(0, 20);
  const others = largest.slice(20).reduce((sum, item) => sum + item.amount, 0);
  return `<section aria-labelledby="costs">
<h2 id="costs">Costs</h2>
<table><thead><tr><th scope="col">What</th><th scope="col" class="amount">Dollars a month</th></tr></thead><tbody>
${rows.map((item) => `<tr><td>${escapeHtml(item.what)}</td><td class="amount">${item.amount.toFixed(2)}</td></tr>`).join("")}
${others > 0 ? `<tr><td>${largest.length - 20} others</td><td class="amount">${others.toFixed(2)}</td></tr>` : ""}
<tr><th scope="row">Together</th><td class="amount"><strong>${amount.toFixed(2)}</strong></td></tr>
</tbody></table>
${unpriced.length === 0 ? "" : `<p>Without a price here: ${escapeHtml(unpriced.slice(0, 20).join(", "))}.</p>`}
</section>`;
}
