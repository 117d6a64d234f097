import type { UpgradeStep } from "../../../policy/upgradePath";
import { type ColourName, variableOf } from "./colours";
import { escapeHtml } from "./escape";

/** Sizes in the drawing's own units, which the page scales to its width. */
const width = 360;
const rowHeight = 44;
const barHeight = 22;
/** Space for the rung's name before a bar and for its value after the longest. */
const nameWidth = 108;
const valueWidth = 66;

/** Minutes without service a month on each rung, by SLAs. */
export function downtimePlot(steps: readonly UpgradeStep[]): string {
  return barPlot(
    steps,
    steps.map(({ availability }) => Math.round(availability.downtimeMinutesPerMonth)),
    (value) => `${value} min`,
    "Minutes of downtime a month, by SLAs",
  );
}

/** Dollars a month on each rung. */
export function costPlot(steps: readonly UpgradeStep[]): string {
  return barPlot(
    steps,
    steps.map(({ monthlyCost }) => Math.round(monthlyCost.amount)),
    (value) => `$${value}`,
    "US dollars a month",
  );
}

/** Draws a bar for each rung as SVG: the current one in the accent colour. */
function barPlot(
  steps: readonly UpgradeStep[],
  values: readonly number[],
  show: (value: number) => string,
  what: string,
): string {
  const longest = Math.max(1, ...values);
  const rows = steps.map(({ rung, status }, index) => {
    const value = values[index] ?? 0;
    const length = Math.round((value / longest) * (width - nameWidth - valueWidth));
    const middle = index * rowHeight + rowHeight / 2;
    const fill: ColourName = status === "current" ? "accent" : "quiet";
    return (
      text(nameWidth - 8, middle, "end", rung) +
      `<rect x="${nameWidth}" y="${middle - barHeight / 2}" width="${length}" height="${barHeight}" fill="${variableOf(fill)}"/>` +
      text(nameWidth + length + 6, middle, "start", show(value))
    );
  });
  const height = steps.length * rowHeight;
  const description = `${what}: ${steps.map(({ rung }, index) => `${rung} ${show(values[index] ?? 0)}`).join(", ")}`;
  const axis = `<line x1="${nameWidth}" y1="0" x2="${nameWidth}" y2="${height}" stroke="${variableOf("line")}"/>`;
  return (
    `<svg role="img" aria-label="${escapeHtml(description)}" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" font-family="Arial, Helvetica, sans-serif" font-size="13">${rows.join("")}${axis}</svg>`
  );
}

function text(x: number, y: number, anchor: "start" | "end", content: string): string {
  return (
    `<text x="${x}" y="${y}" text-anchor="${anchor}" dominant-baseline="central" ` +
    `fill="${variableOf("text")}">${escapeHtml(content)}</text>`
  );
}
