import { type ListedRelease, parseRecords, showReleases } from "./deployment/list";
import { runOn } from "./deployment/remote";
import { serversOfTier } from "./deployment/servers";
import { runProgram, stackOption } from "./project/program";
import { openWorkspace } from "./project/workspace";

const usage = `usage: npm run releases [-- --stack NAME] [--json]

Lists the releases on each web server, and who did what to them, when, for how long, and where it failed.

  -s, --stack NAME   the stack (default: local)
      --json         for programs
  -h, --help         this text`;

const options = { ...stackOption, json: { type: "boolean", default: false } } as const;

void runProgram(usage, options, async ({ values }) => {
  const servers = await serversOfTier(await openWorkspace(values.stack), "web");
  const answers = await Promise.all(
    servers.map(async (server) => {
      const list = await runOn(server, "/opt/one-server-web/release.sh list --json");
      const records = parseRecords(await runOn(server, "/opt/one-server-web/release.sh records 20"));
      return { server: server.name, releases: JSON.parse(list) as ListedRelease[], records };
    }),
  );
  if (values.json) {
    console.log(JSON.stringify(answers, undefined, 2));
  } else {
    console.log(
      answers.map(({ server, releases, records }) => showReleases(server, releases, records)).join("\n\n"),
    );
  }
  return 0;
});
