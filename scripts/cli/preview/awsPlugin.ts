import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The test plugin that stands for AWS where there is no account or no vendor's plugin. */
export interface AwsPlugin {
  /** Makes the engine use it instead of a plugin of its own. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The loader for TypeScript last: it would read and parse packages too, which took as long as everything else at the plugin's start. */
const preload = ["@pulumi/pulumi/proto/provider_grpc_pb.js", "zod", "tsx/cjs"];

/**
 * Starts the test plugin; it ends with this process at the latest.
 * @param environment what the plugin reads, see scripts/engine/aws/main.ts
 * @throws Error with what the plugin printed when it does not start
 */
export async function startAwsPlugin(
  projectFolder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<AwsPlugin> {
  const main = join(projectFolder, "scripts/engine/aws/main.ts");
  const child = spawn(process.execPath, [...preload.flatMap((name) => ["--require", name]), main], {
    cwd: projectFolder,
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const port = await Promise.race([
    once(lines, "line").then(([line]) => String(line)),
    exited.then(() => ""),
  ]);
  if (!/^\d+$/.test(port)) throw new Error(`the test plugin for AWS does not start: ${errors.trim()}`);
  return {
    environment: { PULUMI_DEBUG_PROVIDERS: `aws:${port}` },
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
