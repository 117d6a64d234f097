import { runOn } from "./deployment/remote";
import { serversWithData } from "./deployment/servers";
import { runProgram, stackOption } from "./project/program";
import { openWorkspace } from "./project/workspace";

const usage = `usage: npm run backup [-- --stack NAME]

Backs the site up now, restores the backup into a scratch database to see that it can be, and lists what there is. It runs on the
servers that hold the database or shared paths. Backups are set up by the settings backupRepository and backupPassword.

  -s, --stack NAME   the stack (default: local)
  -h, --help         this text`;

void runProgram(usage, stackOption, async ({ values }) => {
  const workspace = await openWorkspace(values.stack);
  for (const server of await serversWithData(workspace)) {
    await runOn(server, "/opt/one-server-web/backup.sh run", (line) => console.log(`${server.name} ${line}`));
    console.log(await runOn(server, "/opt/one-server-web/backup.sh list"));
  }
  return 0;
});
