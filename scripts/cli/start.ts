import { runProgram, stackOption } from "./project/program";
import { standardScreen } from "./project/progress";
import { start } from "./project/start";

const usage = `usage: npm start [-- --stack NAME]

Brings the site up: gets the Pulumi engine, makes the stack, runs "pulumi up" with the policy pack, and asks the
site for its page. Run again, it changes only what differs.

  -s, --stack NAME   the stack (default: local)
  -h, --help         this text`;

void runProgram(usage, stackOption, async ({ values }) => {
  await start(values.stack, standardScreen());
  return 0;
});
