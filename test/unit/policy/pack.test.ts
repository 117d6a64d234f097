import assert from "node:assert/strict";
import { promisify } from "node:util";
import type { StackValidationArgs } from "@pulumi/policy";
import type { ResourceView } from "../../../policy/resources";
import { stackPolicies } from "../../../policy/stackPolicies";
import { stacks } from "../../stacks";
import { type Client, resourceRequest, stackRequest, startPack } from "../../support/policyPack";
import { collector } from "../../support/violations";

/** A policy's name, what it says, of which resource, and how heavy it is. */
type Line = readonly [policy: string, message: string, urn: string, severity: number];

/** Severities as the engine is given them (pulumi/pulumi `proto/pulumi/analyzer.proto`, PolicySeverity). */
const numberOf = { low: 1, medium: 2, high: 3, critical: 4 } as const;

/** What the policies say when each is given all resources. */
function expected(views: readonly ResourceView[]): Line[] {
  return stackPolicies.flatMap((policy) => {
    const { found: violations, take } = collector();
    const props = views.map((view) => ({ ...view.properties }));
    const resources = views.map((view, index) => ({
      ...view,
      props: props[index],
      opts: { protect: view.protect },
    }));
    const made = new Map(resources.map((resource) => [resource.urn, resource]));
    const found = (urns: readonly string[]) => urns.flatMap((urn) => made.get(urn) ?? []);
    const args = {
      resources: resources.map((resource) => ({
        ...resource,
        parent: resource.parent === undefined ? undefined : made.get(resource.parent),
        dependencies: found(resource.dependencies ?? []),
        propertyDependencies: Object.fromEntries(
          Object.entries(resource.propertyDependencies ?? {}).map(([key, urns]) => [key, found(urns)]),
        ),
      })),
      getConfig: () => ({}),
      stackTags: new Map(),
    };
    void policy.validateStack(args as unknown as StackValidationArgs, take);
    return violations.map(({ message, severity, urn }) => [
      policy.name,
      message,
      urn ?? "",
      numberOf[severity],
    ]);
  });
}

async function said(client: Client, views: readonly ResourceView[]): Promise<Line[]> {
  const analyze = promisify(client.analyzeStack.bind(client));
  const response = await analyze(stackRequest(views));
  return response.getDiagnosticsList().map((line) => {
    return [line.getPolicyname(), line.getMessage(), line.getUrn(), line.getSeverity()];
  });
}

describe("the policy pack in a process of its own", function () {
  this.timeout(60_000);
  let pack: Awaited<ReturnType<typeof startPack>>;

  before(async () => {
    pack = await startPack();
  });
  after(() => {
    pack.client.close();
    pack.child.kill();
  });

  for (const stack of stacks)
    it(`says of ${stack.name} what each policy says that is given all resources`, async () => {
      const views = stack.updated();
      const lines = await said(pack.client, views);
      assert.deepEqual(lines, expected(views));
    });

  it("judges each stack anew: one resource, several, none", async () => {
    const views = stacks[0]?.updated() ?? [];
    assert.ok(views.length > 1);
    assert.deepEqual(await said(pack.client, []), []);
    for (const some of [views.slice(0, 1), views, [], views.slice(1), views.slice(0, 1)])
      assert.deepEqual(await said(pack.client, some), expected(some));
  });

  it("takes what Pulumi keeps secret as unknown, as a state does", async () => {
    const analyze = promisify(pack.client.analyze.bind(pack.client));
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const said = async (value: unknown) => {
      const type = "aws:lambda/function:Function";
      const properties = { environment: { variables: { DB_PASSWORD: value } } };
      const response = await analyze(resourceRequest({ type, name: "api", urn: "urn", properties }));
      return response.getDiagnosticsList().map((line) => line.getPolicyname());
    };
    assert.deepEqual(await said("hunter2"), ["secret-in-user-data-or-command"]);
    assert.deepEqual(await said({ ...secret, value: "hunter2" }), []);
  });

  it("judges several stacks at once", async () => {
    const few = stacks.slice(0, 6).map((stack) => stack.updated());
    const all = await Promise.all(few.map((views) => said(pack.client, views)));
    assert.deepEqual(all, few.map(expected));
  });
});
