import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { promisify } from "node:util";
import { readState, textOf } from "../../../policy/readState";
import type { ResourceView } from "../../../policy/resources";
import { WorkspaceError, WrongUse } from "../project/faults";
import { openWorkspace } from "../project/workspace";

/** Where the resources come from. */
export interface Source {
  /** A state file, or `-` for standard input. */
  readonly file?: string | undefined;
  /** A stack of the project; the stack of `npm start` when nothing else is said. */
  readonly stack?: string | undefined;
  /** Take the stack as it would be after the next `pulumi up`. */
  readonly preview?: boolean;
}

export interface StackResources {
  readonly title: string;
  readonly views: ResourceView[];
}

/**
 * Reads a stack's resources.
 * @throws WorkspaceError that names the file or stack and what to do
 */
export async function readStack({ file, stack, preview = false }: Source): Promise<StackResources> {
  if (file !== undefined && (stack !== undefined || preview))
    throw new WrongUse("--file stands alone: what it holds is neither a stack of this project nor a preview");
  if (file !== undefined) {
    const name = file === "-" ? "standard input" : file;
    return { title: basename(name).replace(/\.json$/, ""), views: read(readText(file, name), name) };
  }
  const title = stack ?? "local";
  const { engine, folder, environment } = await openWorkspace(title);
  const place = { cli: engine.cli, folder, environment };
  if (preview) return { title, views: await previewedViews(place, title) };
  const json = await pulumi(place, ["stack", "export", "--stack", title]);
  return { title, views: read(json, `stack ${title}`) };
}

/** Where the CLI runs. */
export interface Place {
  /** Path of the CLI. */
  readonly cli: string;
  /** The program's. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A stack's resources as the next `pulumi up` would make them. */
export async function previewedViews(place: Place, stack: string): Promise<ResourceView[]> {
  // Without --show-sames the JSON leaves out what stays as it is.
  const json = await pulumi(place, ["preview", "--json", "--show-sames", "--stack", stack]);
  return read(json, `stack ${stack}`);
}

function read(json: string, name: string): ResourceView[] {
  try {
    return readState(json, name);
  } catch (error) {
    throw new WorkspaceError((error as Error).message);
  }
}

function readText(file: string, name: string): string {
  try {
    return textOf(readFileSync(file === "-" ? 0 : file));
  } catch (error) {
    throw new WorkspaceError(
      `${name}: can't be read (${(error as NodeJS.ErrnoException).code}); write it with \`pulumi stack export > ${file}\``,
    );
  }
}

/** Runs the project's Pulumi and gives what it wrote. */
async function pulumi({ cli, folder, environment }: Place, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(cli, [...args, "--non-interactive"], {
      cwd: folder,
      env: environment,
      maxBuffer: 2 ** 30,
    });
    return stdout;
  } catch (error) {
    throw new WorkspaceError(`pulumi ${args.join(" ")} failed: ${reasonOf(error as Failure)}`);
  }
}

interface Failure {
  readonly stderr?: string;
  readonly stdout?: string;
  readonly message: string;
}

/** Why it failed: with --json the reasons stand among everything else on standard output. */
export function reasonOf({ stderr, stdout, message }: Failure): string {
  if (stderr !== undefined && stderr.trim() !== "") return stderr.trim();
  try {
    const { diagnostics } = JSON.parse(stdout ?? "") as {
      diagnostics?: { message: string; severity: string }[];
    };
    const errors = (diagnostics ?? [])
      .filter(({ severity }) => severity === "error")
      .map((one) => one.message.trim());
    if (errors.length > 0) return errors.join("; ");
  } catch {
    // Not JSON: what was printed is the reason.
  }
  return (stdout || message).trim();
}
