import { runProgram, stackOption } from "./project/program";
import { standardScreen } from "./project/progress";
import { stop } from "./project/stop";

const usage = `usage: npm stop [-- --stack NAME] [--yes]

Takes the site down: "pulumi destroy" of everything the stack made, machines and their data included. The stack's
settings and its password stay, so that npm start makes the same site again. Says what it will destroy and asks first, unless that is
the stack local on this host.

  -s, --stack NAME   the stack (default: local)
  -y, --yes          does not ask
  -h, --help         this text`;

const options = { ...stackOption, yes: { type: "boolean", short: "y", default: false } } as const;

void runProgram(usage, options, async ({ values }) => {
  await stop(values.stack, values.yes, standardScreen());
  return 0;
});
