import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../scripts/cli/project/folders";
import { type Result, rowOf } from "../test/support/load/result";

/** Prints the table and writes it to bench/results/NAME.json with the machine and the date. */
export function writeResults(name: string, results: readonly Result[]): void {
  const rows = results.map(rowOf);
  console.table(
    rows.map(({ metric, value, unit, baseline, ratio, goal, met }) => ({
      metric,
      value: `${rounded(value)} ${unit}`,
      baseline: baseline === undefined ? "" : `${rounded(baseline)} ${unit}`,
      ratio: ratio === undefined ? "" : ratio.toFixed(2),
      goal: goal ?? "",
      met: met === undefined ? "" : met ? "yes" : "NO",
    })),
  );
  const folder = join(projectFolder, "bench", "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  const report = { date: new Date().toISOString(), machine: machine(), results: rows };
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(`written to bench/results/${name}.json`);
}

function machine(): Record<string, string | number> {
  const processors = cpus();
  return {
    processors: processors.length,
    model: processors[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
  };
}

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en-US") : value.toFixed(2);
}
