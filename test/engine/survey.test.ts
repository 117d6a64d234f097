import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { dial } from "../../components/servers/ask";
import type { Beliefs } from "../../components/servers/beliefs";
import { projectFolder } from "../../scripts/cli/project/folders";
import { EngineProject } from "../support/engineProject";
import { freePort, SshServer } from "../support/sshServer";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("what the program learns before it plans, in the real engine", function () {
  this.timeout(180_000);
  let server: SshServer;
  before(async () => {
    server = await SshServer.start();
  });
  after(() => server.remove());
  const connection = (changes: Record<string, unknown> = {}) =>
    JSON.parse(server.connection(changes)) as Parameters<typeof dial>[0];

  it("is what a server says of itself and of copied files in the login's home", async () => {
    const file = `.one-server-web-survey-test-${process.pid}.tar.gz`;
    writeFileSync(join(homedir(), file), "content");
    try {
      const report = await dial(connection())([file, "not there.tar.gz"]);
      assert.deepEqual(report?.digests, { [file]: sha256("content") });
    } finally {
      rmSync(join(homedir(), file));
    }
  });

  it("comes through a bastion host, by a key with a passphrase", async () => {
    const locked = { privateKey: server.read("encrypted"), privateKeyPassword: "locked" };
    const report = await dial(connection({ ...locked, proxy: connection(locked) }))(["not there.tar.gz"]);
    assert.deepEqual([report?.problem, report?.digests], [undefined, {}]);
    const wrong = connection({ proxy: connection({ hostKey: server.read("other.pub") }) });
    assert.equal(await dial(wrong)([]), undefined);
  });

  it("is nothing from a server that shows another host key, refuses the login or is not there", async () => {
    const others = {
      impostor: connection({ hostKey: server.read("other.pub") }),
      unverified: connection({ hostKey: "" }),
      stranger: connection({ privateKey: server.read("other") }),
      gone: connection({ port: await freePort() }),
    };
    for (const [title, to] of Object.entries(others)) {
      const began = Date.now();
      assert.equal(await dial(to)([]), undefined, title);
      assert.ok(Date.now() - began < 6_000, `${title}: ${Date.now() - began} ms`);
    }
  });

  it("is what the stack's state says: nothing at first, then what was run and copied, its input as a digest", async () => {
    const project = await EngineProject.create();
    try {
      writeFileSync(project.path("0a1b.tar.gz"), "packed");
      project.write(`
        import { readBeliefs } from ${JSON.stringify(join(projectFolder, "components/servers/beliefs"))};
        const connection = ${server.connection()};
        const beliefs = readBeliefs();
        new remote.CopyToRemote("web-1-scripts", {
          connection, source: new pulumi.asset.FileAsset("0a1b.tar.gz"), remotePath: ${JSON.stringify(project.path("copied"))},
        });
        new remote.Command("web-1-provision", {
          connection, create: "cat >" + ${JSON.stringify(project.path("got"))}, stdin: pulumi.secret("PASSWORD='hush'"), triggers: ["i-1"],
        });
        export const known = beliefs;`);
      await project.up();
      assert.deepEqual((await project.outputs()).known, { commands: {}, copies: {}, databases: [] });
      await project.up();
      const { commands, copies } = (await project.outputs()).known as Beliefs;
      assert.equal(commands["web-1-provision"]?.machine, "i-1");
      assert.equal(
        commands["web-1-provision"]?.inputDigest,
        sha256(readFileSync(project.path("got"), "utf8")),
      );
      assert.deepEqual(copies, { "web-1-scripts": { remotePath: project.path("copied"), hash: "0a1b" } });
      assert.doesNotMatch(await project.stateText(), /hush/);
      await project.destroy();
    } finally {
      project.remove();
    }
  });
});
