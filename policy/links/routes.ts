import type { Resources } from "../resources";
import { machinesOfAddresses, type NamedTargets, namedTargets } from "./names";
import { type Pool, poolsOf } from "./pools";

/** How requests find their way: who sends them to whom. */
export interface Routes {
  readonly pools: readonly Pool[];
  readonly names: readonly NamedTargets[];
  /** For each public address, by key, the machine that it leads to. */
  readonly machineOfAddress: ReadonlyMap<string, string>;
}

/** Follows names, addresses and load balancers to what they lead to. Linear in the number of resources. */
export function routesOf(resources: Resources): Routes {
  const machineOfAddress = machinesOfAddresses(resources);
  return { pools: poolsOf(resources), names: namedTargets(resources, machineOfAddress), machineOfAddress };
}
