import { checkStack } from "./policy/check";
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
      --json              write JSON
  -h, --help              this text`;

const options = {
  file: { type: "string" },
  stack: { type: "string", short: "s" },
  config: { type: "string" },
  "fail-on": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

const somethingMustBeMended = 3;

void runProgram(usage, options, async ({ values }) => {
  const { file, stack } = values;
  if (file === undefined && stack === undefined)
    throw new WrongUse("Say what to check: --file state.json (from `pulumi stack export`), or --stack NAME");
  const { views } = await readStack({ file, stack });
  const result = checkStack(views, values.config, values["fail-on"]);
  console.log(values.json ? JSON.stringify(result, undefined, 2) : result.text);
  return result.failed ? somethingMustBeMended : 0;
});
