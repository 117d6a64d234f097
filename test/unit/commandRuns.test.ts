import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localCommand } from "../../scripts/engine/command/localCommand";
import { redactor } from "../../scripts/engine/command/secrets";
import type { Call } from "../../scripts/engine/providerServer";
import { type Properties, reveal, secret } from "../../scripts/engine/values";

describe("a local command", () => {
  let folder: string;
  let logged: string[];
  let controller: AbortController;
  let call: Call;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "command-"));
    logged = [];
    controller = new AbortController();
    const log: Call["log"] = (level, message) => void logged.push(`${level} ${message}`);
    call = { urn: "u", name: "name", signal: controller.signal, log };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const create = async (inputs: Properties) =>
    (await localCommand.create(call, { inputs, preview: false })).outputs;
  const update = async (olds: Properties, news: Properties) =>
    localCommand.update?.(call, { id: "x", olds, news, preview: false });

  it("gives what it prints, without one newline at the end, and shows each line while it runs", async () => {
    const outputs = await create({ create: "printf 'one\\ntwo\\n\\n'; echo err >&2; printf end" });
    assert.equal(outputs.stdout, "one\ntwo\n\nend");
    assert.equal(outputs.stderr, "err");
    assert.deepEqual(logged.sort(), ["status end", "status err", "status one", "status two"]);
  });

  for (const [logging, lines] of [
    ["stdout", ["status out"]],
    ["stderr", ["status err"]],
    ["stdoutAndStderr", ["status err", "status out"]],
    ["none", []],
  ] as const) {
    it(`shows what logging ${logging} says`, async () => {
      await create({ create: "echo out; echo err >&2", logging });
      assert.deepEqual(logged.sort(), lines);
    });
  }

  it("gets standard input, its environment, its folder and its interpreter", async () => {
    const inputs = {
      create: "process.stdin.pipe(process.stdout);console.log(process.env.A, process.cwd())",
      stdin: "in",
      environment: { A: "b" },
      dir: folder,
      interpreter: [process.execPath, "-e"],
    };
    assert.deepEqual((await create(inputs)).stdout, `b ${folder}\nin`);
  });

  it("does nothing without a command", async () => {
    assert.deepEqual(await create({ delete: "exit 1" }), { delete: "exit 1", stdout: "", stderr: "" });
    const olds = { stdout: "kept", stderr: "too" };
    assert.deepEqual(await update(olds, { triggers: [] }), { triggers: [], ...olds });
    await localCommand.delete?.(call, { id: "x", outputs: { create: "exit 1", update: "exit 1" } });
  });

  it("runs update's command, or create's when there is none, with what was printed before", async () => {
    const olds = { create: "x", stdout: "before", stderr: "warned" };
    const command = 'echo "$PULUMI_COMMAND_STDOUT-$PULUMI_COMMAND_STDERR"';
    assert.equal((await update(olds, { create: "exit 1", update: command }))?.stdout, "before-warned");
    assert.equal((await update(olds, { create: command }))?.stdout, "before-warned");
    assert.equal((await update(olds, { create: command, addPreviousOutputInEnv: false }))?.stdout, "-");
  });

  it("runs delete's command with what was printed before", async () => {
    const outputs = {
      delete: 'echo "$PULUMI_COMMAND_STDOUT" > deleted; cat >> deleted',
      stdout: "before",
      stdin: "in",
      dir: folder,
    };
    await localCommand.delete?.(call, { id: "x", outputs });
    assert.equal((await create({ create: "cat deleted", dir: folder })).stdout, "before\nin");
  });

  it("fails with its exit code, the command and what it printed", async () => {
    await assert.rejects(create({ create: "echo out; echo why >&2; exit 3" }), (error: Error) => {
      assert.match(error.message, /^exit status 3: running "echo out; .*" on this machine:\n/);
      assert.deepEqual(error.message.split("\n").slice(1).sort(), ["out", "why"]);
      return true;
    });
    await assert.rejects(create({ create: "kill -9 $$" }), /^Error: signal SIGKILL: running/);
    await assert.rejects(
      create({ create: "x", interpreter: ["/none"] }),
      /cannot run \/none in .*does not exist/,
    );
    await assert.rejects(
      create({ create: "x", dir: "/none" }),
      /cannot run \/bin\/sh in \/none: the program or the folder/,
    );
  });

  it("shows no secret: not in what it logs, not in its error, not the command", async () => {
    const leaking = {
      create: secret("echo hush-create; cat; echo $A; exit 1"),
      stdin: secret("PASSWORD='hush-stdin'\n"),
      environment: { A: secret("hush-env") },
    };
    await assert.rejects(create(leaking), (error: Error) => {
      assert.doesNotMatch(error.message, /hush-stdin|hush-env|echo hush-create;/);
      assert.match(error.message, /\[secret\]/);
      return true;
    });
    assert.equal(logged.length, 3);
    assert.doesNotMatch(logged.join("\n"), /hush-stdin|hush-env/);
  });

  it("keeps what it printed out of its error when logging is none", async () => {
    await assert.rejects(create({ create: "echo 'un''shown'; exit 1", logging: "none" }), (error: Error) => {
      assert.doesNotMatch(error.message, /unshown/);
      return true;
    });
  });

  it("ends with all it started when it is cancelled", async () => {
    const running = create({ create: `(sleep 60; touch ${folder}/late) & echo started; wait` });
    const started = Date.now();
    const stop = setInterval(
      () => logged.includes("status started") && controller.abort(new Error("cancelled")),
      10,
    );
    await assert.rejects(running, /^Error: cancelled: running/);
    clearInterval(stop);
    assert.ok(Date.now() - started < 5000);
    assert.equal(existsSync(join(folder, "late")), false);
  });

  it("does not start when it is cancelled already", async () => {
    controller.abort(new Error("cancelled"));
    await assert.rejects(create({ create: `touch ${folder}/ran` }), /cancelled/);
    assert.equal(existsSync(join(folder, "ran")), false);
  });

  it("gives the files it asks for as assets and as an archive", async () => {
    writeFileSync(join(folder, "kept.txt"), "k");
    const command = "mkdir sub; echo a > sub/a.txt; echo b > secret.txt";
    const outputs = await create({
      create: command,
      dir: folder,
      assetPaths: ["**.txt", "!secret*"],
      archivePaths: ["sub/*"],
    });
    assert.deepEqual(Object.keys(outputs.assets as Properties).sort(), ["kept.txt", "sub/a.txt"]);
    const archive = reveal(outputs.archive ?? null) as { assets: Properties; hash: string };
    assert.deepEqual(Object.keys(archive.assets), ["sub/a.txt"]);
    assert.match(archive.hash, /^[0-9a-f]{64}$/);
  });
});

describe("hiding secrets", () => {
  const cases: { secrets: string[]; text: string; shown: string }[] = [
    { secrets: ["hunter2"], text: "the password is hunter2.", shown: "the password is [secret]." },
    { secrets: ["abcd", "abcdef"], text: "abcdef", shown: "[secret]" },
    { secrets: ["on"], text: "turned on", shown: "turned on" },
    { secrets: ["DATABASE_PASSWORD='pa ss'\nMODE=plain\n"], text: "got pa ss", shown: "got [secret]" },
    { secrets: ["DATABASE_PASSWORD='pa ss'\nMODE=plain\n"], text: "a plain word", shown: "a plain word" },
    { secrets: ["-----BEGIN KEY-----\nAAAABBBB\n"], text: "AAAABBBB", shown: "[secret]" },
  ];
  for (const { secrets, text, shown } of cases) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () =>
      assert.equal(redactor(secrets)(text), shown));
  }
});
