import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, ensureEngine } from "../../engine/ensure";
import { type Ended, runProcess } from "../../engine/runProcess";
import {
  type Backend,
  backendOf,
  folderOf,
  givesPassphrase,
  isHeld,
  ownPassphraseFile,
  placeOf,
  workspaceEnvironment,
} from "./backend";
import { Interrupted, WorkspaceError, WrongUse } from "./faults";
import { projectFolder } from "./folders";
import { releaseStaleLocks } from "./locks";
import { errorScreen, Progress } from "./progress";
import { stackFileName } from "./stackFile";

/** A stack of this project, with the engine and the environment in which the CLI finds it. */
export interface Workspace {
  /** As the CLI takes it; on Pulumi Cloud perhaps with its organization. */
  readonly stack: string;
  readonly engine: Engine;
  /** The program's folder, where the CLI runs. */
  readonly folder: string;
  /** For every run of the CLI. */
  readonly environment: NodeJS.ProcessEnv;
  readonly backend: Backend;
}

type Report = (doing: string) => void;

export interface OpenOptions {
  /** Makes the stack and its database password where they are missing. */
  readonly create?: boolean;
  /** Shows what is under way; on standard error when unset, where it takes long. */
  readonly report?: Report;
}

/**
 * Opens a stack where its state is kept: the one way for all programs of this project.
 * @throws {WorkspaceError} when it is not there
 */
export async function openWorkspace(
  stack: string,
  { create = false, report }: OpenOptions = {},
): Promise<Workspace> {
  const backend = backendOf(stack);
  checkStackName(stack, backend);
  if (backend.kind === "own" && !create && !isHeld(stack)) throw new NoStack(stack, backend);
  const workspace = await enter(stack, backend, report);
  if (create) await ensureStack(workspace);
  const folder = folderOf(backend);
  if (folder !== undefined) await releaseStaleLocks(folder, stack);
  return workspace;
}

/** As openWorkspace, for the CLI itself: the stack may not be there yet. */
export async function openCli(stack: string, report: Report): Promise<Workspace> {
  return await enter(stack, backendOf(stack), report);
}

async function enter(stack: string, backend: Backend, report: Report | undefined): Promise<Workspace> {
  if (backend.kind === "own") {
    await checkPassphrase(stack);
    await mkdir(folderOf(backend) ?? "", { recursive: true, mode: 0o700 });
    await ensurePassphrase();
  }
  const engine = await engineFor(report);
  const environment = workspaceEnvironment(engine, backend, process.env);
  return { stack, engine, folder: projectFolder, environment, backend };
}

async function engineFor(report: Report | undefined): Promise<Engine> {
  if (report !== undefined) return await ensureEngine({ projectFolder, report });
  const progress = new Progress(errorScreen);
  const shown = (doing: string) => progress.now(doing);
  return await ensureEngine({ projectFolder, report: shown }).finally(() => progress.close());
}

/** There is no such stack. */
export class NoStack extends WorkspaceError {
  constructor(stack: string, backend: Backend) {
    super(
      `there is no stack "${stack}" in ${placeOf(backend)}: make it with npm start -- -s ${stack}, ` +
        `or say where it is kept (PULUMI_BACKEND_URL, PULUMI_ACCESS_TOKEN or pulumi login)`,
    );
  }
}

/**
 * Runs the CLI to its end, whatever that is.
 * @throws {Interrupted} when somebody ended it
 */
export async function pulumi(
  { engine, folder: cwd, environment: env }: Pick<Workspace, "engine" | "folder" | "environment">,
  args: readonly string[],
  input = "",
): Promise<Ended> {
  const ended = await runProcess(engine.cli, args, { cwd, env, input });
  if (ended.interrupted) throw new Interrupted(`pulumi ${args[0]} was interrupted`);
  return ended;
}

/**
 * Runs the CLI to its end and hands back what it printed.
 * @throws {WorkspaceError} with the CLI's own message when it fails
 */
export async function mustRun(
  workspace: Workspace,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const { code, stdout, stderr } = await pulumi(workspace, args, input);
  if (code === 0) return stdout;
  throw new WorkspaceError(clearMessage(stderr || stdout, workspace));
}

/** The stack's outputs, secrets included. */
export async function stackOutputs(workspace: Workspace): Promise<Record<string, unknown>> {
  const args = ["stack", "output", "--json", "--show-secrets", "-s", workspace.stack];
  return JSON.parse(await mustRun(workspace, args)) as Record<string, unknown>;
}

/** The stack's state. */
export async function stackState(workspace: Workspace, ...options: readonly string[]): Promise<string> {
  return await mustRun(workspace, ["stack", "export", ...options, "-s", workspace.stack]);
}

/** A setting of the stack; undefined when it is not set, which an empty default of the project stands for. */
export async function stackSetting(workspace: Workspace, key: string): Promise<string | undefined> {
  const { code, stdout } = await pulumi(workspace, ["config", "get", key, "-s", workspace.stack]);
  return code === 0 ? stdout.trim() || undefined : undefined;
}

/** On Pulumi Cloud a stack's name may begin with its organization and project. */
function checkStackName(stack: string, backend: Backend): void {
  const words = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}(\/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}){0,2}$/;
  if (words.test(stack) && (backend.kind === "chosen" || !stack.includes("/"))) return;
  throw new WrongUse(
    `"${stack}" is not a valid name for a stack: expected letters, digits, hyphens, dots and underscores; for example: local`,
  );
}

async function stackText(stack: string): Promise<string> {
  const file = join(projectFolder, stackFileName(stack));
  return existsSync(file) ? await readFile(file, "utf8") : "";
}

/** A stack that was encrypted needs the very passphrase it was encrypted with: a new one would open nothing. */
async function checkPassphrase(stack: string): Promise<void> {
  if (existsSync(ownPassphraseFile) || givesPassphrase(process.env)) return;
  if (!/^encryptionsalt:/m.test(await stackText(stack))) return;
  const file = stackFileName(stack);
  throw new WorkspaceError(
    `${file} was encrypted with a passphrase that is not here: expected it in .local/passphrase or PULUMI_CONFIG_PASSPHRASE; ${
      isHeld(stack)
        ? "put it back, for without it the stack's secrets cannot be read"
        : `put it there, or, where this stack is to be a new one, take encryptionsalt and the values with "secure:" out of ${file}`
    }`,
  );
}

async function ensurePassphrase(): Promise<void> {
  if (existsSync(ownPassphraseFile) || givesPassphrase(process.env)) return;
  const draft = `${ownPassphraseFile}.draft`;
  await writeFile(draft, randomBytes(32).toString("base64url"), { mode: 0o600 });
  await rename(draft, ownPassphraseFile);
}

async function ensureStack(workspace: Workspace): Promise<void> {
  const { stack, backend } = workspace;
  const text = await stackText(stack);
  if (backend.kind === "chosen" || !isHeld(stack) || !/^encryptionsalt:/m.test(text)) {
    await mustRun(workspace, ["stack", "select", "--create", stack, "--non-interactive"]);
  }
  if (!/^ *one-server-web:databasePassword:/m.test(text)) {
    const password = randomBytes(24).toString("base64url");
    await mustRun(workspace, ["config", "set", "--secret", "databasePassword", "-s", stack], password);
  }
}

/** The CLI's own message, with what to do where it does not say. */
export function clearMessage(
  message: string,
  { stack, backend }: Pick<Workspace, "stack" | "backend">,
): string {
  const text = message.trim().replace(/^error: /, "");
  if (isBusy(text)) {
    const holder = /: (created by .*)$/m.exec(text)?.[1];
    return (
      `another run holds the stack ${stack}${holder === undefined ? "" : ` (${holder})`}: wait for its end, ` +
      `or, where it was killed, free the stack with: npm run pulumi -- cancel -s ${stack}`
    );
  }
  if (/no stack named/.test(text)) return new NoStack(stack, backend).message;
  if (/incorrect passphrase/.test(text)) {
    const given = backend.kind === "chosen" || !existsSync(ownPassphraseFile);
    const source = given ? "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE" : ".local/passphrase";
    return `${source} is not the passphrase that ${stackFileName(stack)} was encrypted with: put the right one there`;
  }
  if (/passphrase must be set/.test(text)) {
    return `${stackFileName(stack)} is encrypted with a passphrase: give it by PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE`;
  }
  return text;
}

/** Whether the CLI refused because of another run's lock: by the file backend's message, or by Pulumi Cloud's. */
export function isBusy(message: string): boolean {
  return /currently locked by|Another update is currently in progress/.test(message);
}
