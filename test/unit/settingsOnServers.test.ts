import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assignmentsOf, releaseAssignments } from "../../components/roles/assignments";
import { rolesOf } from "../../components/roles/roles";
import { formatAssignments } from "../../components/servers/assignments";
import { type Config, plainSettings } from "../support/settings";
import { runShell } from "../support/shell";

/** What a server with all tiers is given when these keys are set, as text. */
function given(config: Config): string {
  const settings = plainSettings(config);
  return formatAssignments(assignmentsOf(rolesOf(["web", "app", "database"], settings), settings));
}

/** What their release brings, as text. */
function brought(config: Config): string {
  return formatAssignments(releaseAssignments(plainSettings(config)));
}

describe("a setting on its way to the release scripts", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "settings-"));
    mkdirSync(join(root, "etc/one-server-web"), { recursive: true });
    mkdirSync(join(root, "site/app/.public"), { recursive: true });
  });
  after(() => rmSync(root, { recursive: true }));

  /** What a script sees after provisioning has written down the facts and the release scripts have read them. */
  function seen(config: Config, script: string): string {
    const { output, error, code } = runShell(
      ["lib/log", "lib/assignments", "lib/settings", "lib/front", "roles/site/role"],
      `ETC=$ROOT/etc/one-server-web
       parse_assignments "$TEXT"; DATABASE_SOCKET=/run/mysqld/mysqld.sock; site_conf >"$ETC/site.conf"
       for name in REBOOT_WINDOW KEEP_RELEASES; do unset "$name"; done
       RELEASE_ROOT=$ROOT
       chgrp() { :; }
       for part in settings contract output maintenance; do . "$SCRIPTS/release/$part.sh"; done
       read_settings; mkdir -p "$STATE"; store_contract 95274b356bd9 "$RELEASE"; contract_defaults; read_contract 95274b356bd9
       ${script}`,
      { ROOT: root, TEXT: given(config), RELEASE: brought(config) },
    );
    assert.equal(code, 0, error);
    return output.trim();
  }

  for (const [rebootWindow, says] of [
    ["04:45", "server restarts happen at 04:45"],
    ["never", "the server is not restarted automatically"],
  ] as const) {
    it(`tells release.sh upgrade --plan when the server may restart: rebootWindow ${rebootWindow}`, () => {
      const plan = "upgrades() { echo 'reboot linux-image-amd64'; }; say() { echo \"$*\"; }; announce";
      assert.match(seen({ rebootWindow }, plan), new RegExp(`${says}$`));
    });
  }

  // The program takes these, and the server once refused them.
  for (const [config, variable] of [
    [{ healthPath: "/~up" }, "HEALTH_PATH"],
    [{ documentRoot: "app/.public" }, "DOCUMENT_ROOT"],
    [{ keepReleases: "50" }, "KEEP_RELEASES"],
  ] as const) {
    const [value] = Object.values(config);
    it(`is the same for program and server: ${JSON.stringify(config)}`, () => {
      assert.equal(
        seen({ site: join(root, "site"), documentRoot: "app/.public", ...config }, `echo "$${variable}"`),
        value,
      );
    });
  }
});

describe("a setting on its way to a file of the server", () => {
  const backups = { backupRepository: "/var/backups/site", backupPassword: "correct horse battery" };
  for (const [config, role, template, line] of [
    [{}, "php-fpm", "php.ini", "session.gc_maxlifetime = 1440"],
    [{ sessionLifetime: "120" }, "php-fpm", "php.ini", "session.gc_maxlifetime = 7200"],
    [backups, "backup", "backup.timer", "OnCalendar=*-*-* 02:15"],
    [{ ...backups, backupTime: "23:40" }, "backup", "backup.timer", "OnCalendar=*-*-* 23:40"],
  ] as const) {
    it(`stands in ${template}: ${JSON.stringify(config)}`, () => {
      const { output, error, code } = runShell(
        ["lib/log", "lib/assignments", "lib/settings", "lib/systemd", "lib/undo", "lib/files"],
        `parse_assignments "$TEXT"; cd "$(mktemp -d)"
         PHP_MEMORY_MIB=128 OPCACHE_MIB=64 OPCACHE_STRINGS_MIB=8
         install_template ${role} ${template} "$PWD/file" 0644 "$(id -un):$(id -gn)" >/dev/null
         cat file`,
        { TEXT: given(config) },
      );
      assert.equal(code, 0, error);
      assert.ok(output.split("\n").includes(line), output);
    });
  }
});
