import { runProgram, stackOption } from "./project/program";
import { standardScreen } from "./project/progress";
import { stop } from "./project/stop";

const usage = `usage: npm stop [-- --stack NAME]

Takes the site down: "pulumi destroy" of everything the stack made, machines and their data included. The stack's
settings and its password stay, so that npm start makes the same site again.

  -s, --stack NAME   the stack (default: local)
  -h, --help         this text`;

void runProgram(usage, stackOption, async ({ values }) => {
  await stop(String(values.stack), standardScreen());
  return 0;
});
