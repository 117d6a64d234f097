/**
 * The language host of Node.js: the engine asks it to run the program and policy packs. It is installed beside the
 * CLI as `pulumi-language-nodejs`, where the vendor's own host is out of reach, and keeps to what that one does for
 * programs that are already installed; it generates no code and scaffolds no projects.
 */
import type * as grpc from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { engineAddress, newServer, serve, unary } from "../pluginProcess";
import { CLI_VERSION } from "../versions";
import { endAll } from "./children";
import { allDependencies, directDependencies } from "./modules";
import { runProgram } from "./program";
import { runPlugin } from "./runPlugin";

function service(engine: string): grpc.UntypedServiceImplementation {
  return {
    handshake: unary(async () => new rpc.LanguageHandshakeResponse()),
    getPluginInfo: unary(async () => {
      const info = new PluginInfo();
      info.setVersion(CLI_VERSION);
      return info;
    }),
    // None is required in advance: the engine loads a plugin when the first resource of it is registered, with the
    // version that the program's package names, so that a program without AWS resources needs no AWS plugin.
    getRequiredPackages: unary(async () => new rpc.GetRequiredPackagesResponse()),
    getRequiredPlugins: unary(async () => new rpc.GetRequiredPluginsResponse()),
    run: unary(async (request: rpc.RunRequest) => {
      const { error, bail } = await runProgram(request, engine);
      const response = new rpc.RunResponse();
      response.setError(error);
      response.setBail(bail);
      return response;
    }),
    runPlugin,
    about: unary(async () => {
      const response = new rpc.AboutResponse();
      response.setExecutable(process.execPath);
      response.setVersion(process.version);
      return response;
    }),
    runtimeOptionsPrompts: unary(async () => new rpc.RuntimeOptionsResponse()),
    getProgramDependencies: unary(async (request: rpc.GetProgramDependenciesRequest) => {
      const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
      const response = new rpc.GetProgramDependenciesResponse();
      const found = request.getTransitivedependencies()
        ? allDependencies(folder)
        : directDependencies(folder);
      for (const { name, version } of found) {
        const dependency = new rpc.DependencyInfo();
        dependency.setName(name);
        dependency.setVersion(version);
        response.addDependencies(dependency);
      }
      return response;
    }),
    cancel: unary(async () => {
      await endAll();
      return new Empty();
    }),
    installDependencies: (call: grpc.ServerWritableStream<unknown, unknown>) => {
      call.emit("error", {
        code: status.UNIMPLEMENTED,
        details: "this Node host installs no packages; run npm ci in the program's folder",
      });
    },
  };
}

const server = newServer();
server.addService(LanguageRuntimeService, service(engineAddress(process.argv.slice(2)) ?? ""));
void serve(server, endAll);
