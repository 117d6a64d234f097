import { existsSync, writeFileSync } from "node:fs";
import type { ResourceView } from "../../policy/resources";
import { writeBaseline } from "./policy/baseline";
import { checkStack } from "./policy/check";
import { sarif } from "./policy/sarif";
import { WrongUse } from "./project/faults";
import { runProgram } from "./project/program";
import { readStack } from "./report/source";

const usage = `usage: npm run policy:check -- [--file state.json | --stack NAME] [--config config.json] [--fail-on SEVERITY] [--json]

Runs the policy pack on a stack's state, without a login. Ends with 0 when nothing must be mended, with 3 when a mandatory policy is
violated or something of the severity of --fail-on is found, and with 1 or 2 when it couldn't be checked.

      --file FILE         what \`pulumi stack export\` or \`pulumi preview --json --show-sames\` wrote; - for standard input
  -s, --stack NAME        a stack of this project, in place of a file
      --config FILE       the pack's configuration, as for pulumi's --policy-pack-config
      --fail-on SEVERITY  also fail on findings of this severity or above: low, medium, high, critical
      --baseline FILE     accept the findings in this file, and fail on new ones only; where there is no such file yet, today's findings
                          are written to it and accepted (targets never are)
      --sarif FILE        also write the findings as SARIF, for code scanning
      --json              write JSON
  -h, --help              this text`;

const options = {
  file: { type: "string" },
  stack: { type: "string", short: "s" },
  config: { type: "string" },
  "fail-on": { type: "string" },
  baseline: { type: "string" },
  sarif: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

const somethingMustBeMended = 3;

void runProgram(usage, options, async ({ values }) => {
  const { file, stack } = values;
  if (file === undefined && stack === undefined)
    throw new WrongUse("Say what to check: --file state.json (from `pulumi stack export`), or --stack NAME");
  const { views } = await readStack({ file, stack });
  const { config, "fail-on": failOn, baseline } = values;
  if (baseline !== undefined && !existsSync(baseline)) acceptToday(views, baseline, config);
  const result = checkStack(views, { config, failOn, baseline });
  if (values.sarif !== undefined)
    writeFileSync(
      values.sarif,
      `${JSON.stringify(sarif(result.violations, result.accepted, "Pulumi.yaml"), undefined, 2)}\n`,
    );
  console.log(values.json ? JSON.stringify(result, undefined, 2) : result.text);
  return result.failed ? somethingMustBeMended : 0;
});

function acceptToday(views: readonly ResourceView[], file: string, config: string | undefined): void {
  const accepted = writeBaseline(file, checkStack(views, { config }).violations);
  console.error(
    `${file}: today's findings (${accepted}) are written and accepted from now on; commit it with your program`,
  );
}
