import assert from "node:assert/strict";
import {
  type Backend,
  type Choices,
  chooseBackend,
  workspaceEnvironment,
} from "../../scripts/cli/project/backend";

const login = { url: "https://api.pulumi.com", folder: "/home/ann/.pulumi" };
const bucket = "s3://team/state";

describe("where a stack is looked for", () => {
  const cases: readonly (readonly [when: string, choices: Partial<Choices>, expected: Backend])[] = [
    ["the site embedded in a fresh clone", {}, { kind: "own" }],
    ["the embedded site of somebody who is logged in for other projects", { login }, { kind: "own" }],
    [
      "another stack that this clone holds, for somebody who is logged in",
      { stack: "mine", held: true, login },
      { kind: "own" },
    ],
    ["another stack, for somebody who is not logged in", { stack: "mine" }, { kind: "own" }],
    [
      "another stack, for somebody who is logged in",
      { stack: "prod", login },
      { kind: "chosen", url: login.url, credentials: login.folder },
    ],
    [
      "the backend of the environment, whatever this clone holds",
      { environment: { PULUMI_BACKEND_URL: bucket }, held: true, login },
      { kind: "chosen", url: bucket },
    ],
    [
      "Pulumi Cloud, by its token",
      { environment: { PULUMI_ACCESS_TOKEN: "pul-1" } },
      { kind: "chosen", url: "https://api.pulumi.com" },
    ],
    [
      "a Pulumi Cloud of one's own, by its token and the login's address",
      {
        environment: { PULUMI_ACCESS_TOKEN: "pul-1" },
        login: { ...login, url: "https://pulumi.example.com" },
      },
      { kind: "chosen", url: "https://pulumi.example.com" },
    ],
    ["the backend that Pulumi.yaml names", { project: bucket, held: true }, { kind: "chosen", url: bucket }],
  ];
  for (const [when, choices, expected] of cases) {
    it(`is right for ${when}`, () => {
      const usual = { environment: {}, project: undefined, login: undefined, held: false, stack: "local" };
      assert.deepEqual(chooseBackend({ ...usual, ...choices }), expected);
    });
  }
});

describe("the CLI's environment", () => {
  const engine = { pulumiHome: "/clone/.local/pulumi-home", environment: {} };
  const of = (backend: Backend, base: NodeJS.ProcessEnv) => workspaceEnvironment(engine, backend, base);

  it("has the person's backend, token and passphrase where the person chose the backend", () => {
    const base = {
      PULUMI_BACKEND_URL: bucket,
      PULUMI_ACCESS_TOKEN: "pul-1",
      PULUMI_CONFIG_PASSPHRASE: "secret",
      PULUMI_HOME: "/home/ann/.pulumi",
    };
    assert.deepEqual(of({ kind: "chosen", url: bucket }, base), {
      ...base,
      PULUMI_HOME: engine.pulumiHome,
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
  });

  it("finds the login that the person made with another CLI", () => {
    const backend = { kind: "chosen", url: login.url, credentials: login.folder } as const;
    assert.equal(of(backend, {}).PULUMI_CREDENTIALS_PATH, login.folder);
  });

  it("never has a token where the stack is this clone's own", () => {
    const environment = of({ kind: "own" }, { PULUMI_ACCESS_TOKEN: "pul-1" });
    assert.equal(environment.PULUMI_ACCESS_TOKEN, undefined);
    assert.match(environment.PULUMI_BACKEND_URL ?? "", /^file:\/\/.*\/\.local\/backend$/);
  });
});
