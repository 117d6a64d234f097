import { rungs } from "../../policy/vocabulary";
import { WrongUse } from "./project/faults";
import { runProgram, stackOption } from "./project/program";
import { standardScreen } from "./project/progress";
import { start } from "./project/start";

const usage = `usage: npm start [-- --stack NAME] [--rung RUNG]

Brings the site up: gets the Pulumi engine, makes the stack, runs "pulumi up" with the policy pack, and asks the
site for its page. Run again, it changes only what differs.

  -s, --stack NAME   the stack (default: local)
      --rung RUNG    the rung of the ladder, such as split-database; noted in the stack's settings
  -h, --help         this text`;

const options = { ...stackOption, rung: { type: "string" } } as const;

void runProgram(usage, options, async ({ values }) => {
  const rung = rungs.find((name) => name === values.rung);
  if (values.rung !== undefined && rung === undefined) {
    throw new WrongUse(`--rung: expected ${rungs.join(", ")}, got "${values.rung}"`);
  }
  await start(values.stack, standardScreen(), rung);
  return 0;
});
