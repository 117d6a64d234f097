import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { assess } from "../policy/assess";
import type { ResourceView } from "../policy/resources";
import { topology } from "../policy/topology";
import { projectFolder } from "../scripts/project/folders";
import { applicationBalancer, network, TestStack } from "../test/stacks/builder";
import { type Result, writeResults } from "./results";

const analyzer = require("@pulumi/pulumi/proto/analyzer_pb");
const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb");

const sizes = [1000, 2500, 5000, 10_000];

/** A stack of about this many resources: sites behind load balancers, and as much beside them, as large stacks are. */
function largeStack(size: number): ResourceView[] {
  const stack = new TestStack(`of ${size}`, { rung: "load-balanced", singlePoints: [] }, (made) => {
    const subnets = network(made, ["eu-west-1a", "eu-west-1b"]);
    const { group } = applicationBalancer(made, subnets);
    for (let count = 6, index = 0; count + 5 <= size; count += 5, index += 1) {
      const instance = made.add("aws:ec2/instance:Instance", `web-${index}`, {
        instanceType: "m7g.large",
        subnetId: subnets[index % 2]?.id,
        tags: { Name: `web-${index}`, Project: "shop" },
      });
      made.add("aws:lb/targetGroupAttachment:TargetGroupAttachment", `web-${index}`, {
        targetGroupArn: group.arn,
        targetId: instance.id,
      });
      made.add("aws:rds/instance:Instance", `db-${index}`, {
        instanceClass: "db.m7g.large",
        allocatedStorage: 100,
      });
      const role = made.add("aws:iam/role:Role", `role-${index}`, { assumeRolePolicy: "{}" });
      made.add("aws:ssm/parameter:Parameter", `parameter-${index}`, { value: role.arn, type: "String" });
    }
  });
  return stack.updated();
}

/** Starts the pack as Pulumi's language host does, and connects to it. */
async function startPack(): Promise<{ readonly client: Client; readonly child: ChildProcess }> {
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

interface Client {
  getPluginInfo(request: unknown, done: (error: Error | null, response: unknown) => void): void;
  analyze(request: unknown, done: (error: Error | null, response: Response) => void): void;
  analyzeStack(request: unknown, done: (error: Error | null, response: Response) => void): void;
  close(): void;
}
interface Response {
  getDiagnosticsList(): unknown[];
}

function stackRequest(views: readonly ResourceView[]): unknown {
  const request = new analyzer.AnalyzeStackRequest();
  request.setResourcesList(
    views.map((view) => {
      const resource = new analyzer.AnalyzerResource();
      describe(resource, view);
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

function resourceRequest(view: ResourceView): unknown {
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
  options.setProtect(false);
  message.setOptions(options);
}

/** Seconds of processor time that a process has used: unlike the clock it doesn't count what others on the machine took. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function seconds(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Seconds of processor time of a process for some work; the shortest of a few runs, since the first ones still compile. */
async function processorSeconds(
  pid: number,
  runs: number,
  work: () => Promise<unknown> | unknown,
): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const before = processorTime(pid);
    await work();
    shortest = Math.min(shortest, processorTime(pid) - before);
  }
  return shortest;
}

async function main(): Promise<void> {
  const results: Result[] = [];
  const loading = await seconds(async () => {
    const { child } = await startPack();
    child.kill();
  });
  results.push({ metric: "pack loaded and serving", value: loading, unit: "s", goal: "at most 1.5 s" });
  const { client, child } = await startPack();
  const pack = child.pid as number;
  try {
    const analyzeStack = promisify(client.analyzeStack.bind(client));
    const analyze = promisify(client.analyze.bind(client));
    const getPluginInfo = promisify(client.getPluginInfo.bind(client));
    const perResource = new Map<string, number>();
    // Once without counting: Node compiles on the way.
    await analyzeStack(stackRequest(largeStack(1000)));
    for (const size of sizes) {
      const views = largeStack(size);
      const pure = await processorSeconds(process.pid, 3, () => assess(topology(views)));
      const request = stackRequest(views);
      const whole = await processorSeconds(pack, 3, () => analyzeStack(request));
      const requests = views.map(resourceRequest);
      const rails = await processorSeconds(pack, 1, async () => {
        for (const one of requests) await analyze(one);
      });
      const empty = await processorSeconds(pack, 1, async () => {
        for (const _ of requests) await getPluginInfo(new Empty());
      });
      for (const [what, value, goal] of [
        ["topology and assessment, once", pure, undefined],
        ["all stack policies in the pack", whole, "2 s at 10,000 resources"],
        ["all guard rails in the pack, one resource after another", rails, undefined],
        ["as many empty calls to the pack, for comparison", empty, undefined],
      ] as const) {
        const first = perResource.get(what) ?? value / views.length;
        perResource.set(what, first);
        results.push({
          metric: `${what}: ${views.length.toLocaleString("en-US")} resources`,
          value,
          unit: "s of processor time",
          baseline: first * views.length,
          ratio: value / (first * views.length),
          ...(goal === undefined ? {} : { goal: `${goal}; ratio to linear at most 1` }),
        });
      }
    }
  } finally {
    client.close();
    child.kill();
  }
  writeResults("policy", results);
}

void main();
