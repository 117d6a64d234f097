import { createRequire } from "node:module";

/** The part of the SDK's module that turns a message's properties into plain values. */
interface Deserializer {
  deserializeProperties(properties: object, proxySecrets: boolean): Record<string, unknown>;
}

/**
 * Makes the policy SDK read each resource once for all policies of the pack. By itself it reads every resource anew for every policy: with two dozen
 * policies and ten thousand resources that took ten times as long as judging them. Policies only read what they are given; what remediations get,
 * which they change, is still read anew. Where a later SDK reads in another way, this changes nothing.
 */
export function readResourcesOnce(): void {
  try {
    const module: Deserializer = createRequire(__filename)("@pulumi/policy/deserialize");
    const read = module.deserializeProperties;
    const known = new WeakMap<object, Record<string, unknown>>();
    module.deserializeProperties = (properties, proxySecrets) => {
      if (proxySecrets) return read(properties, proxySecrets);
      const before = known.get(properties);
      if (before !== undefined) return before;
      const values = read(properties, proxySecrets);
      known.set(properties, values);
      return values;
    };
  } catch {
    // Only slower without it.
  }
}
