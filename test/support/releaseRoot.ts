import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runShell, type ShellResult } from "./shell";

/** All parts of release.sh that can be tested without a server. */
const parts = [
  "lib/assignments",
  "lib/front",
  "lib/database",
  "lib/database",
  "lib/json",
  ...[
    "settings",
    "contract",
    "output",
    "words",
    "record",
    "colours",
    "switch",

    "gate",
    "prune",
    "unpack",
    "neighbours",
    "rollout",
    "tasks",
    "maintenance",
    "adopt",
  ].map((part) => `release/${part}`),
];

/** What this host lacks: the site's group, and a service manager that takes orders. */
const withoutServer = 'chgrp() { :; }; systemctl() { echo "systemctl $*"; }';

/** A folder that the parts of release.sh take for a server's root. */
export class ReleaseRoot {
  readonly folder = mkdtempSync(join(tmpdir(), "release-"));

  constructor() {
    for (const folder of [
      "srv/www/releases",
      "srv/www/colours",
      "var/lib/one-server-web/releases",
      "etc/nginx/one-server-web",
      "etc/apache2/one-server-web",
      "etc/one-server-web",
      "etc/systemd/system",
    ]) {
      mkdirSync(join(this.folder, folder), { recursive: true });
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Writes a file below the root. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Runs a piece of shell with all parts read in. */
  run(script: string, environment: Record<string, string> = {}): ShellResult {
    return runShell(
      parts,
      `STACK=lemp ACTION=deploy RELEASE= ACTIVE_RELEASE= RUN_ID=now LOG=/dev/null\n${withoutServer}\n${script}`,
      { RELEASE_ROOT: this.folder, ...environment },
    );
  }

  /** Runs it; what it prints has to be this. */
  prints(script: string, expected: string, environment?: Record<string, string>): void {
    const { code, output, error } = this.run(script, environment);
    assert.equal(code, 0, error + output);
    assert.equal(output.trim(), expected);
  }

  /** It ends the run with one line. */
  fails(script: string, message: RegExp, environment?: Record<string, string>): void {
    const { code, error } = this.run(script, environment);
    assert.equal(code, 1, error);
    assert.match(error, message);
    assert.equal(error.trimEnd().split("\n").length, 1, error);
  }
}
