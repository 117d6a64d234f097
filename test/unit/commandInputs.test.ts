import assert from "node:assert/strict";
import {
  CONNECTION_FIELDS,
  connectConfig,
  type Endpoint,
  endpointOf,
  FinalError,
  loginCommand,
} from "../../scripts/engine/command/connection";
import { copyToRemote } from "../../scripts/engine/command/copyToRemote";
import { limitReached, waitAfter } from "../../scripts/engine/command/dial";
import { checkFields } from "../../scripts/engine/command/fields";
import { globExpression } from "../../scripts/engine/command/files";
import { localCommand } from "../../scripts/engine/command/localCommand";
import { remoteCommand } from "../../scripts/engine/command/remoteCommand";
import type { Call, ResourceHandler } from "../../scripts/engine/providerServer";
import {
  fileAsset,
  isSecret,
  type Properties,
  reveal,
  secret,
  UNKNOWN,
  type Value,
} from "../../scripts/engine/values";

const call: Call = {
  urn: "u::s::t::name",
  name: "name",
  signal: new AbortController().signal,
  log: () => undefined,
};
const check = async (handler: ResourceHandler, inputs: Properties) => {
  assert.ok(handler.check);
  return handler.check(call, { olds: {}, inputs });
};

describe("the inputs of commands", () => {
  const refused: { title: string; handler: ResourceHandler; inputs: Properties; failure: RegExp }[] = [
    {
      title: "an unknown input",
      handler: localCommand,
      inputs: { creat: "x" },
      failure: /^creat is not known; known are create, /,
    },
    {
      title: "a number for a command",
      handler: localCommand,
      inputs: { create: 5 },
      failure: /^create must be a text$/,
    },
    {
      title: "a text for a list",
      handler: localCommand,
      inputs: { interpreter: "sh" },
      failure: /^interpreter must be a list of texts$/,
    },
    {
      title: "a number in the environment",
      handler: localCommand,
      inputs: { environment: { A: 1 } },
      failure: /^environment must be texts by name$/,
    },
    {
      title: "a wrong logging",
      handler: localCommand,
      inputs: { logging: "all" },
      failure: /^logging must be one of stdout, /,
    },
    {
      title: "no connection",
      handler: remoteCommand,
      inputs: { create: "x" },
      failure: /^connection is missing$/,
    },
    {
      title: "a connection without a host",
      handler: remoteCommand,
      inputs: { connection: secret({ port: 1 }) },
      failure: /^connection.host is missing$/,
    },
    {
      title: "a port that is a text",
      handler: remoteCommand,
      inputs: { connection: { host: "h", port: "22" } },
      failure: /^connection.port must be a number$/,
    },
    {
      title: "a proxy with a wrong key",
      handler: remoteCommand,
      inputs: { connection: { host: "h", proxy: { host: "p", key: "x" } } },
      failure: /^connection.proxy.key is not known/,
    },
    {
      title: "no source",
      handler: copyToRemote,
      inputs: { connection: { host: "h" }, remotePath: "/x" },
      failure: /^source is missing$/,
    },
    {
      title: "a source that is a text",
      handler: copyToRemote,
      inputs: { connection: { host: "h" }, remotePath: "/x", source: "y" },
      failure: /^source must be an asset or an archive$/,
    },
  ];
  for (const { title, handler, inputs, failure } of refused) {
    it(`refuse ${title}`, async () => {
      const { failures } = await check(handler, inputs);
      assert.equal(failures.length, 1);
      assert.match(`${failures[0]?.property} ${failures[0]?.reason}`, failure);
    });
  }

  it("pass while they are not known yet", async () => {
    const inputs = {
      create: UNKNOWN,
      environment: { A: UNKNOWN },
      triggers: [UNKNOWN],
      connection: { host: UNKNOWN, user: "u" },
    };
    assert.deepEqual(
      (await check(remoteCommand, inputs)).failures.map(({ property }) => property),
      [],
    );
  });

  it("get their defaults, and a connection becomes a secret", async () => {
    const { inputs } = await check(remoteCommand, {
      create: "x",
      connection: { host: "h", proxy: { host: "p" } },
    });
    assert.equal(isSecret(inputs.connection), true);
    const defaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
    assert.deepEqual(reveal(inputs), {
      create: "x",
      addPreviousOutputInEnv: true,
      connection: { host: "h", ...defaults, proxy: { host: "p", ...defaults } },
    });
  });

  it("keep the marks of secrets inside an open connection", () => {
    const { inputs } = checkFields(CONNECTION_FIELDS, { host: "h", privateKey: secret("k") });
    assert.equal(isSecret(inputs.privateKey), true);
  });
});

describe("a preview of a command", () => {
  it("leaves what it would print unknown, and passes the inputs on", async () => {
    const created = await localCommand.create(call, { inputs: { create: "exit 1" }, preview: true });
    assert.deepEqual(created.outputs, { create: "exit 1", stdout: UNKNOWN, stderr: UNKNOWN });
    assert.match(created.id, /^name[0-9a-f]{8}$/);
    const olds = { create: "a", stdout: "old", stderr: "" };
    const updated = await localCommand.update?.(call, {
      id: "x",
      olds,
      news: { create: "b" },
      preview: true,
    });
    assert.deepEqual(updated, { create: "b", stdout: UNKNOWN, stderr: UNKNOWN });
  });

  it("of a copy connects to nothing", async () => {
    const inputs: Properties = {
      connection: { host: "nowhere.invalid" },
      source: fileAsset("/none", "1"),
      remotePath: "/x",
    };
    assert.deepEqual((await copyToRemote.create(call, { inputs, preview: true })).outputs, inputs);
  });
});

describe("the changes of a command", () => {
  const connection: Value = secret({ host: "h" });
  const cases: {
    title: string;
    handler: ResourceHandler;
    olds: Properties;
    news: Properties;
    changes: string[];
  }[] = [
    {
      title: "a trigger",
      handler: localCommand,
      olds: { triggers: ["1"] },
      news: { triggers: ["2"] },
      changes: ["replace triggers[0]"],
    },
    {
      title: "a trigger that is not known yet",
      handler: localCommand,
      olds: { triggers: ["1"] },
      news: { triggers: [UNKNOWN] },
      changes: ["replace triggers[0]"],
    },
    {
      title: "the command",
      handler: localCommand,
      olds: { create: "a" },
      news: { create: "b" },
      changes: ["update create"],
    },
    {
      title: "the command for deletion",
      handler: localCommand,
      olds: {},
      news: { delete: "b" },
      changes: ["update delete"],
    },
    {
      title: "standard input",
      handler: remoteCommand,
      olds: { connection, stdin: secret("a") },
      news: { connection, stdin: secret("b") },
      changes: ["update stdin"],
    },
    {
      title: "the machine",
      handler: remoteCommand,
      olds: { connection },
      news: { connection: secret({ host: "i" }) },
      changes: ["update connection.host"],
    },
    {
      title: "what it printed",
      handler: localCommand,
      olds: { create: "a", stdout: "b", stderr: "c" },
      news: { create: "a" },
      changes: [],
    },
    {
      title: "the content to copy",
      handler: copyToRemote,
      olds: { source: fileAsset("/a", "1") },
      news: { source: fileAsset("/a", "2") },
      changes: ["update source"],
    },
  ];
  for (const { title, handler, olds, news, changes } of cases) {
    it(`are those of ${title}`, async () => {
      const found = await handler.diff(call, { id: "x", olds, oldInputs: olds, news });
      assert.deepEqual(
        found.map(({ path, replace }) => `${replace ? "replace" : "update"} ${path}`),
        changes,
      );
    });
  }
});

describe("a connection", () => {
  const endpoint: Endpoint = {
    host: "10.0.0.5",
    port: 2222,
    user: "deploy",
    dialErrorLimit: 10,
    perDialTimeout: 15,
  };
  const never = () => assert.fail("not expected");

  it("is read with its defaults", () => {
    const defaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
    assert.deepEqual(endpointOf({ host: "h" }), { host: "h", ...defaults });
    assert.throws(() => endpointOf(undefined), /connection must be an object with a host/);
  });

  it("tells a person how to look", () => {
    assert.equal(loginCommand(endpoint), "ssh -p 2222 deploy@10.0.0.5");
    const proxy: Endpoint = { ...endpoint, host: "bastion", port: 22 };
    assert.equal(loginCommand({ ...endpoint, proxy }), "ssh -J deploy@bastion:22 -p 2222 deploy@10.0.0.5");
  });

  it("asks the machine for the kind of key that is expected", () => {
    const kinds = (hostKey: string) =>
      connectConfig({ ...endpoint, hostKey }, never).algorithms?.serverHostKey;
    assert.deepEqual(kinds("ssh-ed25519 AAAA comment"), ["ssh-ed25519"]);
    assert.deepEqual(kinds("ssh-rsa AAAA"), ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]);
  });

  it("refuses what cannot be a host key or a private key, without repeating it", () => {
    assert.throws(() => connectConfig({ ...endpoint, hostKey: "hello" }, never), FinalError);
    assert.throws(
      () => connectConfig({ ...endpoint, privateKey: "not-a-key-SECRET" }, never),
      (error: Error) => error instanceof FinalError && !error.message.includes("SECRET"),
    );
  });

  it("is tried again ever more slowly, as the vendor's plugin does", () => {
    assert.deepEqual([0, 1, 2, 9, 10, 50].map(waitAfter).map(Math.round), [100, 150, 225, 3844, 5000, 5000]);
  });

  it("is given up after one failure more than the limit", () => {
    const cases: [number, number, boolean][] = [
      [1, 0, true],
      [10, 10, false],
      [11, 10, true],
      [1000, -1, false],
    ];
    for (const [failures, limit, reached] of cases)
      assert.equal(limitReached(failures, limit), reached, `${failures} of ${limit}`);
  });
});

describe("a pattern for files", () => {
  const cases: [string, string, boolean][] = [
    ["*.txt", "a.txt", true],
    ["*.txt", "sub/a.txt", false],
    ["**.txt", "sub/a.txt", true],
    ["assets/**", "assets/logos/logo.svg", true],
    ["src/**.js", "src/a.ts", false],
    ["file?.md", "file1.md", true],
    ["file?.md", "file/.md", false],
    ["[a-c].txt", "b.txt", true],
    ["[!a-c].txt", "b.txt", false],
    ["{one,two}.txt", "two.txt", true],
    ["{one,two}.txt", "three.txt", false],
    ["a+b(1).txt", "a+b(1).txt", true],
    ["a.txt", "abtxt", false],
  ];
  for (const [pattern, path, matches] of cases) {
    it(`${pattern} ${matches ? "takes" : "leaves"} ${path}`, () =>
      assert.equal(globExpression(pattern).test(path), matches));
  }
});
