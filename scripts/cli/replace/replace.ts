import { setTimeout as wait } from "node:timers/promises";
import { isServed, visitAt } from "../project/answer";
import { StackBusy, UpdateFailed } from "../project/faults";
import { duration, Progress, type Screen } from "../project/progress";
import { runUpdate } from "../project/runUpdate";
import { type SiteOutputs, siteOutputs } from "../project/summary";
import {
  mustRun,
  openWorkspace,
  stackOutputs,
  stackSetting,
  stackState,
  type Workspace,
} from "../project/workspace";
import { findServer, type ServerState, withFormerInstance } from "./state";
import { killedLine, unfinished, withoutUnfinished } from "./unfinished";

export interface Replacement {
  readonly stack: string;
  /** The server's name, such as `web-1`. */
  readonly server: string;
  /** What the new one starts from; what the old one started from when unset. */
  readonly image?: string;
}

/**
 * Replaces a server of the platform aws in one `up`: the engine makes the new one first and drops the old one last. A
 * replacement that was interrupted before is brought to its end instead.
 * @throws {UpdateFailed} when it failed; the old server then has volume and address again, or the message says what stands
 */
export async function replaceServer(wanted: Replacement, screen: Screen): Promise<void> {
  const started = Date.now();
  const progress = new Progress(screen);
  try {
    progress.now("getting the Pulumi engine");
    const workspace = await openWorkspace(wanted.stack, { report: (doing) => progress.now(doing) });
    const before = await serverState(workspace, wanted, progress);
    const image = await imageSetting(workspace);
    if (wanted.image !== undefined) await setImage(workspace, wanted.image);
    try {
      await runUpdate(workspace, updateOf(before, progress), progress);
    } catch (failure) {
      if (failure instanceof StackBusy) throw failure;
      throw await undone(workspace, wanted, before, image, failure as Error, progress);
    }
    const outputs = await stackOutputs(workspace);
    if (wanted.image === "newest") await setImage(workspace, runningImage(outputs, wanted.server));
    const answer = await check(siteOutputs(outputs));
    progress.line(`${wanted.server} is replaced; ${answer}; all in ${duration(Date.now() - started)}`);
  } finally {
    progress.close();
  }
}

function updateOf({ urn, former, instance }: ServerState, progress: Progress): string[] {
  if (former === undefined) return ["up", "--skip-preview", "--replace", urn];
  progress.line(`going on with an interrupted replacement: ${instance} takes the place of ${former}`);
  return ["up", "--skip-preview"];
}

/** Gives the old server its place back where the failed update took it, and says how things stand. */
async function undone(
  workspace: Workspace,
  { stack, server, image: wantedImage }: Replacement,
  before: ServerState,
  image: string,
  failure: Error,
  progress: Progress,
): Promise<Error> {
  const exported = await stackState(workspace);
  const now = findServer(exported, stack, server);
  const old = before.former ?? before.instance;
  if (now.former !== old && now.instance !== old) {
    return new UpdateFailed(
      `${failure.message}\n${server} is replaced all the same: ${now.instance} has volume and address; ` +
        `bring the rest to its end with: pulumi up -s ${stack}`,
    );
  }
  if (wantedImage !== undefined) await setImage(workspace, image);
  if (now.instance !== old) {
    progress.line(`it failed: ${failure.message}`);
    progress.line(`giving volume and address back to ${old}`);
    await giveBack(workspace, now, exported, progress).catch((second: Error) => {
      throw new UpdateFailed(
        `${failure.message}\n${server} could not be given back to ${old}, which may be stopped: ${second.message}\n` +
          `run the same command again, which goes on from here`,
      );
    });
  }
  progress.now("waiting for the site");
  const answer = await check(siteOutputs(await stackOutputs(workspace))).catch((fault: Error) => {
    throw new UpdateFailed(
      `${failure.message}\n${server} was not replaced and is ${old} again, but ${fault.message}`,
    );
  });
  return new UpdateFailed(
    `${failure.message}\n${server} was not replaced: ${old} serves as before, ${answer}; try again when the cause is gone`,
  );
}

/** Nothing but the server's own parts moves: what made the update fail may lie elsewhere. */
async function giveBack(
  workspace: Workspace,
  server: ServerState,
  exported: string,
  progress: Progress,
): Promise<void> {
  await mustRun(workspace, ["stack", "import", "-s", workspace.stack], withFormerInstance(exported, server));
  const targets = server.parts.flatMap((urn) => ["--target", urn]);
  // The state may still say that the old instance runs, from before it was stopped.
  const power = server.parts.filter((urn) => urn.endsWith("-power")).flatMap((urn) => ["--replace", urn]);
  await runUpdate(workspace, ["up", "--skip-preview", ...targets, ...power], progress);
}

/** How the server stands, without what a run that was killed had begun: said to the person, forgotten by the stack. */
async function serverState(
  workspace: Workspace,
  { stack, server }: Replacement,
  progress: Progress,
): Promise<ServerState> {
  const exported = await stackState(workspace);
  const begun = unfinished(exported);
  if (begun.length > 0) {
    progress.line(killedLine(stack, begun));
    await mustRun(workspace, ["stack", "import", "-s", stack], withoutUnfinished(exported));
  }
  return findServer(exported, stack, server);
}

/** What the setting is now; not set means `current`. */
async function imageSetting(workspace: Workspace): Promise<string> {
  return (await stackSetting(workspace, "image")) ?? "current";
}

async function setImage(workspace: Workspace, image: string): Promise<void> {
  const change = image === "current" ? ["rm", "image"] : ["set", "image", image];
  await mustRun(workspace, ["config", ...change, "-s", workspace.stack]);
}

/** The image that a server runs, from the stack's output `images`. */
function runningImage({ images }: Record<string, unknown>, server: string): string {
  const { running } = (images as Record<string, { running: string } | undefined>)[server] ?? {};
  if (running === undefined) throw new UpdateFailed(`the stack's output images does not name ${server}`);
  return running;
}

/** How long a server that was started may take until its site answers, in seconds: boot, database, application. */
const patience = 180;

/**
 * Asks the site as a visitor does, at the address that its names point at, until it answers with a page.
 * @throws {UpdateFailed} with the last fault when it does not in time
 */
async function check({ url, publicIp, caCertificate, servers }: SiteOutputs): Promise<string> {
  const deadline = Date.now() + patience * 1000;
  for (;;) {
    const { answer, fault } = await visitAt(publicIp, url, caCertificate).then(
      (given) => ({ answer: given, fault: `answers with status ${given.status}, expected 200` }),
      (error: Error) => ({ answer: undefined, fault: `does not answer at ${publicIp}: ${error.message}` }),
    );
    if (answer !== undefined && isServed(answer)) return `${url} answers ${answer.status}`;
    if (Date.now() > deadline) {
      throw new UpdateFailed(`${url} ${fault}; look at the server: ${servers[0]?.login ?? ""}`);
    }
    await wait(1000);
  }
}
