import { runOn } from "./deployment/remote";
import { serversWithData } from "./deployment/servers";
import { WrongUse } from "./project/faults";
import { runProgram, stackOption } from "./project/program";
import { openWorkspace } from "./project/workspace";

const usage = `usage: npm run restore -- --to TIME [--stack NAME]

Brings the database and the shared paths back as they were at TIME (UTC, such as 2026-11-23T12:00:00), or everything that was
acknowledged when TIME is "latest". What is there now is kept in a database of its own. It runs on the
servers that hold the database or shared paths.

      --to TIME      when
  -s, --stack NAME   the stack (default: local)
  -h, --help         this text`;

const options = { ...stackOption, to: { type: "string" } } as const;

/** A time as the server takes it. */
function checkTime(to = ""): string {
  if (!/^(?:latest|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z?)$/.test(to)) {
    throw new WrongUse("--to: expected a time in UTC such as 2026-11-23T12:00:00, or latest");
  }
  return to;
}

void runProgram(usage, options, async ({ values }) => {
  const to = checkTime(values.to);
  const workspace = await openWorkspace(values.stack);
  for (const server of await serversWithData(workspace)) {
    await runOn(server, `/opt/one-server-web/backup.sh restore --to ${to}`, (line) =>
      console.log(`${server.name} ${line}`),
    );
  }
  return 0;
});
