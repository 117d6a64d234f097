import type { ReleaseServer } from "./load/server";

/**
 * What has to stand before a command of release.sh, so that something happens once, just before one of its lines.
 * @param line how the line begins, as Bash shows it
 * @param then what happens then: a line of shell, in which `$$` is the run itself
 */
export function beforeLine(server: ReleaseServer, line: string, then: string): string {
  // Bash runs this before each command of the script, functions included.
  server.on(
    "cat > /run/before.sh",
    `set -T\ntrap '[[ $BASH_COMMAND != "$BEFORE"* || $BASHPID != $$ ]] || { BEFORE=never-again; ${then}; }' DEBUG\n`,
  );
  return `BEFORE='${line}' BASH_ENV=/run/before.sh`;
}
