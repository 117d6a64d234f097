import * as echarts from "echarts";
import type { UpgradeStep } from "../../../policy/upgradePath";
import { mark, themed } from "./colours";
import { escapeHtml } from "./escape";

const width = 360;

/** Minutes without service a month on each rung, by SLAs. */
export function downtimePlot(steps: readonly UpgradeStep[]): string {
  return barPlot(
    steps,
    steps.map(({ availability }) => Math.round(availability.downtimeMinutesPerMonth)),
    (value) => `${value} min`,
    "Minutes a month that the SLAs leave unserved",
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

/** Draws bars as SVG, without a browser. */
function barPlot(
  steps: readonly UpgradeStep[],
  values: readonly number[],
  show: (value: number) => string,
  what: string,
): string {
  const chart = echarts.init(null, null, {
    renderer: "svg",
    ssr: true,
    width,
    height: 60 + steps.length * 44,
  });
  chart.setOption({
    animation: false,
    backgroundColor: "transparent",
    textStyle: { fontFamily: "Arial, Helvetica, sans-serif" },
    grid: { left: 108, right: 66, top: 8, bottom: 8 },
    xAxis: { type: "value", show: false, min: 0 },
    yAxis: {
      type: "category",
      inverse: true,
      data: steps.map(({ rung }) => rung),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: mark("line") } },
      axisLabel: { color: mark("text"), fontSize: 13 },
    },
    series: [
      {
        type: "bar",
        barWidth: 22,
        data: values.map((value, index) => ({
          value,
          itemStyle: { color: mark(steps[index]?.status === "current" ? "accent" : "quiet") },
        })),
        label: {
          show: true,
          position: "right",
          color: mark("text"),
          fontSize: 13,
          formatter: ({ value }: { readonly value?: unknown }) => show(Number(value)),
        },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  const description = `${what}: ${steps.map(({ rung }, index) => `${rung} ${show(values[index] ?? 0)}`).join(", ")}`;
  return themed(svg).replace("<svg ", `<svg role="img" aria-label="${escapeHtml(description)}" `);
}
