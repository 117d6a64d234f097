import { ownerIn } from "../../../components/servers/owner";
import { tiers as knownTiers, type Tier, tierLabels } from "../../../policy/vocabulary";
import { type Endpoint, endpointOf } from "../../engine/command/connection";
import { isObject, type Properties, type Value } from "../../engine/values";
import { WorkspaceError } from "../project/faults";
import { stackState, type Workspace } from "../project/workspace";

/** A server of the stack, what it holds, and how it is reached. */
export interface StackServer {
  /** Such as `web-1`. */
  readonly name: string;
  readonly tiers: readonly Tier[];
  /** Whether something on it is backed up. */
  readonly backup: boolean;
  readonly endpoint: Endpoint;
  /** This stack's name on its servers; undefined in one of version 0.1.0. */
  readonly owner?: string;
}

/** As much of `pulumi stack export` as is read here. */
export interface Deployment {
  readonly deployment?: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly type: string;
      readonly inputs?: Properties;
      readonly outputs?: Properties;
    }[];
  };
}

/** A server as the stack's output `servers` lists it. */
export interface ListedServer {
  readonly name: string;
  readonly tiers: readonly Tier[];
  /** All that is listed of it, such as `publicIp`. */
  readonly properties: Properties;
}

/** The servers that the stack's output `servers` lists. */
export function listedServers(state: Deployment): ListedServer[] {
  const stack = state.deployment?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack");
  const listed = open(stack?.outputs?.servers);
  return (Array.isArray(listed) ? listed : []).flatMap((properties) =>
    isObject(properties) ? [{ name: String(properties.name), tiers: tiersOf(properties), properties }] : [],
  );
}

/** The listed servers with what reaches them: the connection of their provisioning, from the stack's state with its secrets open. */
export function serversOf(state: Deployment): StackServer[] {
  return listedServers(state).flatMap(({ name, tiers }) => {
    const component = state.deployment?.resources?.find(
      ({ type, urn }) => /^one-server-web:\w+:Server$/.test(type) && urn.endsWith(`::${name}`),
    );
    const provisioned = state.deployment?.resources?.find(
      ({ type, urn }) =>
        type === "command:remote:Command" && urn.endsWith(`$command:remote:Command::${name}-provision`),
    );
    if (provisioned === undefined) return [];
    const backup = component?.outputs?.backup === true;
    const owner = ownerIn(String(open(provisioned.inputs?.create) ?? ""));
    const endpoint = endpointOf(open(provisioned.inputs?.connection));
    return [{ name, tiers, backup, endpoint, ...(owner === undefined ? {} : { owner }) }];
  });
}

/** Stacks of version 0.1.0 name tiers as one text, `web, app, database`. */
function tiersOf({ tiers, tier }: Properties): Tier[] {
  const names = Array.isArray(tiers) ? tiers : String(tier ?? "").split(", ");
  return knownTiers.filter((known) => names.includes(known));
}

/**
 * All servers of the stack.
 * @throws {WorkspaceError} when it has none
 */
export async function stackServers(workspace: Workspace): Promise<StackServer[]> {
  const servers = serversOf(JSON.parse(await stackState(workspace, "--show-secrets")) as Deployment);
  if (servers.length === 0) {
    throw new WorkspaceError(
      `the stack ${workspace.stack} has no servers: bring it up first (npm start -- -s ${workspace.stack})`,
    );
  }
  return servers;
}

/**
 * The stack's servers that hold a tier.
 * @throws {WorkspaceError} when none does
 */
export async function serversOfTier(workspace: Workspace, tier: Tier): Promise<StackServer[]> {
  const servers = await stackServers(workspace);
  const found = servers.filter(({ tiers }) => tiers.includes(tier));
  if (found.length > 0) return found;
  const names = servers.map(({ name, tiers }) => `${name} (${tiers.join(", ")})`).join(", ");
  throw new WorkspaceError(
    `the stack ${workspace.stack} has no server with the tier ${tier} (${tierLabels[tier]}), only ${names}`,
  );
}

/**
 * The stack's servers that are backed up: first those that hold the database, also where no backups are set up, then those that hold files.
 * @throws {WorkspaceError} when none holds a database
 */
export async function serversWithData(workspace: Workspace): Promise<StackServer[]> {
  const databases = await serversOfTier(workspace, "database");
  const others = (await stackServers(workspace)).filter(
    ({ tiers, backup }) => backup && !tiers.includes("database"),
  );
  return [...databases, ...others];
}

/** A secret in an exported state is an object around its JSON text; this is what it holds. */
function open(value: Value | undefined): Value | undefined {
  if (Array.isArray(value)) return value.map((item) => open(item) as Value);
  if (!isObject(value)) return value;
  if (typeof value.plaintext === "string") return open(JSON.parse(value.plaintext) as Value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, open(item) as Value]));
}
