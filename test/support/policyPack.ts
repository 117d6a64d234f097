import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { ResourceView } from "../../policy/resources";
import { projectFolder } from "../../scripts/cli/project/folders";

const analyzer = require("@pulumi/pulumi/proto/analyzer_pb");
const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb");

/** Starts the pack as Pulumi's language host does, and connects to it. */
export async function startPack(): Promise<{ readonly client: Client; readonly child: ChildProcess }> {
  const runner = join(projectFolder, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
  const child = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
    cwd: join(projectFolder, "policy"),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the policy pack ended with ${code} before it served`)));
    createInterface({ input: child.stdout }).once("line", resolve);
  });
  const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.max_send_message_length": -1,
    "grpc.max_receive_message_length": -1,
  });
  return { client, child };
}

/** The calls that the engine makes. */
export interface Client {
  getPluginInfo(request: unknown, done: (error: Error | null, response: unknown) => void): void;
  analyze(request: unknown, done: (error: Error | null, response: Response) => void): void;
  analyzeStack(request: unknown, done: (error: Error | null, response: Response) => void): void;
  close(): void;
}
interface Response {
  getDiagnosticsList(): {
    getPolicyname(): string;
    getMessage(): string;
    getUrn(): string;
    getSeverity(): number;
  }[];
}

/** A stack as the engine describes it to the pack. */
export function stackRequest(views: readonly ResourceView[]): unknown {
  const request = new analyzer.AnalyzeStackRequest();
  request.setResourcesList(
    views.map((view) => {
      const resource = new analyzer.AnalyzerResource();
      describe(resource, view);
      resource.setParent(view.parent ?? "");
      resource.setDependenciesList([...(view.dependencies ?? [])]);
      for (const [property, urns] of Object.entries(view.propertyDependencies ?? {})) {
        const dependencies = new analyzer.AnalyzerPropertyDependencies();
        dependencies.setUrnsList([...urns]);
        resource.getPropertydependenciesMap().set(property, dependencies);
      }
      return resource;
    }),
  );
  return request;
}

/** One resource as the engine describes it. */
export function resourceRequest(view: ResourceView): unknown {
  const request = new analyzer.AnalyzeRequest();
  describe(request, view);
  return request;
}

interface Message {
  setType(type: string): void;
  setName(name: string): void;
  setUrn(urn: string): void;
  setProperties(properties: Struct): void;
  setOptions(options: unknown): void;
}

function describe(message: Message, view: ResourceView): void {
  message.setType(view.type);
  message.setName(view.name);
  message.setUrn(view.urn ?? "");
  // Undefined values have no place in a message.
  message.setProperties(Struct.fromJavaScript(JSON.parse(JSON.stringify(view.properties))));
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(view.protect === true);
  message.setOptions(options);
}
