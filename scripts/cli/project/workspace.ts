import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, ensureEngine } from "../../engine/ensure";
import { type CommandResult, runCommand } from "./command";
import { localFolder, projectFolder } from "./folders";
import { releaseStaleLocks } from "./locks";

/** A stack of this clone, with the engine, home, backend and passphrase that `npm start` made for it. */
export interface Workspace {
  readonly stack: string;
  readonly engine: Engine;
  /** The program's folder, where the CLI runs. */
  readonly folder: string;
  /** For every run of the CLI. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What a person did or has that stops us; its message is shown as it is. */
export class WorkspaceError extends Error {}

const passphraseFile = join(localFolder, "passphrase");
const backendFolder = join(localFolder, "backend");

/**
 * The CLI's environment: this clone's own home and backend, never the user's login.
 * A passphrase in the caller's environment would win over the file, so it is left out.
 */
export function workspaceEnvironment(engine: Engine, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PULUMI_CONFIG_PASSPHRASE: _, PULUMI_ACCESS_TOKEN: __, ...rest } = base;
  return {
    ...rest,
    ...engine.environment,
    PULUMI_HOME: engine.pulumiHome,
    PULUMI_BACKEND_URL: `file://${backendFolder}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

/** This clone's engine, home, backend and passphrase, made where they are missing; no stack yet. */
export async function openBackend(report: (doing: string) => void): Promise<Omit<Workspace, "stack">> {
  await mkdir(backendFolder, { recursive: true, mode: 0o700 });
  await ensurePassphrase();
  const engine = await ensureEngine({ projectFolder, report });
  return { engine, folder: projectFolder, environment: workspaceEnvironment(engine, process.env) };
}

/**
 * Opens the backend and makes the stack and its database password where they are missing.
 * @param report shows what is under way
 */
export async function openWorkspace(stack: string, report: (doing: string) => void): Promise<Workspace> {
  checkStackName(stack);
  await checkPassphrase(stack);
  const workspace = { stack, ...(await openBackend(report)) };
  await ensureStack(workspace);
  await releaseStaleLocks(backendFolder, stack);
  return workspace;
}

/** Runs the CLI to its end, whatever that is. */
export function pulumi(workspace: Workspace, args: string[], input?: string): Promise<CommandResult> {
  return runCommand(workspace.engine.cli, args, {
    cwd: workspace.folder,
    env: workspace.environment,
    ...(input === undefined ? {} : { input }),
  });
}

/** The stack's outputs, secrets included. */
export async function stackOutputs(workspace: Workspace): Promise<Record<string, unknown>> {
  const args = ["stack", "output", "--json", "--show-secrets", "-s", workspace.stack];
  return JSON.parse(await mustRun(workspace, args)) as Record<string, unknown>;
}

function checkStackName(stack: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(stack)) return;
  throw new WorkspaceError(
    `"${stack}" is no name for a stack: expected letters, digits, hyphens, dots and underscores; for example: local`,
  );
}

function stackFile(stack: string): string {
  return join(projectFolder, `Pulumi.${stack}.yaml`);
}

async function stackText(stack: string): Promise<string> {
  return existsSync(stackFile(stack)) ? await readFile(stackFile(stack), "utf8") : "";
}

/** A stack that was encrypted needs the very passphrase it was encrypted with: a new one would open nothing. */
async function checkPassphrase(stack: string): Promise<void> {
  if (existsSync(passphraseFile) || !/^encryptionsalt:/m.test(await stackText(stack))) return;
  throw new WorkspaceError(
    `Pulumi.${stack}.yaml was encrypted with a passphrase that is gone: expected it in .local/passphrase; ` +
      `put that file back, or start anew with: git checkout Pulumi.${stack}.yaml`,
  );
}

async function ensurePassphrase(): Promise<void> {
  if (existsSync(passphraseFile)) return;
  const draft = `${passphraseFile}.draft`;
  await writeFile(draft, randomBytes(32).toString("base64url"), { mode: 0o600 });
  await rename(draft, passphraseFile);
}

async function ensureStack(workspace: Workspace): Promise<void> {
  const { stack } = workspace;
  const state = join(backendFolder, ".pulumi", "stacks", "one-server-web", `${stack}.json`);
  if (!existsSync(state) || !/^encryptionsalt:/m.test(await stackText(stack))) {
    await mustRun(workspace, ["stack", "select", "--create", stack]);
  }
  if (!/^ *one-server-web:databasePassword:/m.test(await stackText(stack))) {
    const password = randomBytes(24).toString("base64url");
    await mustRun(workspace, ["config", "set", "--secret", "databasePassword", "-s", stack], password);
  }
}

/**
 * Runs the CLI to its end and hands back what it printed.
 * @throws {WorkspaceError} with the CLI's own message when it fails
 */
export async function mustRun(workspace: Workspace, args: string[], input?: string): Promise<string> {
  const result = await pulumi(workspace, args, input);
  if (result.code !== 0) {
    throw new WorkspaceError(clearMessage(result.stderr || result.stdout, workspace.stack));
  }
  return result.stdout;
}

/** The CLI's own message, with what to do where it does not say. */
export function clearMessage(message: string, stack: string): string {
  const text = message.trim().replace(/^error: /, "");
  if (isBusy(text)) {
    const holder = /: (created by .*)$/m.exec(text)?.[1];
    return (
      `another run holds the stack ${stack}${holder === undefined ? "" : ` (${holder})`}: wait for its end, ` +
      `or, where it was killed, free the stack with: npx pulumi cancel ${stack}`
    );
  }
  if (/incorrect passphrase/.test(text)) {
    return (
      `.local/passphrase is not the passphrase that Pulumi.${stack}.yaml was encrypted with: ` +
      `put the right one back, or start anew with: git checkout Pulumi.${stack}.yaml`
    );
  }
  return text;
}

/** Whether the CLI refused because of another run's lock: by the file backend's message, or by Pulumi Cloud's. */
export function isBusy(message: string): boolean {
  return /currently locked by|Another update is currently in progress/.test(message);
}
