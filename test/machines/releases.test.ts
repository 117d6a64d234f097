import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ListedRelease, ReleaseRecord } from "../../scripts/cli/deployment/list";
import type { Status } from "../../scripts/cli/status/show";
import { story } from "../../scripts/cli/test/story";
import type { Ran } from "../support/runToEnd";
import { LocalSite } from "../support/site";

interface Listed {
  readonly server: string;
  readonly releases: readonly ListedRelease[];
  readonly records: readonly ReleaseRecord[];
}

story("npm run deploy, rollback, releases, status, backup and restore", function () {
  this.timeout(600_000);
  const site = new LocalSite("t-npm");

  async function run(program: string, ...args: readonly string[]): Promise<Ran> {
    const ran = await site.clone.run(program, args);
    assert.equal(ran.code, 0, ran.output);
    return ran;
  }
  const served = async () => (await site.get("/healthz")).headers["x-release"];
  const list = async () => (JSON.parse((await run("releases", "--json")).stdout) as Listed[])[0] as Listed;
  const change = () =>
    appendFileSync(join(site.clone.folder, "site/php/public/assets/style.css"), "/* changed */\n");

  before(async () => {
    site.configure({ backupRepository: "/var/backups/site" });
    const password = ["config", "set", "--secret", "backupPassword", "for-this-test-only"];
    await site.clone.pulumi("stack", "select", "--create", "local");
    await site.clone.pulumi(...password, "-s", "local");
    await site.start();
  });
  after(() => site.remove());

  it("put changed files live, and nothing when nothing changed", async () => {
    const before = await served();
    assert.equal(before, site.outputs.release);
    change();
    const { output } = await run("deploy");
    assert.notEqual(await served(), before);
    assert.match(output, /deploy [0-9a-f]{12} by .*: live after \d+\.\d s/);
    assert.match(output, new RegExp(`${await served()} is live at https://www.foobar.com/`));
    assert.match((await run("deploy")).output, /nothing had to change/);
  });

  it("go back, stay there at the next up, and go forward again", async () => {
    const forward = await served();
    const { releases } = await list();
    const previous = releases.find(({ state }) => state === "ready")?.release;
    const back = await run("rollback");
    assert.equal(await served(), previous);
    const seconds = Number(/is live, ([0-9.]+) s after the start/.exec(back.output)?.[1]);
    assert.ok(seconds <= 2, `rolled back after ${seconds} s`);
    const up = await run("start");
    assert.equal(await served(), previous, "npm start keeps what the rollback chose");
    assert.match(up.output, new RegExp(`release ${previous}`));
    assert.match(
      (await run("deploy")).output,
      new RegExp(`going forward again from the pinned release ${previous}`),
    );
    assert.equal(await served(), forward);
  });

  it("go to a release by pulumi config set release, and refuse one that is not there before anything changes", async () => {
    const forward = await served();
    const other =
      (await list()).releases.find(({ release }) => release !== forward)?.release ?? assert.fail();
    await site.set("release", other);
    await run("start");
    assert.equal(await served(), other);
    await site.set("release", "0123456789ab");
    const wrong = await site.clone.run("start");
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.output, /release 0123456789ab is not on this server/);
    assert.equal(await served(), other);
    await run("deploy");
    assert.equal(await served(), forward);
  });

  it("list the releases and who did what, when and for how long", async () => {
    const { releases, records } = await list();
    assert.equal(releases[0]?.state, "live");
    assert.equal(releases[0]?.release, await served());
    const rollback =
      records.find(({ action }) => action === "rollback") ?? assert.fail("no rollback is recorded");
    assert.match(rollback.who, /@/);
    assert.equal(rollback.result, "live");
    const refused = records.find(({ release }) => release === "0123456789ab");
    assert.equal(refused?.result, "failed");
    const { output } = await run("releases");
    assert.match(output, /web-1: releases, the last one to go live first\n {2}[0-9a-f]{12} .* live\n/);
    assert.match(output, /rollback [0-9a-f]{12} by \S+@\S+: live after/);
  });

  it("show the answer of a release that is broken, and leave the one before live", async () => {
    const before = await served();
    const page = join(site.clone.folder, "site/php/public/index.php");
    const sound = readFileSync(page, "utf8");
    writeFileSync(page, "<?php http_response_code(503); echo 'out of order';");
    try {
      const refused = await site.clone.run("deploy");
      assert.equal(refused.code, 1, refused.output);
      assert.match(refused.output, /the last answer was:\n.*503[\s\S]*out of order/);
      assert.match(refused.output, /is not fit to go live: .*the last status was 503/);
      const status = (await run("status")).output;
      assert.match(
        status,
        /last run +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}deploy [0-9a-f]{12} by \S+.*: failed at its step gate after \d/,
      );
      assert.match(
        status,
        /WARNING: the last deploy failed at its step gate: release [0-9a-f]{12} is not fit to go live/,
      );
    } finally {
      writeFileSync(page, sound);
    }
    assert.equal(await served(), before);
    assert.match((await run("deploy")).output, /is live at/);
  });

  it("say clearly what a rollback can't do", async () => {
    const wrong = await site.clone.run("rollback", ["../etc"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.output, /"\.\.\/etc" is not a release/);
    const missing = await site.clone.run("rollback", ["0123456789ab"]);
    assert.equal(missing.code, 1);
    assert.match(missing.output, /release 0123456789ab is not on this server any more/);
  });

  it("show every server on one screen, and end with 1 when something is wrong", async () => {
    const { output } = await run("status");
    assert.match(output, /^web-1: Debian/);
    assert.match(output, /versions +nginx \d+\.\d+\.\d+, PHP 8\.\d+\.\d+, MySQL \d+\.\d+\.\d+\n/);
    assert.match(output, /certificate +82[0-9] days left/);
    assert.match(output, /health +\/healthz answers 200/);
    assert.match(output, new RegExp(`release +${await served()} on (blue|green)\n`));
    assert.match(output, /last run .* by \S+@\S+/);
    assert.match(output, /WARNING: there is no backup yet/);
    site.onMachine("systemctl", "stop", "mysql");
    const down = await site.clone.run("status", ["--json"]);
    site.onMachine("systemctl", "start", "mysql");
    assert.equal(down.code, 1, down.output);
    const [status] = JSON.parse(down.stdout) as Status[];
    const faults = status?.faults.map(({ level, text }) => `${level}: ${text}`).join("\n") ?? "";
    assert.match(faults, /wrong: mysql\.service is inactive/);
    assert.match(faults, /wrong: \/healthz answers 503/);
  });

  it("back the site up, and bring back what was written until a time", async () => {
    await site.sign("Ann", "to be kept");
    const backup = await run("backup");
    assert.match(backup.output, /web-1 .*2 tables, 1 MiB, restored and found sound/);
    assert.match((await run("status")).output, /backup +\d{4}-\d\d-\d\d \d\d:\d\d UTC: 2 tables/);
    await site.sign("Bob", "to be kept, too");
    const time = site.onMachine("sh", "-c", "sleep 1.1; date -u +%Y-%m-%dT%H:%M:%S; sleep 1.1").trim();
    await site.sign("Eve", "to be gone");
    assert.match((await site.get("/guestbook")).body, /to be gone/);
    await run("restore", "--to", time);
    const { body } = await site.get("/guestbook");
    assert.match(body, /to be kept, too/);
    assert.doesNotMatch(body, /to be gone/);
    const wrong = await site.clone.run("restore", ["--to", "yesterday"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.output, /--to: expected a time in UTC such as/);
  });
});
