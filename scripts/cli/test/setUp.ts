import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ensureEngine } from "../../engine/ensure";
import { runProcess } from "../../engine/runProcess";
import { projectFolder } from "../project/folders";
import { Progress, standardScreen } from "../project/progress";
import { ensureAuditors } from "./auditors";

/** What a kind of tests needs from the host: the program that shows it is there, and Debian's package. */
const programs: Readonly<Record<string, readonly (readonly [program: string, debianPackage: string])[]>> = {
  project: [["shellcheck", "shellcheck"]],
  engine: [["sshd", "openssh-server"]],
  machines: [
    ["curl", "curl"],
    ["dig", "bind9-dnsutils"],
    ["pip3", "python3-pip"],
  ],
  browser: [["chromium", "chromium"]],
};

/** Gets what the tests in these files need: Debian packages, the Pulumi engine, the tree that machines are copied from. */
export async function setUp(files: readonly string[]): Promise<void> {
  const progress = new Progress(standardScreen());
  const has = (kind: string) => files.some((file) => file.startsWith(join("test", kind)));
  try {
    const needed = Object.keys(programs).filter(has);
    await installMissing(
      needed.flatMap((kind) => programs[kind] ?? []),
      progress,
    );
    if (has("engine") || has("machines")) {
      await ensureEngine({ projectFolder, report: (doing) => progress.now(doing) });
    }
    if (has("machines")) {
      await script(progress, "scripts/host/requirements.sh", "install");
      await script(progress, "scripts/host/tree.sh", "create", "sid");
      progress.now("auditors of servers");
      await ensureAuditors();
    }
  } finally {
    progress.close();
  }
}

async function installMissing(
  wanted: readonly (readonly [string, string])[],
  progress: Progress,
): Promise<void> {
  const missing = wanted.filter(([program]) => !onPath(program)).map(([, debianPackage]) => debianPackage);
  if (missing.length === 0) return;
  const [first, ...arguments_] = process.getuid?.() === 0 ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  for (const step of [["update"], ["install", "-y", "--no-install-recommends", ...missing]]) {
    progress.now(`apt-get ${step.join(" ")}`);
    const { code, stderr } = await runProcess(first ?? "apt-get", [...arguments_, "-q", ...step], {
      cwd: projectFolder,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      onLine: (line) => progress.now(line),
    }).catch((error: Error) => ({ code: 1, stderr: error.message }));
    if (code !== 0) {
      throw new Error(`The tests need ${missing.join(", ")}, which could not be installed: ${stderr.trim()}`);
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
    env: process.env,
    onLine: (line) => progress.now(line),
  });
  if (code !== 0) throw new Error(stderr.trim());
}
