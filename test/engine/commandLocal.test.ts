import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { EngineProject } from "../support/engineProject";
import { eventually } from "../support/eventually";

describe("a local command in the real engine", function () {
  this.timeout(120_000);
  let project: EngineProject;
  before(async () => {
    project = await EngineProject.create();
  });
  after(() => project.remove());

  const log = () => readFileSync(project.path("log"), "utf8").trim().split("\n");
  const clear = () => writeFileSync(project.path("log"), "");

  it("is created once, updated when an input changes, replaced by a trigger, and deleted", async () => {
    project.write(`
      const command = new local.Command("command", {
        create: "echo create $A >> log; cat; echo created",
        update: config.get("update"),
        delete: "echo delete $A after $PULUMI_COMMAND_STDOUT >> log",
        environment: { A: config.get("a") ?? "1" },
        triggers: [config.get("trigger") ?? "1"],
        stdin: "in:",
      });
      export const out = command.stdout;`);
    clear();
    assert.match(await project.up(), /\+ 2 created/);
    assert.deepEqual(log(), ["create 1"]);
    assert.deepEqual(await project.outputs(), { out: "in:created" });

    clear();
    assert.match(await project.up(), /2 unchanged/);
    assert.deepEqual(log(), [""]);

    await project.set("a", "2"); // Without a command for updates the one for creation runs again.
    assert.match(await project.preview("--diff"), /~ A: "1" => "2"/);
    await project.up();
    assert.deepEqual(log(), ["create 2"]);

    clear();
    await project.set("update", "echo update $A after $PULUMI_COMMAND_STDOUT >> log; echo updated");
    await project.up();
    assert.deepEqual(log(), ["update 2 after in:created"]);
    assert.deepEqual(await project.outputs(), { out: "updated" });

    clear();
    await project.set("trigger", "2");
    assert.match(await project.preview(), /\+- command:local:Command command replace \[diff: ~triggers\]/);
    assert.match(await project.up(), /1 replaced/);
    assert.deepEqual(log(), ["create 2", "delete 2 after updated"]);

    clear();
    await project.destroy();
    assert.deepEqual(log(), ["delete 2 after in:created"]);
  });

  it("leaves its output unknown in a preview, and keeps a secret secret in the state", async () => {
    project.write(`
      const command = new local.Command("secretive", {
        create: "wc -c; echo $HIDDEN | wc -c",
        stdin: pulumi.secret("hush-stdin"),
        environment: { HIDDEN: pulumi.secret("hush-env") },
      });
      export const out = command.stdout;
      export const length = command.stdout.apply((text) => text.length);`);
    assert.match(await project.preview(), /length: \[unknown\]/);
    await project.up();
    assert.equal((await project.outputs()).out, "10\n9");
    const state = await project.stateText();
    assert.doesNotMatch(state, /hush-/);
    assert.match(state, /"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"/);
    await project.destroy();
  });

  it("that fails stops the update with its exit code and output, and is created by the next one", async () => {
    project.write('new local.Command("failing", { create: "echo reason; test -e ready" });');
    const output = await project.up("failure");
    assert.match(output, /exit status 1: running "echo reason; test -e ready" on this machine:/);
    assert.match(output, /reason/);
    assert.equal(await project.resource("failing"), undefined);
    writeFileSync(project.path("ready"), "");
    await project.up();
    assert.ok(await project.resource("failing"));
    await project.destroy();
  });

  it("refuses a wrong input before anything runs", async () => {
    project.write(`
      new local.Command("first", { create: "touch ran", ...({ dirr: "/tmp" } as object) } as local.CommandArgs);
      new local.Command("second", { create: "true", logging: "loud" as "none" });`);
    const output = await project.up("failure");
    assert.match(output, /logging[^\n]*must be one of stdout, stderr, stdoutAndStderr, none/);
    await project.destroy();
  });

  it("fails when its plugin is killed, and runs with the next update", async () => {
    project.write('new local.Command("victim", { create: "test -e spared || kill -9 $PPID; sleep 1" });');
    assert.match(await project.up("failure"), /victim/);
    writeFileSync(project.path("spared"), "");
    await project.up();
    assert.ok(await project.resource("victim"));
    await project.destroy();
  });

  it("ends with the whole update when that is interrupted, and so does the program", async () => {
    project.write('new local.Command("slow", { create: "echo $$ > pid; sleep 120" });');
    const { child, ended } = project.start(["up", "--yes", "--skip-preview", "--stack", "test"]);
    const pid = Number(
      await eventually(
        "the command",
        60,
        () => existsSync(project.path("pid")) && readFileSync(project.path("pid"), "utf8").trim(),
      ),
    );
    child.kill("SIGINT");
    const { code } = await ended;
    assert.notEqual(code, 0);
    await eventually("the command's end", 10, () => !alive(pid));
    await project.pulumi(["cancel", "--yes", "test"]);
  });

  it("ends, and its plugin too, when the engine is killed", async () => {
    project.write('new local.Command("slow", { create: "echo $$ > pid2; sleep 120" });');
    const { child, ended } = project.start(["up", "--yes", "--skip-preview", "--stack", "test"]);
    const pid = Number(
      await eventually(
        "the command",
        60,
        () => existsSync(project.path("pid2")) && readFileSync(project.path("pid2"), "utf8").trim(),
      ),
    );
    child.kill("SIGKILL");
    await ended;
    await eventually("the command's end", 10, () => !alive(pid));
    await eventually(
      "the end of every process of this project",
      15,
      () => processesIn(project.folder).length === 0,
    );
    await project.pulumi(["cancel", "--yes", "test"]);
  });
});

/** The processes whose working folder is this one. */
function processesIn(folder: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false; // It has ended meanwhile.
    }
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
