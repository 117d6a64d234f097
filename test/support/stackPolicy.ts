import { type PolicyResource, type StackValidationArgs, unknownCheckingProxy } from "@pulumi/policy";
import type { Violation } from "../../policy/report";
import { keyOf, type ResourceView } from "../../policy/resources";
import { stackPolicies } from "../../policy/stackPolicies";
import { collector } from "./violations";

/** The views as the SDK hands resources to a stack policy: with proxies that throw at an unknown. */
function policyResources(views: readonly ResourceView[]): PolicyResource[] {
  const made = new Map<string, PolicyResource>();
  for (const view of views)
    made.set(keyOf(view), {
      type: view.type,
      name: view.name,
      urn: keyOf(view),
      props: unknownCheckingProxy({ ...view.properties }),
      opts: { protect: view.protect === true, ignoreChanges: [], aliases: [], additionalSecretOutputs: [] },
      dependencies: [],
      propertyDependencies: {},
    } as unknown as PolicyResource);
  for (const view of views) {
    const resource = made.get(keyOf(view)) as PolicyResource;
    const find = (keys: readonly string[]) => keys.flatMap((key) => made.get(key) ?? []);
    resource.dependencies = find(view.dependencies ?? []);
    resource.propertyDependencies = Object.fromEntries(
      Object.entries(view.propertyDependencies ?? {}).map(([property, keys]) => [property, find(keys)]),
    );
    const parent = view.parent === undefined ? undefined : made.get(view.parent);
    if (parent !== undefined) resource.parent = parent;
  }
  return [...made.values()];
}

/** Runs a policy for whole stacks as the SDK does, and takes down what it reports. */
export function runStackPolicy(
  policy: string,
  views: readonly ResourceView[],
  config: object = {},
): readonly Violation[] {
  const { found, take } = collector();
  const args = {
    resources: policyResources(views),
    getConfig: () => config,
    stackTags: new Map(),
  } as unknown as StackValidationArgs;
  void stackPolicies.find(({ name }) => name === policy)?.validateStack(args, take);
  return found;
}
