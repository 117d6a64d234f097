import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRunProcess } from "./runProcess";
import { CLI_VERSION } from "./versions";

/**
 * Asks a CLI who it is, before it is used.
 *
 * @throws when it does not run or is of another version
 */
export async function checkCli(cli: string): Promise<void> {
  // A home of its own, for it writes a log there.
  const home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
  try {
    const version = (
      await mustRunProcess(cli, ["version"], { env: { ...process.env, PULUMI_HOME: home } })
    ).trim();
    if (version !== `v${CLI_VERSION}`)
      throw new Error(`this Pulumi CLI says it is ${version}, not v${CLI_VERSION}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
