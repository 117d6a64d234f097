import { duration, Progress, type Screen } from "../project/progress";
import { runUpdate } from "../project/runUpdate";
import { siteOutputs } from "../project/summary";
import { mustRun, openWorkspace, stackOutputs, stackSetting } from "../project/workspace";
import { parseRecords, showRecord } from "./list";
import { runOn } from "./remote";
import { serversOfTier } from "./servers";

/**
 * Puts the site's folder live: removes what a rollback pinned, then `pulumi up`, which uploads and deploys what changed and nothing else.
 * Everything a deployment needs (settings, scripts) is brought up to date by the same `up`, so that a release never meets an older server.
 */
export async function deploy(stack: string, screen: Screen): Promise<void> {
  const started = Date.now();
  const progress = new Progress(screen);
  try {
    progress.now("getting the Pulumi engine");
    const workspace = await openWorkspace(stack, { report: (doing) => progress.now(doing) });
    const pinned = await stackSetting(workspace, "release");
    if (pinned !== undefined) {
      progress.line(`going forward again from the pinned release ${pinned}`);
      await mustRun(workspace, ["config", "rm", "release", "-s", stack]);
    }
    const update = await runUpdate(workspace, ["up", "--skip-preview"], progress);
    const { release, url } = siteOutputs(await stackOutputs(workspace));
    for (const server of await serversOfTier(workspace, "web")) {
      const records = parseRecords(await runOn(server, "/opt/one-server-web/release.sh records 1"));
      for (const record of records) {
        progress.line(`${server.name}: ${showRecord(record)}`);
      }
    }
    const did = update.changed === 0 ? "nothing had to change" : `${update.changed} resources changed`;
    progress.line(
      `${release} is live at ${url} (${did}; ${duration(Date.now() - started)}); back again: npm run rollback`,
    );
  } finally {
    progress.close();
  }
}
