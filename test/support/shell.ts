import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** The folder of the scripts that run on servers. */
export const serverScripts = join(__dirname, "../../scripts/server");

/** How a piece of shell ended. */
export interface ShellResult {
  readonly code: number | null;
  readonly output: string;
  readonly error: string;
}

/** Runs a piece of bash with the given library files of scripts/server read in. */
export function runShell(
  libraries: readonly string[],
  script: string,
  environment: Record<string, string> = {},
): ShellResult {
  const sources = libraries.map((library) => `. "$SCRIPTS/${library}.sh"`).join("\n");
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--norc", "-euo", "pipefail", "-c", `${sources}\n${script}`],
    {
      env: { PATH: process.env.PATH ?? "", SCRIPTS: serverScripts, LC_ALL: "C.UTF-8", ...environment },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  return { code: status, output: stdout, error: stderr };
}
