import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EngineProject } from "../support/engineProject";
import { eventually } from "../support/eventually";
import { freePort, SshServer } from "../support/sshServer";

describe("commands and copies over SSH in the real engine", function () {
  this.timeout(180_000);
  let project: EngineProject;
  let server: SshServer;
  before(async () => {
    project = await EngineProject.create();
    server = await SshServer.start();
  });
  after(async () => {
    await project.destroy();
    await server.remove();
    project.remove();
  });
  const read = (name: string) => readFileSync(project.path(name), "utf8");

  it("run, are updated, and are deleted; secrets stay out of the state and of what is shown", async () => {
    project.write(`
      const connection = ${server.connection()};
      const folder = ${JSON.stringify(project.folder)};
      const password = "hush-" + (config.get("password") ?? "one");
      const command = new remote.Command("command", {
        connection,
        create: "cd " + folder + "; cat > got; cat got; echo error >&2; echo $ACCEPTED_A",
        delete: "echo deleted > " + folder + "/deleted",
        stdin: pulumi.secret("PASSWORD='" + password + "'\\n"),
        environment: { ACCEPTED_A: "a" },
        addPreviousOutputInEnv: false,
      }, { additionalSecretOutputs: ["stdout"] });
      export const out = command.stdout;
      export const err = command.stderr;`);
    const output = await project.up();
    assert.doesNotMatch(output, /hush-one/);
    assert.equal(read("got"), "PASSWORD='hush-one'\n");
    assert.deepEqual(await project.outputs(), { out: "PASSWORD='hush-one'\na", err: "error" });
    const state = await project.stateText();
    assert.doesNotMatch(state, /hush-|OPENSSH PRIVATE KEY/);

    await project.set("password", "two");
    await project.up();
    assert.equal(read("got"), "PASSWORD='hush-two'\n");

    await project.destroy();
    assert.equal(read("deleted"), "deleted\n");
  });

  it("copy a file, a folder with and without its own name, and a text", async () => {
    mkdirSync(project.path("site/sub"), { recursive: true });
    for (let file = 0; file < 40; file++)
      writeFileSync(project.path(`site/sub/${file}.txt`), `content ${file}`);
    writeFileSync(project.path("large"), Buffer.alloc(3_000_000, "0123456789"));
    mkdirSync(project.path("there"));
    project.write(`
      const connection = ${server.connection()};
      const copy = (name: string, source: pulumi.asset.Asset | pulumi.asset.Archive, to: string) =>
        new remote.CopyToRemote(name, { connection, source, remotePath: ${JSON.stringify(`${project.folder}/`)} + to });
      copy("file", new pulumi.asset.FileAsset("large"), "there");
      copy("named", new pulumi.asset.FileArchive("site"), "named");
      copy("content", new pulumi.asset.FileArchive("site/"), "content");
      copy("text", new pulumi.asset.StringAsset(config.get("text") ?? "one"), "text");`);
    await project.up();
    assert.deepEqual(readFileSync(project.path("there/large")), readFileSync(project.path("large")));
    assert.equal(read("named/site/sub/7.txt"), "content 7");
    assert.equal(readdirSync(project.path("named/site/sub")).length, 40);
    assert.equal(read("content/sub/39.txt"), "content 39");
    assert.equal(read("text"), "one");

    const before = statSync(project.path("there/large")).mtimeMs;
    await project.set("text", "two");
    assert.match(await project.up(), /~ 1 updated/);
    assert.equal(read("text"), "two");
    assert.equal(
      statSync(project.path("there/large")).mtimeMs,
      before,
      "what did not change is not copied again",
    );
  });

  it("say which variables the machine refuses, and what to do", async () => {
    project.write(`
      new remote.Command("refused", { connection: ${server.connection()}, create: "true", environment: { ACCEPTED_B: "b", REFUSED: "c" } });`);
    const output = await project.up("failure");
    assert.match(
      output,
      /cannot set REFUSED: .*127\.0\.0\.1:\d+ does not take these variables: its sshd accepts only what AcceptEnv names/,
    );
  });

  it("fail with the exit code, the machine and what was printed", async () => {
    project.write(
      `new remote.Command("failing", { connection: ${server.connection()}, create: "echo reason >&2; exit 7" });`,
    );
    const output = await project.up("failure");
    assert.match(output, /exit status 7: running "echo reason >&2; exit 7" on .*@127\.0\.0\.1:\d+:/);
    assert.match(output, /^ *reason$/m);
  });

  it("refuse a machine whose host key is not the expected one, before it learns anything", async () => {
    const connection = server.connection({ hostKey: server.read("other.pub") });
    project.write(
      `new remote.Command("impostor", { connection: ${connection}, create: "touch ${project.path("reached")}" });`,
    );
    const output = await project.up("failure");
    assert.match(
      output,
      /refused to talk to .*: its host key SHA256:\S+ is not the one in connection.hostKey/,
    );
    assert.equal(existsSync(project.path("reached")), false);
  });

  it("say which machine cannot be reached, how long it was tried and how to look", async () => {
    const port = await freePort();
    project.write(
      `new remote.Command("unreachable", { connection: ${server.connection({ port, dialErrorLimit: 2 })}, create: "true" });`,
    );
    const output = await project.up("failure");
    const user = server.user;
    assert.match(
      output,
      new RegExp(
        `could not reach ${user}@127.0.0.1:${port} in \\d s \\(3 tries\\): connection refused; look with: ssh -p ${port} ${user}@127.0.0.1`,
      ),
    );
  });

  it("wait for a machine that is still starting", async () => {
    await server.stop();
    project.write(`new remote.Command("patient", { connection: ${server.connection()}, create: "true" });`);
    let started: Promise<void> | undefined;
    const { ended } = project.start(["up", "--yes", "--skip-preview", "--stack", "test"], (text) => {
      if (/waiting for .* connection refused \(try 3\)/.test(text)) started ??= server.start();
    });
    const { code, output } = await ended;
    await started;
    assert.equal(code, 0, output);
    assert.ok(started, "the wait was shown");
  });

  it("log in with an encrypted key, with an agent's, and through another machine", async () => {
    const agentSocketPath = project.path("agent");
    const agent = spawn("ssh-agent", ["-D", "-a", agentSocketPath], { stdio: "ignore" });
    await eventually("the agent", 10, () => existsSync(agentSocketPath));
    execFileSync("ssh-add", ["-q", join(server.folder, "client")], {
      env: { ...process.env, SSH_AUTH_SOCK: agentSocketPath },
    });
    const encrypted = { privateKey: server.read("encrypted"), privateKeyPassword: "locked" };
    project.write(`
      new remote.Command("agent", { connection: ${server.connection({ privateKey: undefined, agentSocketPath })}, create: "true" });
      new remote.Command("encrypted", { connection: ${server.connection(encrypted)}, create: "true" });
      const through = ${server.connection({ proxy: JSON.parse(server.connection()) })};
      const jumped = new remote.Command("jumped", { connection: through, create: "echo there" });
      export const out = jumped.stdout;`);
    try {
      await project.up();
    } finally {
      agent.kill();
    }
    assert.deepEqual(await project.outputs(), { out: "there" });
  });

  it("end the remote command when the update is interrupted", async () => {
    project.write(
      `new remote.Command("slow", { connection: ${server.connection()}, create: "echo $$ > ${project.path("pid")}; sleep 120" });`,
    );
    const { child, ended } = project.start(["up", "--yes", "--skip-preview", "--stack", "test"]);
    const pid = await eventually(
      "the command",
      60,
      () => existsSync(project.path("pid")) && read("pid").trim(),
    );
    child.kill("SIGINT");
    assert.notEqual((await ended).code, 0);
    await eventually("the command's end", 15, () => !existsSync(`/proc/${pid}`));
    await project.pulumi(["cancel", "--yes", "test"]);
  });

  it("fail when the connection is cut while they run", async () => {
    project.write(
      `new remote.Command("cut", { connection: ${server.connection()}, create: "kill -9 $PPID; sleep 120" });`,
    );
    assert.match(await project.up("failure"), /the connection was lost: running "kill -9/);
  });
});
