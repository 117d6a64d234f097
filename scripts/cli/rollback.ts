import { rollback } from "./deployment/rollback";
import { runProgram, stackOption } from "./project/program";
import { standardScreen } from "./project/progress";

const usage = `usage: npm run rollback [-- RELEASE] [--stack NAME]

Goes back to the release that was live before, or to RELEASE (npm run releases lists them), and notes it in the stack's
settings as "release", so that the next "pulumi up" keeps it. The database stays as it is: migrations are not undone.

  -s, --stack NAME   the stack (default: local)
  -h, --help         this text`;

void runProgram(
  usage,
  stackOption,
  async ({ values, positionals }) => {
    await rollback(values.stack, positionals[0], standardScreen());
    return 0;
  },
  1,
);
