import { dirname, join } from "node:path";
import type * as grpc from "@grpc/grpc-js";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import type { Properties } from "../values";
import { end, start } from "./children";
import { sdkFile } from "./modules";
import { runtimeOptions } from "./options";
import { type Invocation, preload } from "./program";

/** Runs policy packs without type checks; it lies beside this program when it is bundled. */
const POLICY_RUNNER = join(__dirname, "policy-runner.js");

/**
 * How node must be started to run a plugin written in JavaScript or TypeScript: a policy pack (kind `analyzer`), or
 * a provider.
 *
 * @param sdk folder of the SDK
 */
export function pluginInvocation(request: RunPluginRequest, sdk: string): Invocation {
  const info = request.getInfo();
  const options = runtimeOptions((info?.getOptions()?.toJavaScript() ?? {}) as Properties);
  const folder = info?.getProgramDirectory() || request.getProgram();
  const given = request.getArgsList();
  const environment = Object.fromEntries(
    request.getEnvList().map((assignment) => {
      const at = assignment.indexOf("=");
      return [assignment.slice(0, at), assignment.slice(at + 1)];
    }),
  );
  const node = preload(options.nodeArguments);
  // A policy pack's runner wants the engine's address first and the pack second, a plugin's runner the plugin first.
  if (request.getKind() !== "analyzer") {
    return { args: [...node, join(sdk, "cmd", "run-plugin"), folder, ...given], environment };
  }
  const runner = options.typescript ? [join(sdk, "cmd", "run-policy-pack")] : [POLICY_RUNNER, sdk];
  return { args: [...node, ...runner, ...given, folder], environment };
}

/** Runs a plugin and streams what it prints and how it ends; a cancelled call ends the plugin. */
export function runPlugin(call: grpc.ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const request = call.request;
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  let invocation: Invocation;
  try {
    invocation = pluginInvocation(request, dirname(sdkFile(folder, "package.json")));
  } catch (error) {
    call.emit("error", error);
    return;
  }
  const child = start(process.execPath, invocation.args, {
    cwd: request.getKind() === "analyzer" ? folder : request.getPwd(),
    env: { ...process.env, ...invocation.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout?.on("data", (chunk: Buffer) => call.write(output((response) => response.setStdout(chunk))));
  child.stderr?.on("data", (chunk: Buffer) => call.write(output((response) => response.setStderr(chunk))));
  child.once("error", (error) => call.emit("error", error));
  child.once("close", (code, signal) => {
    // A plugin that was told to end has not failed.
    const exit = code ?? (signal === "SIGTERM" || signal === "SIGINT" ? 0 : 1);
    call.write(output((response) => response.setExitcode(exit)));
    call.end();
  });
  call.once("cancelled", () => void end(child, 1500));
}

function output(fill: (response: RunPluginResponse) => unknown): RunPluginResponse {
  const response = new RunPluginResponse();
  fill(response);
  return response;
}
