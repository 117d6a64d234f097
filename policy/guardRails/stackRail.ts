import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { z } from "zod";
import { today, verdict, withEnding } from "../exemptions";
import type { Severity } from "../finding";
import { judge } from "../judge";
import { report } from "../report";
import { keyOf, type ResourceView } from "../resources";
import { commonSettings, readSettings } from "../settings";
import type { Topology } from "../topology";
import { describePolicy, type GuardRail, guardRailPolicy } from "./guardRail";

type Common = z.infer<typeof commonSettings>;

/** What is wrong with one resource. */
export interface StackFault {
  readonly resource: ResourceView;
  readonly line: string;
  readonly severity: Severity;
}

/** A rule about single resources that takes others to judge: who uses a security group, what is behind a listener. */
export interface StackRail extends Omit<GuardRail<Common>, "check" | "settings"> {
  readonly faults: (site: Topology) => readonly StackFault[];
}

/** Makes a policy of it: validated with the whole stack, remediated with each resource, as the SDK has them. */
export function stackRailPolicy(rail: StackRail): StackValidationPolicy {
  const { remediateResource } = guardRailPolicy<Common>({ ...rail, check: () => [] }) as Pick<
    ResourceValidationPolicy,
    "remediateResource"
  >;
  const policy: StackValidationPolicy = {
    ...describePolicy(rail, commonSettings),
    validateStack: (args, reportViolation) => {
      const { exemptions } = readSettings<Common>(rail.name, commonSettings, args.getConfig());
      for (const { resource, line, severity } of rail.faults(judge(args).site)) {
        const urn = keyOf(resource);
        const { exempt, ended } = verdict(exemptions, [{ name: resource.name, urn }], today());
        if (exempt) continue;
        report(reportViolation, { message: withEnding(line, ended), severity, urn });
      }
    },
  };
  return remediateResource === undefined ? policy : { ...policy, ...{ remediateResource } };
}
