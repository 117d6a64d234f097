import type * as pulumi from "@pulumi/pulumi";
import type { Server } from "../platforms/platform";
import { provisioningOrder } from "./order";
import { Provision, type ProvisionArgs } from "./provision";

type Resources = readonly pulumi.Resource[];

/** What all servers have in common. */
type CommonArgs = Omit<ProvisionArgs, "server" | "peers" | "inGroup"> & Partial<Pick<ProvisionArgs, "peers">>;

/**
 * Provisions servers of a stack: those that stand in for one another one at a time, each after the one before it is healthy, and groups
 * of them side by side.
 * @param args `peers` are these servers when unset
 * @param options `dependsOn` is what the first of each group waits for
 */
export function provisionInTurn(
  servers: readonly Server[],
  args: CommonArgs,
  options: Omit<pulumi.ComponentResourceOptions, "dependsOn"> & {
    readonly dependsOn?: Resources | Promise<Resources>;
  },
): readonly Provision[] {
  const { dependsOn = [], ...others } = options;
  const first = Promise.resolve(dependsOn);
  const made = new Map<string, Provision>();
  for (const { server, after, alone } of provisioningOrder(servers)) {
    const previous = after === undefined ? undefined : made.get(after.serverName);
    const dependencies: Promise<pulumi.Resource[]> = first.then((all) =>
      previous === undefined ? [...all] : [...all, previous],
    );
    const provision = new Provision(
      server.serverName,
      { peers: servers, ...args, server, inGroup: !alone },
      { ...others, dependsOn: dependencies },
    );
    made.set(server.serverName, provision);
  }
  return [...made.values()];
}
