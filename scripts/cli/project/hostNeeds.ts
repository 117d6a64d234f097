import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ensureEngine } from "../../engine/ensure";
import { runProcess } from "../../engine/runProcess";
import { projectFolder } from "./folders";
import type { Progress } from "./progress";

/** A program that shows that something is there, and Debian's package of it. */
export type HostProgram = readonly [program: string, debianPackage: string];

/** What tests and benches need from this host. */
export interface HostNeeds {
  readonly programs?: readonly HostProgram[];
  /** The Pulumi engine. */
  readonly engine?: boolean;
  /** What real machines are made with, and the tree that they are copied from. */
  readonly machines?: boolean;
}

/**
 * Gets what is not there yet.
 * @param who such as `The tests`
 * @throws when something cannot be had, with what it is
 */
export async function provide(
  { programs = [], engine = false, machines = false }: HostNeeds,
  who: string,
  progress: Progress,
): Promise<void> {
  await installMissing(programs, who, progress);
  if (engine) await ensureEngine({ projectFolder, report: (doing) => progress.now(doing) });
  if (machines) {
    await script(progress, "scripts/host/requirements.sh", "install");
    await script(progress, "scripts/host/tree.sh", "create", "sid");
  }
}

async function installMissing(
  wanted: readonly HostProgram[],
  who: string,
  progress: Progress,
): Promise<void> {
  const missing = wanted.filter(([program]) => !onPath(program)).map(([, debianPackage]) => debianPackage);
  if (missing.length === 0) return;
  const [first, ...rest] = process.getuid?.() === 0 ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  for (const step of [["update"], ["install", "-y", "--no-install-recommends", ...missing]]) {
    progress.now(`apt-get ${step.join(" ")}`);
    const { code, stderr } = await runProcess(first ?? "apt-get", [...rest, "-q", ...step], {
      cwd: projectFolder,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      onLine: (line) => progress.now(line),
    }).catch((error: Error) => ({ code: 1, stderr: error.message }));
    if (code !== 0) {
      throw new Error(`${who} need ${missing.join(", ")}, which could not be installed: ${stderr.trim()}`);
    }
  }
  progress.line(`installed ${missing.join(", ")}`);
}

/** Administrators' programs lie in sbin, which is not on everybody's PATH. */
function onPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, program)));
}

async function script(progress: Progress, file: string, ...args: readonly string[]): Promise<void> {
  progress.now(`${file} ${args.join(" ")}`);
  const { code, stderr } = await runProcess(join(projectFolder, file), args, {
    cwd: projectFolder,
    onLine: (line) => progress.now(line),
  });
  if (code !== 0) throw new Error(stderr.trim());
}
