import { type ResourceHandler, serveProvider } from "../providerServer";
import { catalogue } from "./catalogue";
import { functions } from "./functions";
import { MachineEffects } from "./machineEffects";
import { Misfortune } from "./misfortune";
import { Resource } from "./resource";
import { PaperOnly } from "./sideEffects";
import { World } from "./world";

/**
 * A plugin that stands for AWS in tests and in previews without an account: it knows the types that this program uses, checks
 * their inputs by AWS's documentation, and leaves unknown at preview what AWS leaves unknown.
 *
 *     AWS_PLUGIN_WORLD    folder that holds the account between runs; in memory when unset
 *     AWS_PLUGIN_NETWORK  a local network (scripts/host/network.sh): instances become real machines in it
 *     AWS_PLUGIN_REGION   us-east-1 when unset
 *     AWS_PLUGIN_FAILURE  fails once, such as `create aws:ec2/eipAssociation:EipAssociation`
 */
function main(): void {
  const world = new World(process.env.AWS_PLUGIN_WORLD);
  const network = process.env.AWS_PLUGIN_NETWORK;
  const effects = network === undefined ? new PaperOnly(world) : new MachineEffects(world, network);
  const misfortune = new Misfortune(process.env.AWS_PLUGIN_FAILURE);
  const resources: Record<string, ResourceHandler> = {};
  for (const [token, facts] of Object.entries(catalogue)) {
    resources[token] = new Resource(token, facts, world, effects, misfortune);
  }
  void serveProvider({
    name: "aws",
    version: "7.48.0",
    resources,
    functions: Object.fromEntries(
      Object.entries(functions).map(([token, answer]) => [token, async (_call, { args }) => answer(args)]),
    ),
  });
}

main();
