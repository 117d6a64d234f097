import { text } from "node:stream/consumers";
import type { RolloutInput } from "../../components/servers/releasePlan";
import { endpointOf } from "../engine/command/connection";
import type { Properties } from "../engine/values";
import { runOn } from "./deployment/remote";
import { rollOut } from "./deployment/rollOut";
import { whoAmI } from "./deployment/who";
import { UpdateFailed } from "./project/faults";
import { runProgram } from "./project/program";

const usage = `usage: node --import tsx scripts/cli/rollout.ts RELEASE

What pulumi up runs to put a release live on several servers, which it reads from its standard input
(components/servers/releasePlan.ts, RolloutInput). People use npm run deploy.

  -h, --help   this text`;

void runProgram(
  usage,
  {},
  async ({ positionals: [named] }) => {
    const { release, servers, settings } = JSON.parse(await text(process.stdin)) as RolloutInput;
    if (named !== release)
      throw new UpdateFailed(`error: asked for ${named}, but the input is for ${release}`);
    const driven = servers.map(({ name, connection, files }) => {
      const endpoint = endpointOf(connection as Properties);
      const print = (line: string) => console.log(`${name} ${line}`);
      return {
        name,
        files,
        release: (args: string, input?: string) =>
          runOn({ name, endpoint }, `/opt/one-server-web/release.sh ${args}`, print, input),
      };
    });
    // Lines that begin so are what a person is shown of a command that failed (project/runUpdate.ts).
    await rollOut(driven, { release, settings, who: whoAmI() }).catch((error: Error) => {
      throw new UpdateFailed(error.message.replaceAll(/^/gm, "error: "));
    });
    console.log(`release ${release} is live on ${servers.map(({ name }) => name).join(", ")}`);
    return 0;
  },
  1,
);
