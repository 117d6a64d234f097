import { createHash } from "node:crypto";
import type { Severity } from "@pulumi/policy";
import { guardRails } from "../../../policy/guardRails";
import packageFile from "../../../policy/package.json";
import { informing, stackPolicies } from "../../../policy/stackPolicies";
import { titleOf } from "./baseline";
import type { Violation } from "./violation";

/** How SARIF and code scanning weigh a severity. */
const weights: Readonly<Record<Severity, { readonly level: string; readonly score: string }>> = {
  low: { level: "note", score: "3.0" },
  medium: { level: "warning", score: "5.5" },
  high: { level: "error", score: "8.0" },
  critical: { level: "error", score: "9.5" },
};

/**
 * Findings in the Static Analysis Results Interchange Format 2.1.0, as code scanning reads it
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
 * @param accepted those of a baseline, which are shown as suppressed
 * @param file the file that code scanning shows them at: a state has no lines of a program
 */
export function sarif(
  fresh: readonly Violation[],
  accepted: readonly Violation[],
  file: string,
): Record<string, unknown> {
  const rules = [...stackPolicies, ...guardRails].filter(({ name }) => !informing.has(name));
  const indexOf = new Map(rules.map(({ name }, index) => [name, index]));
  const results = [
    ...fresh.map((violation) => resultOf(violation, indexOf, file, false)),
    ...accepted.map((violation) => resultOf(violation, indexOf, file, true)),
  ];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: packageFile.name,
            semanticVersion: packageFile.version,
            rules: rules.map((rule) => ({
              id: rule.name,
              shortDescription: { text: rule.displayName ?? rule.name },
              fullDescription: { text: rule.description },
              ...(rule.remediationSteps === undefined ? {} : { help: { text: rule.remediationSteps } }),
              defaultConfiguration: { level: weights[rule.severity ?? "medium"].level },
              properties: { "security-severity": weights[rule.severity ?? "medium"].score },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: results.filter((result) => result !== undefined),
      },
    ],
  };
}

function resultOf(
  violation: Violation,
  indexOf: ReadonlyMap<string, number>,
  file: string,
  suppressed: boolean,
): Record<string, unknown> | undefined {
  const { policy, severity, urn, message } = violation;
  const ruleIndex = indexOf.get(policy);
  if (ruleIndex === undefined) return undefined;
  const name = urn?.split("::").at(-1);
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([policy, urn ?? "", titleOf(violation)]))
    .digest("hex");
  return {
    ruleId: policy,
    ruleIndex,
    level: weights[severity].level,
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: file }, region: { startLine: 1 } },
        ...(urn === undefined
          ? {}
          : { logicalLocations: [{ name, fullyQualifiedName: urn, kind: "resource" }] }),
      },
    ],
    partialFingerprints: { "finding/v1": fingerprint },
    properties: { severity },
    ...(suppressed ? { suppressions: [{ kind: "external", justification: "in the baseline" }] } : {}),
  };
}
