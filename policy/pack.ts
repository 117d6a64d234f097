import { type Policies, PolicyPack, type StackValidationPolicy } from "@pulumi/policy";
import { assess } from "./assess";
import { message, pathMessage } from "./messages";
import { topology } from "./topology";
import { viewsOf } from "./views";

const singlePointOfFailure: StackValidationPolicy = {
  name: "single-point-of-failure",
  displayName: "No part of the site hangs on one machine, zone or region",
  description: "Finds each tier of the website that one machine, one zone or one region holds.",
  enforcementLevel: "advisory",
  severity: "high",
  validateStack: (args, reportViolation) => {
    const { findings } = assess(topology(viewsOf(args.resources)));
    for (const finding of findings)
      if (finding.rule === "single-point-of-failure") reportViolation(message(finding), finding.resources[0]);
  },
};

const upgradePath: StackValidationPolicy = {
  name: "upgrade-path",
  displayName: "The next rung of the ladder",
  description:
    "Names the rung that the stack stands on, and the next one with its availability, cost and command.",
  enforcementLevel: "advisory",
  severity: "low",
  validateStack: (args, reportViolation) => {
    const text = pathMessage(assess(topology(viewsOf(args.resources))));
    if (text !== undefined) reportViolation(text);
  },
};

const policies: Policies = [singlePointOfFailure, upgradePath];

new PolicyPack("one-server-web", { policies });
