import { nameOf } from "../project/engineEvents";
import { WorkspaceError } from "../project/faults";

/** A server of the platform aws as a stack's state knows it. */
export interface ServerState {
  /** The instance's URN. */
  readonly urn: string;
  /** The instance that the stack counts on. */
  readonly instance: string;
  /** The instance that it replaced and that was not dropped yet: a replacement is under way, or did not come to its end. */
  readonly former: string | undefined;
  /** The URNs of everything at AWS that belongs to the server: volume, address, alarms, IPv6 records and the rest. */
  readonly parts: readonly string[];
}

interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly id?: string;
  /** It was replaced and waits for its deletion. */
  readonly delete?: boolean;
  /** The URNs that it stands on. */
  readonly dependencies?: readonly string[];
}

interface ExportedStack {
  readonly deployment: { readonly resources?: readonly StateResource[] };
}

const instanceType = "aws:ec2/instance:Instance";
/** What was done on a server: to delete it does nothing, so what waits for that can as well be forgotten. */
const remoteTypes = "command:remote:";

/**
 * Finds a server in what `pulumi stack export` printed.
 * @throws {WorkspaceError} naming the servers there are
 */
export function findServer(exported: string, stack: string, server: string): ServerState {
  const { deployment } = JSON.parse(exported) as ExportedStack;
  const resources = deployment.resources ?? [];
  const instances = resources.filter((resource) => resource.type === instanceType);
  const current = instances.filter((resource) => resource.delete !== true);
  const found = current.find(({ urn }) => nameOf(urn) === server);
  if (found === undefined) throw new WorkspaceError(noServer(stack, server, current));
  const former = instances.filter((resource) => resource.urn === found.urn && resource.delete === true).pop();
  return {
    urn: found.urn,
    instance: found.id ?? "",
    former: former?.id,
    parts: partsOf(resources, found.urn),
  };
}

/** What the server's component holds, by name, and what was made from the instance's own facts, such as its IPv6 address. */
function partsOf(resources: readonly StateResource[], instance: string): string[] {
  const server = nameOf(instance);
  const own = resources.filter(({ urn, type, dependencies = [] }) => {
    const held = urn.includes("one-server-web:aws:Server$");
    if (held && (nameOf(urn) === server || nameOf(urn).startsWith(`${server}-`))) return true;
    return type.startsWith("aws:") && dependencies.includes(instance);
  });
  return [...new Set(own.map(({ urn }) => urn))];
}

/**
 * The stack as if the replacement had not begun: the former instance is the server's again, and the one that was to take
 * its place waits for its deletion. What goes with an instance, such as its volume, is left for the next update to move.
 */
export function withFormerInstance(exported: string, { urn, former }: ServerState): string {
  const stack = JSON.parse(exported) as ExportedStack;
  const resources = [...(stack.deployment.resources ?? [])];
  const at = (wanted: (resource: StateResource) => boolean) =>
    resources.findIndex((resource) => resource.urn === urn && wanted(resource));
  const newAt = at((resource) => resource.delete !== true);
  const formerAt = at((resource) => resource.delete === true && resource.id === former);
  const [added, returning] = [resources[newAt], resources[formerAt]];
  if (added === undefined || returning === undefined) throw new Error(`${urn} has no former instance`);
  const { delete: _, ...restored } = returning;
  // Their places change too: what stands on the server comes after it.
  resources[newAt] = restored;
  resources[formerAt] = { ...added, delete: true };
  const kept = resources.filter(
    (resource) => resource.delete !== true || !resource.type.startsWith(remoteTypes),
  );
  return JSON.stringify({ ...stack, deployment: { ...stack.deployment, resources: kept } });
}

function noServer(stack: string, server: string, instances: readonly StateResource[]): string {
  if (instances.length === 0) {
    return `The stack ${stack} has no server on AWS that could be replaced: bring it up first with pulumi up -s ${stack}`;
  }
  const names = instances.map(({ urn }) => nameOf(urn)).join(", ");
  return `The stack ${stack} has no server "${server}" on AWS: expected one of ${names}`;
}
