import type { ReportViolation } from "@pulumi/policy";
import type { Severity } from "./finding";

/** One violation, as heavy as it is itself: a policy's own severity is only the usual one. */
export interface Violation {
  readonly message: string;
  readonly severity: Severity;
  /** The resource's, for stack policies. */
  readonly urn?: string | undefined;
}

/**
 * Reports a violation with its severity. The SDK's server takes such an object (@pulumi/policy `server.ts`, `makeReportViolationFun`), which its
 * type for callbacks doesn't say.
 */
export function report(reportViolation: ReportViolation, violation: Violation): void {
  (reportViolation as unknown as (violation: Violation) => void)(violation);
}
