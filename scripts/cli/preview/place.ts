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
import { ensureEngine } from "../../engine/ensure";
import { backendOf, isHeld, workspaceEnvironment } from "../project/backend";
import { WorkspaceError } from "../project/faults";
import { projectFolder } from "../project/folders";
import { stackFileName, withoutSecrets } from "../project/stackFile";
import { mustRun, openWorkspace, type Workspace } from "../project/workspace";

/** Where a preview runs. */
export interface PreviewPlace extends Workspace {
  /** Made for this preview alone: nothing was ever put up from it. */
  readonly draft: boolean;
  close(): void;
}

/**
 * The stack where its state is kept. An offline preview of one that this clone's own backend would hold but does not runs in a draft, which
 * leaves nothing behind.
 */
export async function openPreviewPlace(stack: string, offline: boolean): Promise<PreviewPlace> {
  const file = join(projectFolder, stackFileName(stack));
  if (!existsSync(file)) {
    throw new WorkspaceError(`There is no ${stackFileName(stack)}: name a stack that has one, such as prod`);
  }
  if (offline && backendOf(stack).kind === "own" && !isHeld(stack)) return await openDraft(stack, file);
  return { ...(await openWorkspace(stack)), draft: false, close: () => {} };
}

/** The project by links, with a copy of the stack's settings and an empty backend beside them. */
async function openDraft(stack: string, file: string): Promise<PreviewPlace> {
  const engine = await ensureEngine({ projectFolder, report: () => {} });
  const folder = mkdtempSync(join(tmpdir(), "one-server-web-preview-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const close = () => {
    process.off("exit", remove);
    remove();
  };
  try {
    for (const name of readdirSync(projectFolder)) {
      if ([".git", ".local", stackFileName(stack)].includes(name)) continue;
      symlinkSync(join(projectFolder, name), join(folder, name));
    }
    writeFileSync(join(folder, stackFileName(stack)), withoutSecrets(readFileSync(file, "utf8")));
    mkdirSync(join(folder, "backend"));
    const backend = { kind: "chosen", url: `file://${join(folder, "backend")}` } as const;
    const environment = {
      ...workspaceEnvironment(engine, backend, process.env),
      PULUMI_BACKEND_URL: backend.url,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
    };
    const place = { stack, engine, folder, environment, backend, draft: true, close };
    await mustRun(place, ["stack", "init", stack]);
    const password = ["config", "set", "--secret", "databasePassword", "-s", stack];
    await mustRun(place, password, randomBytes(24).toString("base64url"));
    return place;
  } catch (error) {
    close();
    throw error;
  }
}
