import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureEngine } from "../../engine/ensure";
import { localFolder, projectFolder } from "../project/folders";
import { releaseStaleLocks } from "../project/locks";
import { stackFileName, withoutSecrets } from "../project/stackFile";
import { mustRun, openWorkspace, type Workspace, WorkspaceError } from "../project/workspace";

/** Where a preview runs. */
export interface PreviewPlace extends Workspace {
  /** Made for this preview alone: nothing was ever put up from it. */
  readonly draft: boolean;
  close(): void;
}

const quiet = () => {};

/**
 * The person's own backend where the environment names one, else this clone's. An offline preview of a stack that this clone
 * doesn't hold runs in a draft, which leaves nothing behind.
 */
export async function openPreviewPlace(stack: string, offline: boolean): Promise<PreviewPlace> {
  const file = join(projectFolder, stackFileName(stack));
  if (!existsSync(file)) {
    throw new WorkspaceError(`There is no ${stackFileName(stack)}: name a stack that has one, such as prod`);
  }
  const here = join(localFolder, "backend/.pulumi/stacks/one-server-web", `${stack}.json`);
  if (offline && !ownBackend() && !existsSync(here)) return await openDraft(stack, file);
  return { ...(await openStack(stack)), draft: false, close: quiet };
}

/** A stack on the person's own backend where the environment names one, else on this clone's. */
export async function openStack(stack: string): Promise<Workspace> {
  if (!ownBackend()) return await openWorkspace(stack, quiet);
  const engine = await ensureEngine({ projectFolder, report: quiet });
  const environment = { ...process.env, ...engine.environment };
  const folder = fileBackend(environment.PULUMI_BACKEND_URL);
  if (folder !== undefined) await releaseStaleLocks(folder, stack);
  return { stack, engine, folder: projectFolder, environment };
}

/** The folder of a backend that is one. */
function fileBackend(url: string | undefined): string | undefined {
  return url?.startsWith("file:///") ? fileURLToPath(url) : undefined;
}

function ownBackend(): boolean {
  const { PULUMI_BACKEND_URL: backend, PULUMI_ACCESS_TOKEN: token } = process.env;
  return backend !== undefined || token !== undefined;
}

/** The project by links, with a copy of the stack's settings and an empty backend beside them. */
async function openDraft(stack: string, file: string): Promise<PreviewPlace> {
  const engine = await ensureEngine({ projectFolder, report: quiet });
  const folder = mkdtempSync(join(tmpdir(), "one-server-web-preview-"));
  const close = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const name of readdirSync(projectFolder)) {
      if ([".git", ".local", stackFileName(stack)].includes(name)) continue;
      symlinkSync(join(projectFolder, name), join(folder, name));
    }
    writeFileSync(join(folder, stackFileName(stack)), withoutSecrets(readFileSync(file, "utf8")));
    mkdirSync(join(folder, "backend"));
    const environment = {
      ...process.env,
      ...engine.environment,
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
    };
    const place = { stack, engine, folder, environment, draft: true, close };
    await mustRun(place, ["stack", "init", stack]);
    const password = ["config", "set", "--secret", "databasePassword", "-s", stack];
    await mustRun(place, password, randomBytes(24).toString("base64url"));
    return place;
  } catch (error) {
    close();
    throw error;
  }
}
