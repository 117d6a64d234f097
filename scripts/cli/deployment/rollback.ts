import { WorkspaceError, WrongUse } from "../project/faults";
import { duration, Progress, type Screen } from "../project/progress";
import { openWorkspace, pulumi, type Workspace } from "../project/workspace";
import { runOn } from "./remote";
import { rollOut } from "./rollOut";
import { type StackServer, serversOfTier } from "./servers";
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
    const release = await goBack(servers, wanted, (line) => progress.line(line));
    progress.now("noting it in the stack's settings");
    await pin(workspace, release);
    progress.line(
      `${release} is live (${duration(Date.now() - started)}), and stays so at the next pulumi up; forward again: npm run deploy`,
    );
  } finally {
    progress.close();
  }
}

/**
 * One server goes back in one command; several take the path of a deployment, so that all of them go back or none.
 * @returns the release that is live now
 */
async function goBack(
  servers: readonly StackServer[],
  wanted: string | undefined,
  report: (line: string) => void,
): Promise<string> {
  const driven = servers.map((server) => ({
    name: server.name,
    files: "",
    release: (args: string) =>
      runOn(server, `/opt/one-server-web/release.sh ${args}`, (line) => report(`${server.name} ${line}`)),
  }));
  const [first, ...others] = driven;
  if (first === undefined) throw new WorkspaceError("the stack has no web server");
  if (others.length === 0) {
    const output = await first.release(`rollback ${wanted ?? ""} --who ${whoAmI()}`);
    const release = wanted ?? /release (\S+) is live/.exec(output)?.[1];
    if (release !== undefined) return release;
    throw new WorkspaceError("the server did not say which release is live now; npm run releases shows it");
  }
  const release = wanted ?? (await first.release("previous")).trim();
  if (release === "") {
    throw new WorkspaceError(
      "there is no release before the live one to go back to (npm run releases lists them)",
    );
  }
  await rollOut(driven, { release, who: whoAmI() });
  return release;
}

async function pin(workspace: Workspace, release: string): Promise<void> {
  const set = await pulumi(workspace, ["config", "set", "release", release, "-s", workspace.stack]);
  if (set.code !== 0) {
    throw new WorkspaceError(
      `${release} is live, but could not be noted: ${set.stderr.trim()}; do it by hand: npm run pulumi -- config set release ${release} -s ${workspace.stack}`,
    );
  }
}
