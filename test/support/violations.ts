import type { ReportViolation } from "@pulumi/policy";
import type { Violation } from "../../policy/report";

/** Takes down what policies report, as the SDK's server does. */
export function collector(): { readonly found: Violation[]; readonly take: ReportViolation } {
  const found: Violation[] = [];
  const take = (violation: Violation) => found.push(violation);
  return { found, take: take as unknown as ReportViolation };
}
