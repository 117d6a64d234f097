import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assess } from "../../../policy/assess";
import { readState, textOf } from "../../../policy/readState";
import { informing } from "../../../policy/stackPolicies";
import { topology } from "../../../policy/topology";
import { WorkspaceError } from "../project/faults";
import { checkStack } from "./check";
import { severities } from "./violation";

/** A file with a stack's state. */
export interface StateFile {
  /** Below the folder that was surveyed. */
  readonly name: string;
  readonly path: string;
}

/** What was found in one stack. */
interface Surveyed {
  readonly name: string;
  readonly resources: number;
  readonly rung: string;
  /** By severity, the heaviest first. */
  readonly findings: Readonly<Record<string, number>>;
  readonly notJudged: number;
  readonly seconds: number;
}

export interface Survey {
  readonly stacks: readonly Surveyed[];
  /** How many findings each rule has, and in how many stacks; the most frequent first. */
  readonly rules: readonly { readonly rule: string; readonly findings: number; readonly stacks: number }[];
  /** How many resources of each kind were not judged. */
  readonly notJudged: readonly { readonly type: string; readonly count: number }[];
  readonly unreadable: readonly string[];
}

/**
 * The JSON files below a folder, in the order of their names.
 * @throws WorkspaceError where it can't be read or holds none
 */
export function statesIn(folder: string): StateFile[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch (error) {
    throw new WorkspaceError(
      `${folder}: expected a folder with states (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  const states = names.filter((name) => name.endsWith(".json")).sort();
  if (states.length === 0) throw new WorkspaceError(`${folder}: expected states in it, as *.json`);
  return states.map((name) => ({ name, path: join(folder, name) }));
}

/** Judges each stack with the whole pack. */
export function survey(files: readonly StateFile[]): Survey {
  const stacks: Surveyed[] = [];
  const unreadable: string[] = [];
  const rules = new Map<string, { findings: number; stacks: number }>();
  const kinds = new Map<string, number>();
  for (const { name, path } of files) {
    try {
      const views = readState(textOf(readFileSync(path)), name);
      const start = process.hrtime.bigint();
      const { violations } = checkStack(views);
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const found = violations.filter(({ policy }) => !informing.has(policy));
      for (const rule of new Set(found.map(({ policy }) => policy))) {
        const known = rules.get(rule) ?? { findings: 0, stacks: 0 };
        const more = found.filter(({ policy }) => policy === rule).length;
        rules.set(rule, { findings: known.findings + more, stacks: known.stacks + 1 });
      }
      const { rung, coverage } = assess(topology(views));
      for (const { type, count } of coverage.kinds) kinds.set(type, (kinds.get(type) ?? 0) + count);
      const findings = [...severities]
        .reverse()
        .map((severity) => [severity, found.filter((one) => one.severity === severity).length] as const);
      stacks.push({
        name,
        resources: views.length,
        rung,
        findings: Object.fromEntries(findings),
        notJudged: coverage.notJudged,
        seconds,
      });
    } catch (error) {
      unreadable.push((error as Error).message);
    }
  }
  return {
    stacks,
    rules: [...rules]
      .map(([rule, counts]) => ({ rule, ...counts }))
      .sort((left, right) => right.findings - left.findings || (left.rule < right.rule ? -1 : 1)),
    notJudged: [...kinds]
      .map(([type, count]) => ({ type, count }))
      .sort((left, right) => right.count - left.count || (left.type < right.type ? -1 : 1)),
    unreadable,
  };
}

/** The survey as tables of text. */
export function surveyText({ stacks, rules, notJudged, unreadable }: Survey): string {
  const columns = [...severities].reverse();
  const total = (value: (one: Surveyed) => number) => stacks.reduce((sum, one) => sum + value(one), 0);
  const row = (name: string, of: (value: (one: Surveyed) => number) => number, rung: string) => [
    name,
    rung,
    `${of(({ resources }) => resources)}`,
    ...columns.map((severity) => `${of(({ findings }) => findings[severity] ?? 0)}`),
    `${of((one) => one.notJudged)}`,
    of(({ seconds }) => seconds).toFixed(2),
  ];
  return [
    table([
      ["stack", "rung", "resources", ...columns, "not judged", "seconds"],
      ...stacks.map((one) => row(one.name, (value) => value(one), one.rung)),
      row(`${stacks.length} stacks`, total, ""),
    ]),
    table([
      ["rule", "findings", "stacks"],
      ...rules.map(({ rule, findings, stacks: count }) => [rule, `${findings}`, `${count}`]),
      ["all", `${rules.reduce((sum, { findings }) => sum + findings, 0)}`, `${stacks.length}`],
    ]),
    ...(notJudged.length === 0
      ? []
      : [table([["not judged", "resources"], ...notJudged.map(({ type, count }) => [type, `${count}`])])]),
    ...unreadable.map((line) => `not read: ${line}`),
  ].join("\n\n");
}

/** Columns as wide as their widest cell; figures to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          /^\d+(\.\d+)?$/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
