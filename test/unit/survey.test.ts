import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Server } from "../../components/platforms/server";
import { type Answer, parseReport, questionOf } from "../../components/servers/ask";
import { type Beliefs, beliefsOf } from "../../components/servers/beliefs";
import { type Sight, Survey } from "../../components/servers/survey";
import type { PlatformName } from "../../policy/vocabulary";
import { runShell } from "../support/shell";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("what a server says of itself", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "state-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const facts = () => {
    const { code, output, error } = runShell([], '"$SCRIPTS/state.sh"', { RELEASE_ROOT: root });
    assert.equal(code, 0, error);
    return parseReport({ text: `one-server-web:\n${output}`, errors: "", code })?.facts;
  };
  const front = (stack: string, release: string) =>
    runShell(
      ["lib/front"],
      `DOCUMENT_ROOT=public HEALTH_PATH=/healthz SHARED_PATHS=''; front_text ${stack} blue '${release}'`,
    ).output;

  it("is nothing before its first provisioning", () => {
    assert.deepEqual(facts(), { settings: "", bundle: "", owner: "", release: "" });
  });

  it("is what the last provisioning noted, and the live release", () => {
    write(
      "var/lib/one-server-web/provisioned",
      "SETTINGS=5e77\nBUNDLE=one-server-web-1a2b\nOWNER=one-server-web/prod 1a2b3c4d\nRUN=ff\n",
    );
    write("etc/one-server-web/site.conf", "STACK=lemp\n");
    write("etc/nginx/one-server-web/active.conf", front("lemp", "95274b356bd9"));
    assert.deepEqual(facts(), {
      settings: "5e77",
      bundle: "one-server-web-1a2b",
      owner: "one-server-web/prod 1a2b3c4d",
      release: "95274b356bd9",
    });
  });

  for (const [stack, file] of [
    ["lemp", "etc/nginx/one-server-web/active.conf"],
    ["lamp", "etc/apache2/one-server-web/active.map"],
  ] as const) {
    it(`has the live release of ${stack} also while it is in maintenance`, () => {
      write("etc/one-server-web/site.conf", `STACK='${stack}'\n`);
      write(file, front(stack, ""));
      write("var/lib/one-server-web/releases/maintenance", front(stack, "95274b356bd9"));
      assert.equal(facts()?.release, "95274b356bd9");
    });
  }
});

describe("the question to a server", () => {
  it("is answered with the digests of copied files that are there, on a server without scripts, too", () => {
    const home = mkdtempSync(join(tmpdir(), "home-"));
    try {
      writeFileSync(join(home, 'there "$is".tar.gz'), "content");
      const question = questionOf(['there "$is".tar.gz', "gone.tar.gz"]).replaceAll(
        "/opt/one-server-web",
        "/nowhere",
      );
      const { code, output, error } = runShell([], question, { HOME: home });
      assert.deepEqual([code, error], [0, ""]);
      assert.deepEqual(parseReport({ text: output, errors: error, code: 0 }), {
        facts: {},
        digests: { 'there "$is".tar.gz': sha256("content") },
      });
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  const begin = "one-server-web:\n";
  const useless: readonly (readonly [title: string, answer: Answer, problem: RegExp])[] = [
    [
      "a noisy .bashrc",
      { text: `\nWelcome!\n${begin}owner=\n`, errors: "", code: 0 },
      /^its shell prints "Welcome!" before each command, which breaks the transfer of files: let ~\/\.bashrc/,
    ],
    [
      "an image's hint that another user is meant",
      { text: 'Please login as the user "debian" rather than root.\n', errors: "", code: 142 },
      /^its shell runs no commands: it says "Please login as the user .*; take another user/,
    ],
    [
      "an account without a shell",
      { text: "This account is currently not available.\n", errors: "", code: 1 },
      /^its shell runs no commands: it says "This account/,
    ],
    [
      "csh",
      { text: "", errors: "Unmatched quote.\n", code: 1 },
      /^its shell runs no commands: it says "Unmatched/,
    ],
    [
      "sudo with a password",
      { text: begin, errors: "error: the login me is not root and may not use sudo without\n", code: 1 },
      /^the login me is not root/,
    ],
  ];
  for (const [title, answer, problem] of useless) {
    it(`finds ${title}, and says what to do`, () => {
      const found = parseReport(answer);
      assert.match(found?.problem ?? "", problem);
      assert.deepEqual(found?.facts, {});
    });
  }

  it("has no answer where the server's script fails", () => {
    const question = questionOf([]).replaceAll("/opt/one-server-web/state.sh", "/bin/false");
    assert.equal(runShell([], question).code, 1);
  });
});

describe("what the stack's state says of its servers", () => {
  it("is each command's text, input and machine, and where files were copied to", async () => {
    const urn = "urn:pulumi:prod::one-server-web::one-server-web:site:Site$one-server-web:server:Provision";
    const beliefs = await beliefsOf({
      [`${urn}$command:remote:Command::web-1-provision`]: {
        type: "command:remote:Command",
        outputs: { create: "provision", stdin: "DOMAIN='x'\n", triggers: ["i-1", "t4g.small"], stdout: "" },
      },
      [`${urn}$command:remote:CopyToRemote::web-1-scripts`]: {
        type: "command:remote:CopyToRemote",
        outputs: {
          source: new pulumi.asset.FileAsset("/clone/.local/bundles/0a1b.tar.gz"),
          remotePath: "x.tar.gz",
        },
      },
      "urn:pulumi:prod::one-server-web::command:local:Command::web-1": {
        type: "command:local:Command",
        outputs: { create: "machine.sh" },
      },
      "urn:pulumi:prod::one-server-web::one-server-web:site:Site$one-server-web:aws:Server::web-1": {
        type: "one-server-web:aws:Server",
        outputs: { name: "web-1", tiers: ["web", "app", "database"] },
      },
      // Made, and never provisioned: there is no data on it.
      "urn:pulumi:prod::one-server-web::one-server-web:site:Site$one-server-web:aws:Server::database-1": {
        type: "one-server-web:aws:Server",
        outputs: { name: "database-1", tiers: ["database"] },
      },
    });
    assert.deepEqual(beliefs, {
      commands: {
        "web-1-provision": { text: "provision", inputDigest: sha256("DOMAIN='x'\n"), machine: "i-1" },
      },
      copies: { "web-1-scripts": { remotePath: "x.tar.gz", hash: "0a1b" } },
      databases: ["web-1"],
    });
  });
});

describe("the survey of a stack's servers", () => {
  beforeEach(() =>
    pulumi.runtime.setMocks(
      { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) },
      "one-server-web",
      "prod",
      false,
    ),
  );
  afterEach(() => pulumi.runtime.disconnect());

  const server = (name: string, platform: PlatformName = "local", machine = "i-1") =>
    new Server(
      name,
      { platform, tiers: ["web"], zone: "", admits: [] },
      () => ({
        connection: pulumi.secret({ host: name, privateKey: "KEY" }),
        publicIp: pulumi.output("192.0.2.1"),
        privateIp: pulumi.output("192.0.2.1"),
        instanceId: pulumi.output(machine),
        size: pulumi.output("host"),
        login: pulumi.output("ssh"),
      }),
      {},
    );
  const known = (output: pulumi.Output<Sight>) =>
    (output as unknown as { promise(): Promise<Sight> }).promise();

  /** A survey that notes what it asks. */
  function survey(beliefs: Beliefs | undefined) {
    const asked: string[] = [];
    let open = 0;
    let most = 0;
    const made = new Survey({
      readBeliefs: async () => beliefs,
      freshMark: () => "0f0f0f0f",
      dial:
        ({ host }) =>
        async (paths) => {
          if (paths === undefined) return undefined;
          asked.push(`${host} ${paths.join()}`);
          open += 1;
          most = Math.max(most, open);
          await new Promise((resolve) => setTimeout(resolve, 20));
          open -= 1;
          return { facts: { release: String(host) }, digests: {} };
        },
    });
    return { made, asked, most: () => most };
  }
  const command = { text: "owner='one-server-web/prod 1a2b3c4d'", inputDigest: "", machine: "i-1" };
  const names = ["web-1", "web-2", "database-1", "web-10"];
  const beliefs: Beliefs = {
    commands: Object.fromEntries(names.map((name) => [`${name}-provision`, command])),
    copies: {
      "web-1-upload": { remotePath: "u1", hash: "" },
      "web-10-upload": { remotePath: "u10", hash: "" },
    },
    databases: ["web-1"],
  };

  it("asks each server once, all at the same time, for its own files", async () => {
    const { made, asked, most } = survey(beliefs);
    const servers = names.map((name) => server(name));
    const sights = await Promise.all([...servers, ...servers].map((each) => known(made.of(each))));
    assert.deepEqual(asked.sort(), ["database-1 ", "web-1 u1", "web-10 u10", "web-2 "]);
    assert.equal(most(), 4);
    assert.deepEqual(
      sights.slice(0, 4).map(({ reported }) => reported?.facts.release),
      names,
    );
  });

  it("does not ask a server that is new to the stack, or another machine; one that was there already it does", async () => {
    const { made, asked } = survey(beliefs);
    const fresh = await known(made.of(server("web-3")));
    assert.deepEqual(
      [fresh.reported, fresh.believed],
      [undefined, { commands: {}, copies: {}, databases: [] }],
    );
    const replaced = await known(made.of(server("web-1", "local", "i-2")));
    assert.equal(replaced.reported, undefined);
    assert.deepEqual(asked, []);
    await known(made.of(server("web-4", "ssh")));
    assert.deepEqual(asked, ["web-4 "]);
  });

  it("asks none where the state can't be read", async () => {
    const { made, asked } = survey(undefined);
    const sight = await known(made.of(server("web-1", "ssh")));
    assert.deepEqual([sight.reported, sight.owner, asked], [undefined, "one-server-web/prod", []]);
  });

  it("names the stack on its servers as ever, and a new stack by a name that no other has", async () => {
    assert.equal(
      (await known(survey(beliefs).made.of(server("web-3")))).owner,
      "one-server-web/prod 1a2b3c4d",
    );
    const empty = survey({ commands: {}, copies: {}, databases: [] }).made;
    assert.equal((await known(empty.of(server("web-1")))).owner, "one-server-web/prod 0f0f0f0f");
  });

  it("gives away no secret", async () => {
    assert.equal(await pulumi.isSecret(survey(beliefs).made.of(server("web-1"))), false);
  });
});
