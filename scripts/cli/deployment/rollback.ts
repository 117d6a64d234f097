import { WorkspaceError, WrongUse } from "../project/faults";
import { duration, Progress, type Screen } from "../project/progress";
import { openWorkspace, pulumi, type Workspace } from "../project/workspace";
import { runOn } from "./remote";
import { serversOfTier } from "./servers";
import { whoAmI } from "./who";

/**
 * Goes back to the release before the live one, or to a given one, on every server; then notes it in the stack's settings, so that the next
 * `pulumi up` does not go forward again.
 */
export async function rollback(stack: string, wanted: string | undefined, screen: Screen): Promise<void> {
  if (wanted !== undefined && !/^[0-9a-z][0-9a-z.-]{3,63}$/.test(wanted)) {
    throw new WrongUse(`"${wanted}" is not a release on the server; npm run releases lists them`);
  }
  const started = Date.now();
  const progress = new Progress(screen);
  try {
    progress.now("looking up the servers");
    const workspace = await openWorkspace(stack, { report: (doing) => progress.now(doing) });
    const servers = await serversOfTier(workspace, "web");
    let release = wanted;
    for (const server of servers) {
      const command = `/opt/one-server-web/release.sh rollback ${release ?? ""} --who ${whoAmI()}`;
      const output = await runOn(server, command, (line) => progress.line(`${server.name} ${line}`));
      // What the first server goes back to, the others do.
      release ??= /release (\S+) is live/.exec(output)?.[1];
    }
    if (release === undefined) {
      throw new WorkspaceError("the server did not say which release is live now; npm run releases shows it");
    }
    progress.now("noting it in the stack's settings");
    await pin(workspace, release);
    progress.line(
      `${release} is live (${duration(Date.now() - started)}), and stays so at the next pulumi up; forward again: npm run deploy`,
    );
  } finally {
    progress.close();
  }
}

async function pin(workspace: Workspace, release: string): Promise<void> {
  const set = await pulumi(workspace, ["config", "set", "release", release, "-s", workspace.stack]);
  if (set.code !== 0) {
    throw new WorkspaceError(
      `${release} is live, but could not be noted: ${set.stderr.trim()}; do it by hand: npm run pulumi -- config set release ${release} -s ${workspace.stack}`,
    );
  }
}
