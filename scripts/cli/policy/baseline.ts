import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Severity } from "@pulumi/policy";
import { z } from "zod";
import { informing } from "../../../policy/stackPolicies";
import { WorkspaceError } from "../project/faults";
import { severities, type Violation } from "./violation";

const acceptedSchema = z.strictObject({
  policy: z.string(),
  severity: z.enum(["low", "medium", "high", "critical"]),
  resource: z.string().optional(),
  finding: z.string(),
});
type Accepted = z.infer<typeof acceptedSchema>;

const baselineSchema = z.strictObject({ version: z.literal(1), accepted: z.array(acceptedSchema) });

/** What was found, apart by whether it was there when the baseline was written. */
export interface Compared {
  readonly fresh: readonly Violation[];
  readonly accepted: readonly Violation[];
  /** How many accepted findings are no longer there. */
  readonly gone: number;
}

/** A limit that a team sets itself is no finding of an old stack, and what only informs never counts as one. */
const neverAccepted: ReadonlySet<string> = new Set([...informing, "targets"]);

/** A finding's first line, without figures: that a group has grown makes no new finding. */
export function titleOf({ message }: Pick<Violation, "message">): string {
  return (message.split("\n")[0] ?? "").replaceAll(/\d+/g, "#");
}

function keyOf({ policy, resource, finding }: Omit<Accepted, "severity">): string {
  return JSON.stringify([policy, resource ?? "", finding]);
}

function entryOf(violation: Violation): Accepted {
  const { policy, severity, urn } = violation;
  return { policy, severity, ...(urn === undefined ? {} : { resource: urn }), finding: titleOf(violation) };
}

/** Writes today's findings, in an order that doesn't change. */
export function writeBaseline(file: string, violations: readonly Violation[]): number {
  const accepted = violations
    .filter(({ policy }) => !neverAccepted.has(policy))
    .map(entryOf)
    .sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  writeFileSync(file, `${JSON.stringify({ version: 1, accepted }, undefined, 2)}\n`);
  return accepted.length;
}

/**
 * Reads a baseline.
 * @returns undefined where the file does not exist yet
 * @throws WorkspaceError that names the file and what was expected
 */
export function readBaseline(file: string): readonly Accepted[] | undefined {
  if (!existsSync(file)) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new WorkspaceError(
      `${file}: expected a baseline as policy:check writes it (${(error as Error).message})`,
    );
  }
  const read = baselineSchema.safeParse(content);
  if (read.success) return read.data.accepted;
  const [issue] = read.error.issues;
  throw new WorkspaceError(
    `${file}: expected a baseline as policy:check writes it; ${issue?.path.join(".") || "the file"}: ${issue?.message}`,
  );
}

/** A finding is accepted once for each entry of the baseline, and not where it has become heavier. */
export function compare(baseline: readonly Accepted[], violations: readonly Violation[]): Compared {
  const left = new Map<string, Severity[]>();
  for (const entry of baseline) left.set(keyOf(entry), [...(left.get(keyOf(entry)) ?? []), entry.severity]);
  const fresh: Violation[] = [];
  const accepted: Violation[] = [];
  for (const violation of violations) {
    const known = neverAccepted.has(violation.policy) ? undefined : left.get(keyOf(entryOf(violation)));
    const index =
      known?.findIndex(
        (severity) => severities.indexOf(severity) >= severities.indexOf(violation.severity),
      ) ?? -1;
    if (index < 0) fresh.push(violation);
    else {
      known?.splice(index, 1);
      accepted.push(violation);
    }
  }
  return { fresh, accepted, gone: [...left.values()].reduce((sum, { length }) => sum + length, 0) };
}
