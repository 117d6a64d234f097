import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import type { Properties } from "../values";
import { start } from "./children";
import { sdkFile } from "./modules";
import { runtimeOptions } from "./options";

/** What the SDK's runner exits with after it has shown the error to the user itself. */
const BAIL = 32;

/** Makes programs start faster; it lies beside this program when it is bundled. */
export const QUICK_START = join(__dirname, "quick-start.js");

/** A process to start. */
export interface Invocation {
  args: string[];
  environment: { [name: string]: string };
}

/** How a program ended: with nothing to say, with an error, or with an error that was shown already. */
export interface RunResult {
  error: string;
  bail: boolean;
}

/**
 * How node must be started to run a program.
 *
 * @param runner path of the SDK's cmd/run
 * @param engine address of the engine, for the program's log
 */
export function programInvocation(request: RunRequest, runner: string, engine: string): Invocation {
  const info = request.getInfo();
  const options = runtimeOptions((info?.getOptions()?.toJavaScript() ?? {}) as Properties);
  const flag = (name: string, value: string | number | undefined) => (value ? [`--${name}=${value}`] : []);
  const config: { [key: string]: string } = {};
  request.getConfigMap().forEach((value: string, key: string) => {
    config[key] = value;
  });
  return {
    args: [
      ...preload(options.nodeArguments),
      runner,
      ...flag("monitor", request.getMonitorAddress()),
      ...flag("engine", engine),
      ...flag("organization", request.getOrganization()),
      ...flag("project", request.getProject()),
      ...flag("root-directory", info?.getRootDirectory()),
      ...flag("stack", request.getStack()),
      ...flag("pwd", request.getPwd()),
      ...flag("parallel", request.getParallel()),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      request.getProgram() || info?.getEntryPoint() || ".",
      ...request.getArgsList(),
    ],
    environment: {
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
      ...(options.tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
    },
  };
}

/** The arguments for node, with what must be loaded before all else. */
export function preload(nodeArguments: string[]): string[] {
  return existsSync(QUICK_START) ? ["--require", QUICK_START, ...nodeArguments] : nodeArguments;
}

/** Runs a program to its end; what it prints goes where this host prints, which the engine shows. */
export async function runProgram(request: RunRequest, engine: string): Promise<RunResult> {
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const { args, environment } = programInvocation(request, sdkFile(folder, "cmd/run"), engine);
  const child = start(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return runResult(code, signal);
}

/** What an exit code or a signal of the runner means. */
export function runResult(code: number | null, signal: string | null): RunResult {
  if (signal !== null) return { error: `the program was ended by ${signal}`, bail: false };
  if (code === BAIL) return { error: "", bail: true };
  return { error: code === 0 ? "" : `the program exited with code ${code}`, bail: false };
}
