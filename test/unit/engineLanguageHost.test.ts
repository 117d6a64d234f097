import assert from "node:assert/strict";
import { ProgramInfo, RunPluginRequest, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { directDependencies, sdkFile } from "../../scripts/engine/language/modules";
import { runtimeOptions, splitArguments } from "../../scripts/engine/language/options";
import { programInvocation, runResult } from "../../scripts/engine/language/program";
import { pluginInvocation } from "../../scripts/engine/language/runPlugin";

const info = (options: { [key: string]: string | boolean }) => {
  const program = new ProgramInfo();
  program.setRootDirectory("/project");
  program.setProgramDirectory("/project/sub");
  program.setEntryPoint("index.ts");
  program.setOptions(Struct.fromJavaScript(options));
  return program;
};

describe("the options of the Node runtime", () => {
  it("have the vendor's defaults", () => {
    assert.deepEqual(runtimeOptions({}), { typescript: true, nodeArguments: [] });
  });

  it("are read", () => {
    const options = {
      typescript: false,
      nodeargs: "--import tsx",
      tsconfig: "other.json",
      packagemanager: "npm",
    };
    const read = { typescript: false, nodeArguments: ["--import", "tsx"], tsconfig: "other.json" };
    assert.deepEqual(runtimeOptions(options), read);
  });

  for (const [title, options, message] of [
    ["typescript", { typescript: "yes" }, /typescript must be true or false, not "yes"/],
    ["nodeargs", { nodeargs: true }, /nodeargs must be a text, not true/],
    ["tsconfig", { tsconfig: 1 }, /tsconfig must be the path of a file, not 1/],
  ] as const) {
    it(`refuse a wrong ${title}`, () => assert.throws(() => runtimeOptions(options), message));
  }

  it("split arguments at spaces, but not inside quotes", () => {
    assert.deepEqual(splitArguments("  --a  --b='c d' \"e f\" "), ["--a", "--b=c d", "e f"]);
    assert.deepEqual(splitArguments(""), []);
  });
});

describe("the language host", () => {
  it("starts a program as the engine asks, secrets in the environment and not in the arguments", () => {
    const request = new RunRequest();
    request.setInfo(info({ typescript: false, nodeargs: "--import tsx" }));
    request.setProject("p");
    request.setStack("s");
    request.setOrganization("o");
    request.setPwd("/project/sub");
    request.setProgram("index.ts");
    request.setMonitorAddress("127.0.0.1:1");
    request.setParallel(4);
    request.setDryrun(true);
    request.setArgsList(["x"]);
    request.getConfigMap().set("p:password", "hush");
    request.setConfigsecretkeysList(["p:password"]);
    const { args, environment } = programInvocation(request, "/sdk/cmd/run", "127.0.0.1:2");
    assert.deepEqual(args, [
      ...[
        "--import",
        "tsx",
        "/sdk/cmd/run",
        "--monitor=127.0.0.1:1",
        "--engine=127.0.0.1:2",
        "--organization=o",
      ],
      ...[
        "--project=p",
        "--root-directory=/project",
        "--stack=s",
        "--pwd=/project/sub",
        "--parallel=4",
        "--dry-run",
      ],
      ...["index.ts", "x"],
    ]);
    assert.deepEqual(environment, {
      PULUMI_CONFIG: '{"p:password":"hush"}',
      PULUMI_CONFIG_SECRET_KEYS: '["p:password"]',
      PULUMI_NODEJS_TYPESCRIPT: "false",
    });
  });

  it("starts a policy pack by the SDK's runner, and without type checks when the pack brings its own loader", () => {
    const request = new RunPluginRequest();
    request.setKind("analyzer");
    request.setArgsList(["127.0.0.1:2"]);
    request.setEnvList(["A=b=c", "PULUMI_HOME=/h"]);
    request.setInfo(info({}));
    assert.deepEqual(pluginInvocation(request, "/sdk"), {
      args: ["/sdk/cmd/run-policy-pack", "127.0.0.1:2", "/project/sub"],
      environment: { A: "b=c", PULUMI_HOME: "/h" },
    });
    request.setInfo(info({ typescript: false, nodeargs: "--import tsx" }));
    const { args } = pluginInvocation(request, "/sdk");
    assert.match(args.join(" "), /^--import tsx \/.*\/policy-runner\.js \/sdk 127.0.0.1:2 \/project\/sub$/);
  });

  it("starts a provider by the SDK's runner, the plugin first", () => {
    const request = new RunPluginRequest();
    request.setKind("resource");
    request.setArgsList(["127.0.0.1:2"]);
    request.setInfo(info({}));
    assert.deepEqual(pluginInvocation(request, "/sdk").args, [
      "/sdk/cmd/run-plugin",
      "/project/sub",
      "127.0.0.1:2",
    ]);
  });

  it("tells success, an error that was shown, other errors and signals apart", () => {
    assert.deepEqual(runResult(0, null), { error: "", bail: false });
    assert.deepEqual(runResult(32, null), { error: "", bail: true });
    assert.deepEqual(runResult(1, null), { error: "the program exited with code 1", bail: false });
    assert.deepEqual(runResult(null, "SIGKILL"), { error: "the program was ended by SIGKILL", bail: false });
  });

  it("finds the program's own SDK, or says how to get it", () => {
    assert.match(sdkFile(__dirname, "cmd/run"), /node_modules\/@pulumi\/pulumi\/cmd\/run\/index\.js$/);
    assert.throws(
      () => sdkFile("/proc", "cmd/run"),
      /@pulumi\/pulumi is not installed for \/proc; run npm install there/,
    );
  });

  it("lists the packages of the program with their installed versions", () => {
    const found = directDependencies(__dirname).find(({ name }) => name === "@pulumi/command");
    assert.deepEqual(found, { name: "@pulumi/command", version: "1.2.1" });
  });
});
