import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { EngineProject } from "../support/engineProject";

describe("the language host in the real engine", function () {
  this.timeout(120_000);
  let project: EngineProject;
  before(async () => {
    project = await EngineProject.create();
  });
  after(() => project.remove());

  it("gives the program its project, stack, configuration, secrets, folder and dry run", async () => {
    project.write(`
      export const project = pulumi.getProject();
      export const stack = pulumi.getStack();
      export const plain = config.require("plain");
      export const hidden = config.requireSecret("hidden");
      export const folder = process.cwd();
      export const dryRun = pulumi.runtime.isDryRun();`);
    await project.set("plain", "value");
    await project.pulumi(["config", "set", "--secret", "--stack", "test", "hidden", "hush-value"]);
    const preview = await project.preview();
    assert.match(preview, /dryRun *: true/);
    assert.doesNotMatch(preview, /hush-value/);
    await project.up();
    const { folder, ...outputs } = await project.outputs();
    assert.equal(folder, project.folder);
    const expected = {
      project: "engine-test",
      stack: "test",
      plain: "value",
      hidden: "hush-value",
      dryRun: false,
    };
    assert.deepEqual(outputs, expected);
    assert.doesNotMatch(await project.stateText(), /hush-value/);
  });

  it("shows a program's error once, with its place, and nothing of its own", async () => {
    project.write('throw new Error("the reason");');
    const output = await project.up("failure");
    assert.match(output, /the reason\n +at .*index\.ts:\d+:\d+/);
    assert.doesNotMatch(output, /exited with code/);
    assert.equal(output.split("Diagnostics:")[1]?.match(/the reason/g)?.length, 1);
  });

  it("says that a program ended by itself", async () => {
    project.write("process.exit(3);");
    assert.match(await project.up("failure"), /the program exited with code 3/);
  });

  it("starts quickly without taking away what a program may need", async () => {
    mkdirSync(project.path("lib/node_modules/modern"), { recursive: true });
    project.writeFile(
      "lib/node_modules/modern/package.json",
      '{"name": "modern", "type": "module", "main": "index.js"}',
    );
    project.writeFile("lib/node_modules/modern/index.js", 'export const kind = "module";');
    project.write(`
      const { kind } = require("./lib/node_modules/modern");
      export const modern = kind;
      const twice = (number: number) => number * 2;
      export const serialized = pulumi.runtime.serializeFunction(() => twice(21)).then(({ text }) => text);
      const loaded = Object.keys(require.cache).some((file) => file.endsWith("/typescript/lib/typescript.js"));
      export const compilerAtStart = loaded;`);
    await project.up();
    const outputs = await project.outputs();
    assert.equal(outputs.modern, "module");
    assert.match(String(outputs.serialized), /twice/);
    assert.equal(outputs.compilerAtStart, false);
  });

  it("notices what is never fulfilled, and shows whence it came to those who ask", async () => {
    project.write('new local.Command("never", { create: new Promise<string>(() => {}) });');
    assert.match(await project.up("failure"), /promises? (was|were) still active/);
    const asked = await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "test"], {
      PULUMI_DEBUG_PROMISE_LEAKS: "true",
    });
    assert.match(asked.output, /Promise leak detected:[\s\S]*STACK_TRACE:\s*Error: ?\s+at .*debuggable/);
  });

  it("runs policy packs in JavaScript and in TypeScript, and their rules stop an update", async () => {
    project.write('new local.Command("forbidden", { create: "touch ran" });');
    const pack = (message: string) => `
      const { PolicyPack } = require("@pulumi/policy");
      new PolicyPack("${message}", { policies: [{
        name: "no-commands", description: "No commands.", enforcementLevel: "mandatory",
        validateResource: (args, report) => { if (args.type === "command:local:Command") report("${message} says no"); },
      }] });`;
    for (const [name, file, options] of [
      ["plain", "index.js", ""],
      ["typed", "index.ts", "\n  options: {typescript: false, nodeargs: --require tsx/cjs}"],
    ] as const) {
      mkdirSync(project.path(name));
      project.writeFile(`${name}/PulumiPolicy.yaml`, `runtime:\n  name: nodejs${options}\nmain: ${file}\n`);
      project.writeFile(`${name}/package.json`, `{"name": "${name}", "version": "1.0.0", "main": "${file}"}`);
      project.writeFile(
        `${name}/${file}`,
        name === "typed" ? pack(name).replace("(args, report)", "(args: any, report: any)") : pack(name),
      );
    }
    const output = await project.up("failure", "--policy-pack", "plain", "--policy-pack", "typed");
    assert.match(output, /plain says no/);
    assert.match(output, /typed says no/);
    assert.equal(await project.resource("forbidden"), undefined);
  });

  it("fails when a policy pack does, instead of finding nothing", async () => {
    project.write("export const fine = true;");
    mkdirSync(project.path("broken"));
    project.writeFile(
      "broken/PulumiPolicy.yaml",
      "runtime:\n  name: nodejs\n  options: {typescript: false}\nmain: index.js\n",
    );
    project.writeFile("broken/package.json", '{"name": "broken", "version": "1.0.0", "main": "index.js"}');
    project.writeFile("broken/index.js", 'throw new Error("a broken pack");');
    assert.match(await project.up("failure", "--policy-pack", "broken"), /a broken pack/);
  });

  it("tells `pulumi about` its version and the program's packages", async () => {
    const dependencies =
      '{"name": "engine-test", "main": "index.ts", "dependencies": {"@pulumi/command": "1.2.1"}}';
    project.writeFile("package.json", dependencies);
    const { output } = await project.pulumi(["about"]);
    assert.match(output, new RegExp(`executable='${process.execPath}' version='${process.version}'`));
    assert.match(output, /@pulumi\/command +1\.2\.1/);
  });
});
