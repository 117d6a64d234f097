import assert from "node:assert/strict";
import { readState, textOf } from "../../../policy/readState";
import { UNKNOWN } from "../../../policy/resources";

const urn = (type: string, name: string) => `urn:pulumi:dev::shop::${type}::${name}`;
const instance = "aws:ec2/instance:Instance";
const state = (name: string, more: object = {}) => ({
  urn: urn(instance, name),
  type: instance,
  inputs: {},
  ...more,
});
const read = (value: object) => readState(JSON.stringify(value), "stack.json");
const exported = (...resources: object[]) => ({ version: 3, deployment: { resources } });

describe("a preview that shows only a part of the stack", () => {
  const steps = [
    { op: "same", urn: urn("pulumi:pulumi:Stack", "shop-dev"), newState: state("stack") },
    { op: "update", urn: urn(instance, "web"), newState: state("web") },
  ];
  it("is refused when what stays is left out, with the option that shows it", () => {
    assert.throws(
      () => read({ steps, changeSummary: { same: 15, update: 1 } }),
      /stack\.json: the preview leaves out 14 unchanged resources; write it with `pulumi preview --json --show-sames`/,
    );
  });
  it("is refused when nothing at all is shown", () => {
    assert.throws(() => read({ steps: null, changeSummary: { same: 3 } }), /leaves out 3 unchanged/);
    assert.throws(() => read({ changeSummary: { same: 1 } }), /leaves out 1 unchanged resource;/);
  });
  it("is refused when it failed on the way", () => {
    const diagnostics = [{ message: "error: shop:size is not set\n", severity: "error" }];
    assert.throws(() => read({ steps, diagnostics }), /the preview failed.*shop:size is not set/);
  });
  it("is read when all is shown", () => {
    assert.equal(read({ steps, changeSummary: { same: 1, update: 1 } }).length, 2);
    assert.equal(read({ steps: [], changeSummary: {} }).length, 0);
  });
  it("shows a replaced resource once, as it will be, and none that goes", () => {
    const views = read({
      steps: [
        { op: "create-replacement", newState: state("web", { inputs: { ami: "new" } }) },
        { op: "replace", newState: state("web", { inputs: { ami: "new" } }) },
        { op: "delete-replaced", newState: null },
        { op: "delete", newState: null },
        { op: "discard", newState: state("looked-up") },
      ],
    });
    assert.deepEqual(
      views.map(({ name, properties }) => [name, properties.ami]),
      [["web", "new"]],
    );
  });
});

describe("a file as other programs write it", () => {
  const json = JSON.stringify(exported(state("wéb")));
  const utf16 = Buffer.from(`\uFEFF${json}`, "utf16le");
  const files: readonly (readonly [string, Buffer])[] = [
    ["UTF-8", Buffer.from(json)],
    ["UTF-8 with a byte order mark", Buffer.from(`\uFEFF${json}`)],
    ["UTF-16, as PowerShell's > writes it", utf16],
    ["UTF-16 of the other byte order", Buffer.from(utf16).swap16()],
  ];
  for (const [what, bytes] of files)
    it(`is read in ${what}`, () => {
      assert.equal(readState(textOf(bytes), "state.json")[0]?.name, "wéb");
    });
  it("may hold an empty stack", () => {
    assert.deepEqual(read({ version: 3, deployment: null }), []);
    assert.deepEqual(read({ version: 3, deployment: { manifest: {} } }), []);
  });
});

describe("what a state says beside properties", () => {
  it("protects what Pulumi doesn't delete: kept and looked up resources too", () => {
    const views = read(
      exported(
        state("a", { protect: true }),
        state("b", { external: true }),
        state("c", { retainOnDelete: true }),
        state("d"),
      ),
    );
    assert.deepEqual(
      views.map((view) => view.protect),
      [true, true, true, false],
    );
  });
  it("lets a secret or unknown output hide no input that is known in part", () => {
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "v1:x",
    };
    const inputs = { environment: { variables: { A: "a", B: secret } }, size: 1 };
    const [view] = read(exported(state("api", { inputs, outputs: { environment: secret, size: 2 } })));
    assert.deepEqual(view?.properties, { environment: { variables: { A: "a", B: UNKNOWN } }, size: 2 });
  });
  it("takes a resource's region from its provider, and at preview from the configuration", () => {
    const provider = {
      urn: urn("pulumi:providers:aws", "west"),
      type: "pulumi:providers:aws",
      id: "1",
      inputs: { region: "us-west-2" },
    };
    const [, web, other] = read(
      exported(provider, state("web", { provider: `${provider.urn}::1` }), state("other")),
    );
    assert.equal(web?.region, "us-west-2");
    assert.equal(other?.region, undefined);
    const [planned] = read({
      config: { "aws:region": "eu-west-1" },
      steps: [{ op: "create", newState: state("web") }],
    });
    assert.equal(planned?.region, "eu-west-1");
  });
});
