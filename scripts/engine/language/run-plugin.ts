import type * as grpc from "@grpc/grpc-js";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import type { Properties } from "../values";
import { end, start } from "./children";
import { sdkFile } from "./modules";
import { runtimeOptions } from "./options";
import type { Invocation } from "./program";

/**
 * How node must be started to run a plugin written in JavaScript or TypeScript: a policy pack (kind `analyzer`), or
 * a provider.
 *
 * @param runner path of the SDK's cmd/run-policy-pack or cmd/run-plugin
 */
export function pluginInvocation(request: RunPluginRequest, runner: string): Invocation {
  const info = request.getInfo();
  const options = runtimeOptions((info?.getOptions()?.toJavaScript() ?? {}) as Properties);
  const folder = info?.getProgramDirectory() || request.getProgram();
  const environment: { [name: string]: string } = {};
  for (const assignment of request.getEnvList()) {
    const at = assignment.indexOf("=");
    if (at > 0) environment[assignment.slice(0, at)] = assignment.slice(at + 1);
  }
  // A policy pack's runner wants the engine's address first and the pack second, a plugin's runner the plugin first.
  const args =
    request.getKind() === "analyzer"
      ? [...request.getArgsList(), folder]
      : [folder, ...request.getArgsList()];
  return { args: [...options.nodeArguments, runner, ...args], environment };
}

/** The SDK's runner for a kind of plugin. */
export function pluginRunner(kind: string): string {
  return kind === "analyzer" ? "cmd/run-policy-pack" : "cmd/run-plugin";
}

/** Runs a plugin and streams what it prints and how it ends; a cancelled call ends the plugin. */
export function runPlugin(call: grpc.ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const request = call.request;
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  let invocation: Invocation;
  try {
    invocation = pluginInvocation(request, sdkFile(folder, pluginRunner(request.getKind())));
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
