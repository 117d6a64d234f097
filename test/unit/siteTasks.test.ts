import assert from "node:assert/strict";
import { assignmentsOf, releaseAssignments } from "../../components/roles/assignments";
import { rolesOf } from "../../components/roles/roles";
import { entryOf, type SettingName } from "../../components/settings/table";
import { type Config, plainSettings } from "../support/settings";

/** What a server with all tiers and its release are given when these keys are set. */
function assignments(config: Config) {
  const settings = plainSettings(config);
  return {
    ...assignmentsOf(rolesOf(["web", "app", "database"], settings), settings),
    ...releaseAssignments(settings),
  };
}

describe("what a site does beside its pages, on its way to the server", () => {
  it("is nothing without settings", () => {
    const { WORKERS, CRON, CACHE, EXPORTERS } = assignments({});
    assert.deepEqual([WORKERS, CRON, CACHE, EXPORTERS], ["", "", "", "no"]);
  });

  it("is one line a worker and a job, in the order of their names", () => {
    const { WORKERS, CRON, CACHE, EXPORTERS } = assignments({
      workers: '{"mail": "php bin/mail.php", "index": "php bin/index.php --all"}',
      cron: '{"clean": {"schedule": "*:0/10", "command": "php bin/clean.php"}}',
      cache: "valkey",
      exporters: "true",
    });
    assert.equal(WORKERS, "index\tphp bin/index.php --all\nmail\tphp bin/mail.php");
    assert.equal(CRON, "clean\t*:0/10\tphp bin/clean.php");
    assert.deepEqual([CACHE, EXPORTERS], ["valkey", "yes"]);
  });

  it("gives a request a minute, or as long as is asked for", () => {
    assert.equal(assignments({}).REQUEST_TIMEOUT, "60");
    assert.equal(assignments({ requestTimeout: "120" }).REQUEST_TIMEOUT, "120");
  });

  it("has as many app processes as the machine allows, or as are asked for", () => {
    assert.equal(assignments({}).APP_PROCESSES, "");
    assert.equal(assignments({ appProcesses: "10" }).APP_PROCESSES, "10");
  });

  it("offers HTTP/3 and moves the reboot window where that is asked for alone", () => {
    const usual = assignments({});
    assert.deepEqual([usual.HTTP3, usual.REBOOT_WINDOW], ["no", "03:30"]);
    const asked = assignments({ http3: "true", rebootWindow: "never" });
    assert.deepEqual([asked.HTTP3, asked.REBOOT_WINDOW], ["yes", "never"]);
  });

  it("tells of alarms by a command line, whose secrets come in its environment alone", () => {
    const usual = assignments({});
    assert.deepEqual([usual.ALERT_COMMAND, usual.ALERT_ENVIRONMENT], ["", ""]);
    const asked = assignments({
      alertCommand: "curl -d @- $PLACE",
      alertEnvironment: '{"PLACE": "https://x"}',
    });
    assert.equal(asked.ALERT_COMMAND, "curl -d @- $PLACE");
    assert.equal(asked.ALERT_ENVIRONMENT, "PLACE=https://x");
  });

  it("runs in the version of PHP that is asked for", () => {
    assert.equal(assignments({}).PHP_VERSION, "");
    assert.equal(assignments({ phpVersion: "8.4" }).PHP_VERSION, "8.4");
  });

  const wrong: readonly (readonly [SettingName, string])[] = [
    ["workers", '{"Mail": "php x.php"}'],
    ["workers", '{"mail": ""}'],
    ["workers", '{"mail": "a\\tb"}'],
    ["workers", "php x.php"],
    ["cron", '{"clean": "php x.php"}'],
    ["cron", '{"clean": {"schedule": "hourly"}}'],
    ["cron", '{"clean": {"schedule": "hourly", "command": "x", "user": "root"}}'],
    ["cache", "redis"],
    ["exporters", "yes"],
    ["http3", "yes"],
    ["rebootWindow", "3:30"],
    ["rebootWindow", "24:00"],
    ["phpVersion", "8"],
    ["phpVersion", "php8.4"],
    ["alertCommand", "a\nb"],
    ["alertEnvironment", "TOKEN=x"],
    ["backupRepository", "rest:https://site:secret@example.org/"],
    ["backupAuthority", "authority.pem"],
    ["backupHostKey", "example.org ssh-ed25519 AAAA"],
    ["backupPrivateKey", "ssh-ed25519 AAAA"],
  ];
  for (const [name, value] of wrong) {
    it(`refuses ${name} ${value}`, () => {
      const { schema } = entryOf(name);
      assert.equal(schema.safeParse(value).success, false);
      assert.throws(() => assignments({ [name]: value }), new RegExp(name));
    });
  }
});
