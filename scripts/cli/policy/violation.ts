import type { EnforcementLevel, Severity } from "@pulumi/policy";

/** What a policy reports of a stack. */
export interface Violation {
  readonly policy: string;
  readonly level: EnforcementLevel;
  readonly severity: Severity;
  readonly urn?: string;
  readonly message: string;
}

/** From the lightest to the heaviest. */
export const severities: readonly Severity[] = ["low", "medium", "high", "critical"];
