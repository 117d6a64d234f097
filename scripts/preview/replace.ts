import { ask } from "../project/answer";
import { duration, Progress, type Screen } from "../project/progress";
import { runUpdate } from "../project/runUpdate";
import { pulumi, stackOutputs, type Workspace, WorkspaceError } from "../project/workspace";
import { openStack } from "./place";

export interface Replacement {
  readonly stack: string;
  /** The server's name, such as `web-1`. */
  readonly server: string;
  /** What the new one starts from; what the old one started from when unset. */
  readonly image?: string;
}

/** Replaces a server of the platform aws in one `up`: the engine makes the new one first and drops the old one last. */
export async function replaceServer(wanted: Replacement, screen: Screen): Promise<void> {
  const started = Date.now();
  const progress = new Progress(screen);
  try {
    progress.now("getting the Pulumi engine");
    const workspace = await openStack(wanted.stack);
    const exported = await must(workspace, ["stack", "export", "-s", wanted.stack]);
    const urn = instanceUrn(exported, wanted);
    if (wanted.image !== undefined) await setImage(workspace, wanted.image);
    await runUpdate(workspace, ["up", "--replace", urn], progress);
    const outputs = await stackOutputs(workspace);
    if (wanted.image === "newest") await setImage(workspace, runningImage(outputs));
    const answer = await check(outputs);
    progress.line(
      `${wanted.server} is replaced; ${outputs.url} answers ${answer}; all in ${duration(Date.now() - started)}`,
    );
  } finally {
    progress.close();
  }
}

/**
 * The instance behind a server, in an exported stack.
 * @throws {WorkspaceError} naming the servers there are
 */
export function instanceUrn(exported: string, { stack, server }: Replacement): string {
  const { deployment } = JSON.parse(exported) as {
    deployment: { resources?: { type: string; urn: string; delete?: boolean }[] };
  };
  const instances = (deployment.resources ?? []).filter(
    (resource) => resource.type === "aws:ec2/instance:Instance" && resource.delete !== true,
  );
  const names = instances.map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
  const found = instances[names.indexOf(server)];
  if (found !== undefined) return found.urn;
  throw new WorkspaceError(
    names.length === 0
      ? `The stack ${stack} has no server on AWS that could be replaced: bring it up first with pulumi up -s ${stack}`
      : `The stack ${stack} has no server "${server}" on AWS: expected one of ${names.join(", ")}`,
  );
}

async function setImage(workspace: Workspace, image: string): Promise<void> {
  await must(workspace, ["config", "set", "image", image, "-s", workspace.stack]);
}

function runningImage(outputs: Record<string, unknown>): string {
  const { running } = outputs.images as { running: string };
  return running;
}

/** Asks the site as a visitor does. */
async function check(outputs: Record<string, unknown>): Promise<number> {
  const { caCertificate } = outputs;
  const authority = typeof caCertificate === "string" ? caCertificate : undefined;
  const { status } = await ask(String(outputs.url), undefined, authority);
  return status;
}

async function must(workspace: Workspace, args: string[]): Promise<string> {
  const ran = await pulumi(workspace, args);
  if (ran.code !== 0) throw new WorkspaceError(ran.stderr.trim());
  return ran.stdout;
}
