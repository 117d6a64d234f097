import type { StackValidationArgs } from "@pulumi/policy";
import { type Assessment, assess } from "./assess";
import type { Finding, RuleName } from "./finding";
import { forgetAllButFirst } from "./readOnce";
import { append } from "./resources";
import { type Topology, topology } from "./topology";
import { plain, viewsOf } from "./views";

/** A stack that was judged. */
export interface Judged {
  readonly site: Topology;
  readonly assessment: Assessment;
  readonly byRule: ReadonlyMap<RuleName, readonly Finding[]>;
  /** How many resources the policies that follow are given. */
  readonly count: number;
}

/** By the properties of the stack's first resource. */
const judgements = new WeakMap<object, Judged>();

/** Judges the stack once for all policies: they are run one after the other on the same resources. */
export function judge({ resources }: StackValidationArgs): Judged {
  const first = plain(resources[0]?.props);
  const recognisable = typeof first === "object" && first !== null;
  const known = recognisable ? judgements.get(first) : undefined;
  if (known?.count === resources.length) return known;
  const site = topology(viewsOf(resources));
  const assessment = assess(site);
  const byRule = new Map<RuleName, Finding[]>();
  for (const finding of assessment.findings) append(byRule, finding.rule, finding);
  const alone = recognisable && forgetAllButFirst(first, resources.length);
  const judged = { site, assessment, byRule, count: alone ? 1 : resources.length };
  if (recognisable) judgements.set(first, judged);
  return judged;
}
