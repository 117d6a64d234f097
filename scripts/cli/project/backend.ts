import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Engine } from "../../engine/ensure";
import { localFolder, projectFolder } from "./folders";

/** The stack of a plain `npm start`, embedded in this clone. */
export const embeddedStack = "local";

/** Where a stack's state is kept. */
export type Backend =
  /** In this clone's folder .local, with a passphrase of its own. */
  | { readonly kind: "own" }
  /** Where the person keeps it, with the person's own passphrase or key service. */
  | {
      readonly kind: "chosen";
      /** Such as `s3://…` or `https://api.pulumi.com`. */
      readonly url: string;
      /** The folder with the login's credentials, where the CLI would look elsewhere. */
      readonly credentials?: string;
    };

/** A login by `pulumi login`. */
export interface Login {
  readonly url: string;
  /** The folder of its credentials.json. */
  readonly folder: string;
}

/** What decides about a stack's backend. */
export interface Choices {
  readonly environment: NodeJS.ProcessEnv;
  /** `backend.url` of Pulumi.yaml. */
  readonly project: string | undefined;
  readonly login: Login | undefined;
  /** Whether this clone's own backend holds the stack. */
  readonly held: boolean;
  readonly stack: string;
}

const cloud = "https://api.pulumi.com";

/**
 * The backend that the person has named, first by the environment, then by Pulumi.yaml, then by a login; else this clone's own. A login
 * that serves other projects too does not move the stacks that this clone holds, nor the one that is embedded in it.
 */
export function chooseBackend({ environment, project, login, held, stack }: Choices): Backend {
  const { PULUMI_BACKEND_URL: url, PULUMI_ACCESS_TOKEN: token } = environment;
  if (url) return { kind: "chosen", url };
  if (token) return { kind: "chosen", url: login?.url.startsWith("https:") ? login.url : cloud };
  if (project) return { kind: "chosen", url: project, ...(login && { credentials: login.folder }) };
  if (held || stack === embeddedStack || login === undefined) return { kind: "own" };
  return { kind: "chosen", url: login.url, credentials: login.folder };
}

/** The backend of a stack, as things are. */
export function backendOf(stack: string): Backend {
  const { PULUMI_CREDENTIALS_PATH, PULUMI_HOME } = process.env;
  const homes = [ownHome, PULUMI_CREDENTIALS_PATH ?? PULUMI_HOME ?? join(homedir(), ".pulumi")];
  return chooseBackend({
    environment: process.env,
    project: projectBackend(readFileSync(join(projectFolder, "Pulumi.yaml"), "utf8")),
    login: homes.flatMap((folder) => loginIn(folder) ?? [])[0],
    held: isHeld(stack),
    stack,
  });
}

function projectBackend(project: string): string | undefined {
  const { backend } = parse(project) as { backend?: { url?: string } };
  return backend?.url;
}

function loginIn(folder: string): Login | undefined {
  try {
    const { current } = JSON.parse(readFileSync(join(folder, "credentials.json"), "utf8")) as {
      current?: string;
    };
    return current ? { url: current, folder } : undefined;
  } catch {
    return undefined;
  }
}

const ownHome = join(localFolder, "pulumi-home");
const ownFolder = join(localFolder, "backend");

/** The passphrase of this clone's own backend. */
export const ownPassphraseFile = join(localFolder, "passphrase");

/** Whether this clone's own backend holds a stack. */
export function isHeld(stack: string): boolean {
  return existsSync(join(ownFolder, ".pulumi/stacks/one-server-web", `${stack}.json`));
}

/** The folder of a backend that is one. */
export function folderOf(backend: Backend): string | undefined {
  if (backend.kind === "own") return ownFolder;
  return backend.url.startsWith("file:///") ? fileURLToPath(backend.url) : undefined;
}

/** A backend for people. */
export function placeOf(backend: Backend): string {
  return backend.kind === "own" ? "this clone's backend (.local/backend)" : `the backend ${backend.url}`;
}

/** Whether the person gives a passphrase. */
export function givesPassphrase({
  PULUMI_CONFIG_PASSPHRASE: text,
  PULUMI_CONFIG_PASSPHRASE_FILE: file,
}: NodeJS.ProcessEnv): boolean {
  return text !== undefined || file !== undefined;
}

/** The CLI's environment: this clone's own Pulumi home, and what leads to the backend. */
export function workspaceEnvironment(
  engine: Pick<Engine, "environment" | "pulumiHome">,
  backend: Backend,
  base: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const common: NodeJS.ProcessEnv = {
    ...base,
    ...engine.environment,
    PULUMI_HOME: engine.pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  if (backend.kind === "chosen") {
    return backend.credentials === undefined
      ? common
      : { ...common, PULUMI_CREDENTIALS_PATH: backend.credentials };
  }
  const { PULUMI_ACCESS_TOKEN: _, ...rest } = common;
  const own: NodeJS.ProcessEnv = { ...rest, PULUMI_BACKEND_URL: `file://${ownFolder}` };
  if (givesPassphrase(base) && !existsSync(ownPassphraseFile)) return own;
  // A passphrase for other projects in the person's environment would win over the file.
  const { PULUMI_CONFIG_PASSPHRASE: __, ...quiet } = own;
  return { ...quiet, PULUMI_CONFIG_PASSPHRASE_FILE: ownPassphraseFile };
}
