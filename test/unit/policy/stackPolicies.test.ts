import assert from "node:assert/strict";
import { stackPolicies } from "../../../policy/stackPolicies";
import { plain } from "../../../policy/views";
import { stacks } from "../../stacks";
import { runStackPolicy as run } from "../../support/stackPolicy";

function stackNamed(name: string) {
  const stack = stacks.find((candidate) => candidate.name === name);
  assert.ok(stack);
  return stack;
}

describe("the stack policies", function () {
  this.timeout(60_000);

  it("run through at preview on every test stack, unknown values included", () => {
    for (const stack of stacks) for (const { name } of stackPolicies) run(name, stack.preview());
  });

  it("name the resource, so that the CLI can point at it", () => {
    const [first] = run("single-point-of-failure", stackNamed("this-project-on-local").preview());
    assert.match(first?.urn ?? "", /one-server-web:local:Server::web-1$/);
  });

  it("report each finding with its own severity", () => {
    const severities = (stack: string) =>
      run("single-point-of-failure", stackNamed(stack).updated()).map(({ severity }) => severity);
    assert.ok(severities("classic-lamp-on-one-instance").includes("high"));
    assert.deepEqual(severities("autoscaled-web-servers-with-aurora"), ["low"]);
  });

  it("limit single points of failure to the scopes that are asked for", () => {
    const views = stackNamed("nlb-to-one-instance").updated();
    const all = run("single-point-of-failure", views).length;
    const machines = run("single-point-of-failure", views, { scopes: ["machine"] });
    assert.equal(machines.length, 1);
    assert.ok(all > machines.length);
  });

  it("leave exempted resources out, and say when an exemption has ended", () => {
    const views = stackNamed("this-project-on-local").updated();
    const exemption = { resource: "web-1", reason: "a hobby site of one person" };
    assert.deepEqual(
      run("single-point-of-failure", views, { exemptions: [{ ...exemption, until: "2999-01-01" }] }),
      [],
    );
    const [ended] = run("single-point-of-failure", views, {
      exemptions: [{ ...exemption, until: "2020-01-01" }],
    });
    assert.match(ended?.message ?? "", /ended on 2020-01-01/);
  });

  it("report names with a TTL above the limit that is set", () => {
    const views = stackNamed("this-project-on-local").updated();
    assert.deepEqual(run("dns-ttl", views), []);
    assert.match(
      run("dns-ttl", views, { maximumTtl: 30 })[0]?.message ?? "",
      /www\.foobar\.com may be remembered for 1 minutes?/,
    );
  });

  it("enforce targets, and are silent without any", () => {
    const views = stackNamed("this-project-on-local").updated();
    assert.deepEqual(run("targets", views), []);
    assert.match(
      run("targets", views, { minimumRung: "load-balanced" })[0]?.message ?? "",
      /stands on single/,
    );
  });

  it("refuse a wrong configuration by throwing", () => {
    assert.throws(() => run("targets", [], { minimumRung: "top" }), /targets\.minimumRung/);
  });

  it("have unique names, descriptions and levels", () => {
    assert.equal(new Set(stackPolicies.map(({ name }) => name)).size, stackPolicies.length);
    const mandatory = new Set(["targets", "database-open-to-the-world"]);
    for (const policy of stackPolicies) {
      assert.match(policy.description, /\.$/);
      assert.equal(policy.enforcementLevel, mandatory.has(policy.name) ? "mandatory" : "advisory");
    }
  });
});

describe("reading through the SDK's proxy", () => {
  it("keeps known values and marks unknown ones, without the proxy's inner side too", () => {
    const throwing = new Proxy(
      { known: 1, unknown: 2, list: [1, 2] },
      {
        get(target, property) {
          if (property === "unknown") throw new Error("can't be known during preview");
          return property === "__getSpecialProxyTarget" ? undefined : Reflect.get(target, property);
        },
      },
    );
    assert.deepEqual(plain(throwing), {
      known: 1,
      unknown: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      list: [1, 2],
    });
  });
});
