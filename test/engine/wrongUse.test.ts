import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Clone } from "../support/clone";
import type { Ran } from "../support/runToEnd";

/** A wrong setting ends with one line for each key, and nothing was made. */
function refused(clone: Clone, ran: Ran, says: RegExp): void {
  assert.equal(ran.code, 1, ran.output);
  assert.match(ran.output, says);
  assert.doesNotMatch(ran.output, /✔|at .*\.ts:\d+/, "neither a step nor a stack trace");
  const state = JSON.parse(readFileSync(stateFile(clone), "utf8")) as {
    checkpoint: { latest?: { resources?: { type: string }[] } };
  };
  const types = (state.checkpoint.latest?.resources ?? []).map(({ type }) => type);
  assert.deepEqual(
    types.filter((type) => type !== "pulumi:pulumi:Stack"),
    [],
  );
}

function stateFile(clone: Clone): string {
  return join(clone.folder, ".local/backend/.pulumi/stacks/one-server-web/local.json");
}

describe("a person who gets something wrong", function () {
  this.timeout(180_000);
  const clone = new Clone();
  const file = join(clone.folder, "Pulumi.local.yaml");
  const passphrase = join(clone.folder, ".local/passphrase");
  let settings: string;

  /** Runs `npm start` with these lines under `config:` besides the ones of the project. */
  const start = (...lines: readonly string[]) => {
    writeFileSync(
      file,
      settings.replace("config:\n", `config:\n${lines.map((line) => `  ${line}\n`).join("")}`),
    );
    return clone.run("start");
  };

  before(async () => {
    // The first run makes the passphrase and the password; the network name keeps it from making anything.
    writeFileSync(file, readFileSync(file, "utf8").replace(/network: .*/, "network: Not A Name"));
    const first = await clone.run("start");
    refused(clone, first, /^one-server-web:network is "Not A Name"; expected 1 to 10 lower-case letters/m);
    settings = readFileSync(file, "utf8").replace(/network: .*/, "network: t-wrong");
    assert.match(settings, /encryptionsalt:/);
    assert.match(settings, /databasePassword:\n\s+secure:/);
  });
  after(() => clone.remove());

  it("is told of a key that is no setting, and which was meant", async () => {
    const ran = await start("one-server-web:domian: www.foobar.com");
    refused(clone, ran, /^one-server-web:domian is not a setting; did you mean domain\?/m);
  });

  it("is told of every wrong value, on a line of its own", async () => {
    const ran = await start("one-server-web:keepReleases: 0", "one-server-web:suite: buster");
    refused(
      clone,
      ran,
      /^one-server-web:keepReleases is "0"; expected .*; for example: pulumi config set keepReleases 5/m,
    );
    assert.match(ran.output, /^one-server-web:suite is "buster"/m);
  });

  it("is told that a secret stands in plain text, without seeing it again", async () => {
    const plain = settings.replace(/databasePassword:\n\s+secure: .*/, "databasePassword: letmein-letmein");
    writeFileSync(file, plain);
    const ran = await clone.run("start");
    refused(
      clone,
      ran,
      /^one-server-web:databasePassword is a secret but stands in the stack's file in plain text/m,
    );
    assert.doesNotMatch(ran.output, /letmein/);
  });

  it("is told that the passphrase is another one", async () => {
    const right = readFileSync(passphrase, "utf8");
    writeFileSync(file, settings);
    writeFileSync(passphrase, "another");
    try {
      const ran = await clone.run("start");
      refused(
        clone,
        ran,
        /^\.local\/passphrase is not the passphrase that Pulumi\.local\.yaml was encrypted with/m,
      );
    } finally {
      writeFileSync(passphrase, right);
    }
  });

  it("is told that the passphrase is gone, and no other is made in its place", async () => {
    const right = readFileSync(passphrase, "utf8");
    rmSync(passphrase);
    try {
      const ran = await clone.run("start");
      assert.equal(ran.code, 1);
      assert.match(
        ran.output,
        /^Pulumi\.local\.yaml was encrypted with a passphrase that is not here: .*put it back/m,
      );
      assert.equal(existsSync(passphrase), false);
    } finally {
      writeFileSync(passphrase, right);
    }
  });

  it("is shown the usage for an option that is none, and for --help", async () => {
    const wrong = await clone.run("start", ["--stak", "local"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.output, /Unknown option '--stak'[\s\S]*usage: npm start/);
    const help = await clone.run("stop", ["--help"]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^usage: npm stop/);
    const rung = await clone.run("start", ["--rung", "two-servers"]);
    assert.equal(rung.code, 2);
    assert.match(rung.output, /^--rung: expected single, split-database, .*, got "two-servers"/m);
    const stack = await clone.run("start", ["-s", "no/name"]);
    assert.match(stack.output, /^"no\/name" is not a valid name for a stack: expected letters/m);
  });

  it("who knows Pulumi previews with plain commands, and hears of the single point of failure", async () => {
    writeFileSync(file, settings);
    const { output } = await clone.pulumi(
      "preview",
      "--policy-pack",
      "policy",
      "-s",
      "local",
      "--non-interactive",
    );
    assert.match(output, /\+ \d+ to create/);
    assert.match(output, /\[advisory\].*single-point-of-failure/);
    assert.match(output, /web-1 .*alone holds web server, app server and database/);
    assert.match(output, /\[advisory\].*upgrade-path/);
    assert.match(output, /pulumi config set rung split-database && pulumi up/);
  });
});
