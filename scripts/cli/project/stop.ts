import type { Properties } from "../../engine/values";
import { type Deployment, listedServers } from "../deployment/servers";
import { embeddedStack } from "./backend";
import { confirm } from "./confirm";
import { describeHoldings, type HeldServer, type Holdings, isEmbedded } from "./destruction";
import { duration, Progress, type Screen } from "./progress";
import { runUpdate } from "./runUpdate";
import { NoStack, openWorkspace, stackSetting, stackState, type Workspace } from "./workspace";

/**
 * Destroys what the stack made, and says what that was. Says first what there is, and asks, unless that is the site embedded in this clone.
 * @param agreed no question is needed
 * @throws {WrongUse} when there is no terminal to ask at
 */
export async function stop(stack: string, agreed: boolean, screen: Screen): Promise<void> {
  const started = Date.now();
  const progress = new Progress(screen);
  try {
    progress.now("getting the Pulumi engine");
    const workspace = await openIfThere(stack, (doing) => progress.now(doing));
    if (workspace === undefined)
      return progress.line(`nothing was there to take down: there is no stack ${stack}`);
    const holdings = await holdingsOf(workspace);
    progress.now("");
    if (holdings.resources > 0 && !isEmbedded(holdings)) {
      progress.line(describeHoldings(holdings));
      if (!agreed) await confirm(stack, `npm stop -- -s ${stack} --yes`);
    }
    const update = await runUpdate(workspace, ["destroy"], progress);
    const took = duration(Date.now() - started);
    progress.line(
      update.changed === 0
        ? `nothing was there to take down in the stack ${stack} (${took})`
        : `took down the stack ${stack}: ${update.changed} resources in ${took}; npm start brings it up again`,
    );
  } finally {
    progress.close();
  }
}

/** The site embedded in this clone may never have been made. */
async function openIfThere(stack: string, report: (doing: string) => void): Promise<Workspace | undefined> {
  try {
    return await openWorkspace(stack, { report });
  } catch (error) {
    if (error instanceof NoStack && stack === embeddedStack) return undefined;
    throw error;
  }
}

async function holdingsOf(workspace: Workspace): Promise<Holdings> {
  const { stack, backend } = workspace;
  const state = JSON.parse(await stackState(workspace)) as Deployment;
  const resources = state.deployment?.resources ?? [];
  const platforms = new Map(
    resources
      .filter(({ type }) => /^one-server-web:[a-z]+:Server$/.test(type))
      .map(({ urn, type }) => [urn.slice(urn.lastIndexOf("::") + 2), type.split(":")[1] ?? ""]),
  );
  const held = ({ name, tiers, properties }: ReturnType<typeof listedServers>[number]): HeldServer => ({
    name,
    tiers,
    address: addressOf(properties),
    platform: platforms.get(name) ?? "unknown",
  });
  return {
    stack,
    backend,
    resources: resources.filter(({ type }) => !type.startsWith("pulumi:")).length,
    servers: listedServers(state).map(held),
    backups: await stackSetting(workspace, "backupRepository"),
  };
}

function addressOf({ publicIp }: Properties): string {
  return typeof publicIp === "string" ? publicIp : "an unknown address";
}
