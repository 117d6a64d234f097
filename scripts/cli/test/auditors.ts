import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../engine/cache";
import { runProcess } from "../../engine/runProcess";

/** Programs in Python that judge a server from outside: pinned, so that a new opinion of theirs comes by a change here. */
const packages = ["sslyze==6.3.1", "ssh-audit==3.9.0"];

/** The folder that Python finds them in. */
export function auditorsFolder(): string {
  return join(cacheFolder(), "auditors", packages.join("_").replaceAll("==", "-"));
}

/**
 * Installs them into a folder of their own; what is there already is kept.
 * @throws when pip can't get them, with what it says
 */
export async function ensureAuditors(): Promise<void> {
  const folder = auditorsFolder();
  if (existsSync(folder)) return;
  const making = `${folder}.making-${process.pid}`;
  const args = ["-m", "pip", "install", "--quiet", "--no-input", "--target", making, ...packages];
  const { code, stderr } = await runProcess("python3", args, { cwd: "/" });
  if (code !== 0) {
    await rm(making, { recursive: true, force: true });
    throw new Error(
      `The tests need ${packages.join(" and ")}, which pip could not install: ${stderr.trim()}`,
    );
  }
  await rename(making, folder);
}
