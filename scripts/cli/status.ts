import { runOn } from "./deployment/remote";
import { type StackServer, stackServers } from "./deployment/servers";
import { runProgram, stackOption } from "./project/program";
import { standardScreen } from "./project/progress";
import { openWorkspace } from "./project/workspace";
import { parseFacts } from "./status/facts";
import { judge } from "./status/judge";
import type { Status } from "./status/show";
import { showStatuses } from "./status/sideBySide";

const usage = `usage: npm run status [-- --stack NAME] [--json]

Shows every server of the stack: its versions, load, memory, disks, certificate, last backup, health, units and live release,
and who deployed last, for how long and where it failed. Ends with 1 when something is WRONG, and with 0 when there are only WARNINGs.

  -s, --stack NAME   the stack (default: local)
      --json         for programs
  -h, --help         this text`;

const options = { ...stackOption, json: { type: "boolean", default: false } } as const;

/** One server that can't be reached is no reason not to show the others. */
async function statusOf(server: StackServer): Promise<Status> {
  try {
    // A machine that answers at all does so at once: a few tries, not the minutes that a booting one is given.
    const endpoint = { ...server.endpoint, dialErrorLimit: 3 };
    const facts = parseFacts(await runOn({ ...server, endpoint }, "/opt/one-server-web/status.sh"));
    return { server: server.name, facts, faults: judge(facts) };
  } catch (error) {
    return { server: server.name, faults: [{ level: "wrong", text: (error as Error).message }] };
  }
}

void runProgram(usage, options, async ({ values }) => {
  const servers = await stackServers(await openWorkspace(values.stack));
  const statuses = await Promise.all(servers.map(statusOf));
  console.log(
    values.json ? JSON.stringify(statuses, undefined, 2) : showStatuses(statuses, standardScreen().columns),
  );
  return statuses.some(({ faults }) => faults.some(({ level }) => level === "wrong")) ? 1 : 0;
});
