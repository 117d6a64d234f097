import { deploy } from "./deployment/deploy";
import { runProgram, stackOption } from "./project/program";
import { standardScreen } from "./project/progress";

const usage = `usage: npm run deploy [-- --stack NAME]

Puts what is in the site's folder live, with no failed request: "pulumi up", after a release that a rollback pinned
was let go. Run again, it changes nothing.

  -s, --stack NAME   the stack (default: local)
  -h, --help         this text`;

void runProgram(usage, stackOption, async ({ values }) => {
  await deploy(values.stack, standardScreen());
  return 0;
});
