import { type Endpoint, endpointOf } from "../../engine/command/connection";
import { isObject, type Value } from "../../engine/values";
import { pulumi, type Workspace, WorkspaceError } from "../project/workspace";

/** A server of the stack that takes releases, and how it is reached. */
export interface ReleaseServer {
  /** Such as `web-1`. */
  readonly name: string;
  readonly endpoint: Endpoint;
}

/** As much of `pulumi stack export` as is read here. */
interface Deployment {
  readonly deployment?: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly type: string;
      readonly inputs?: { readonly [name: string]: Value };
    }[];
  };
}

/** The servers that releases were deployed to, from the stack's state. */
export function serversOf(state: Deployment): ReleaseServer[] {
  return (state.deployment?.resources ?? []).flatMap(({ urn, type, inputs }) => {
    const name = /server:Release\$command:remote:Command::(.+)-deploy$/.exec(urn)?.[1];
    return type === "command:remote:Command" && name !== undefined
      ? [{ name, endpoint: endpointOf(open(inputs?.connection)) }]
      : [];
  });
}

/**
 * The stack's servers that take releases.
 * @throws WorkspaceError when the stack has none.
 */
export async function releaseServers(workspace: Workspace): Promise<ReleaseServer[]> {
  const exported = await pulumi(workspace, ["stack", "export", "--show-secrets", "-s", workspace.stack]);
  if (exported.code !== 0) {
    throw new WorkspaceError(exported.stderr.trim());
  }
  const servers = serversOf(JSON.parse(exported.stdout) as Deployment);
  if (servers.length === 0) {
    throw new WorkspaceError(
      `the stack ${workspace.stack} has no server that takes releases: bring it up first (npm start)`,
    );
  }
  return servers;
}

/** A secret in an exported state is an object around its JSON text; this is what it holds. */
function open(value: Value | undefined): Value | undefined {
  if (!isObject(value)) {
    return value;
  }
  if (typeof value.plaintext === "string") {
    return JSON.parse(value.plaintext) as Value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, open(item) as Value]));
}
