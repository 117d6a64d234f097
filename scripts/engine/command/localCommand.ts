import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import type { Call, ResourceHandler } from "../providerServer";
import type { Properties } from "../values";
import { commandError } from "./commandError";
import { archiveOf, assetsOf, matchingFiles } from "./files";
import { COMMAND_FIELDS, commandResource, type Run } from "./resource";

/** How long a cancelled command may take to end by itself, in milliseconds. */
const PATIENCE = 2000;

/** `command:local:Command`: a command on the machine that runs the engine. */
export const localCommand: ResourceHandler = commandResource(
  {
    ...COMMAND_FIELDS,
    interpreter: { type: "texts" },
    dir: { type: "text" },
    assetPaths: { type: "texts" },
    archivePaths: { type: "texts" },
  },
  runLocally,
);

/**
 * Runs a command here: by `interpreter` (default `/bin/sh -c`), in `dir` (default: where the program runs), with the
 * process' environment and `environment` over it. Gives the files that it asks for as assets and as an archive.
 */
export async function runLocally(call: Call, run: Run): Promise<Properties> {
  const { interpreter, dir, environment, stdin, assetPaths, archivePaths } = run.inputs;
  const words =
    Array.isArray(interpreter) && interpreter.length > 0 ? (interpreter as string[]) : ["/bin/sh", "-c"];
  const folder = resolve(typeof dir === "string" ? dir : ".");
  call.signal.throwIfAborted();

  const child = spawn(words[0] ?? "/bin/sh", [...words.slice(1), run.command], {
    cwd: folder,
    env: { ...process.env, ...(environment as { [name: string]: string } | undefined), ...run.previous },
    stdio: [stdin ? "pipe" : "ignore", "pipe", "pipe"],
    detached: true, // A process group of its own, so that all of it can be ended.
  });
  child.stdout?.on("data", (chunk: Buffer) => run.output.add("stdout", chunk));
  child.stderr?.on("data", (chunk: Buffer) => run.output.add("stderr", chunk));
  child.stdin?.on("error", () => undefined); // A command need not read what it is given.
  child.stdin?.end(stdin);

  const stop = () => endGroup(child);
  call.signal.addEventListener("abort", stop, { once: true });
  try {
    const [code, signal] = await ending(child, words[0] ?? "", folder);
    run.output.end();
    if (call.signal.aborted)
      throw commandError(run, (call.signal.reason as Error).message, "on this machine");
    if (code !== 0)
      throw commandError(run, signal ? `signal ${signal}` : `exit status ${code}`, "on this machine");
  } finally {
    call.signal.removeEventListener("abort", stop);
  }

  const assets = Array.isArray(assetPaths)
    ? assetsOf(matchingFiles(folder, assetPaths as string[]))
    : undefined;
  const archive = Array.isArray(archivePaths)
    ? archiveOf(matchingFiles(folder, archivePaths as string[]))
    : undefined;
  return { ...(assets ? { assets } : {}), ...(archive ? { archive } : {}) };
}

/** Waits until the command has ended and all it printed has arrived. */
async function ending(
  child: ChildProcess,
  program: string,
  folder: string,
): Promise<[number | null, string | null]> {
  try {
    return (await once(child, "close")) as [number | null, string | null];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw new Error(`cannot run ${program} in ${folder}: ${message}`);
    throw new Error(`cannot run ${program} in ${folder}: the program or the folder (\`dir\`) does not exist`);
  }
}

/** Ends a command and everything it started: first politely, then by force. */
function endGroup(child: ChildProcess): void {
  const pid = child.pid;
  if (pid === undefined) return;
  signalGroup(pid, "SIGTERM");
  const force = setTimeout(() => signalGroup(pid, "SIGKILL"), PATIENCE);
  child.once("close", () => clearTimeout(force));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
