import { runProgram } from "./project/program";
import { standardScreen } from "./project/progress";
import { replaceServer } from "./replace/replace";

const usage = `usage: npm run replace [-- --stack NAME] [--server NAME] [--image IMAGE]

Replaces a server of the platform aws: makes a new one, shuts the old one down, moves its data volume and its address
to the new one, provisions and checks it, and only then drops the old one. The site is down from the shutdown until
the new server is provisioned, some minutes; nothing that was acknowledged is lost.

When it fails half-way or is stopped by Ctrl-C, the old server gets its data volume and its address back and is started.
A replacement that got stuck all the same, or was killed, is brought to its end by running this again.

  -s, --stack NAME     the stack (default: prod)
      --server NAME    which server (default: web-1)
      --image IMAGE    newest, a serial of Canonical's such as 20261101, or an image's id (default: the server's own)
  -h, --help           this text`;

void runProgram(
  usage,
  {
    stack: { type: "string", short: "s", default: "prod" },
    server: { type: "string", default: "web-1" },
    image: { type: "string" },
  },
  async ({ values }) => {
    const { stack, server, image } = values;
    await replaceServer({ stack, server, ...(image === undefined ? {} : { image }) }, standardScreen());
    return 0;
  },
);
