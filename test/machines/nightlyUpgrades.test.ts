import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { askAt } from "../../scripts/cli/project/answer";
import { parseFacts } from "../../scripts/cli/status/facts";
import { story } from "../../scripts/cli/test/story";
import { eventually } from "../support/eventually";
import { markedRelease } from "../support/load/releases";
import { ReleaseServer } from "../support/load/server";
import { testNetwork } from "../support/networks";

const archives = readFileSync(join(__dirname, "nightlyUpgrades/archive.sh"), "utf8");

story("a server in the night", function () {
  this.timeout(300_000);
  const server = new ReleaseServer({
    ...testNetwork("t-night"),
    suite: "sid",
    runtime: "php",
    settings: { ROLES: "base hardening tls nginx php-fpm mysql site watch later" },
  });
  /** Runs a script that makes packages and offers them. */
  const archive = (script: string) => server.on("bash -s", `${archives}\n${script}`);
  const version = (name: string) => server.on(`dpkg-query -W -f '\${Version}' ${name}`);
  const facts = () => parseFacts(server.on("/opt/one-server-web/status.sh"));
  const alarm = () => eventually("the alarm", 20, () => facts().alerts[0]);
  const scheduled = () => server.on("cat /run/systemd/shutdown/scheduled 2>/dev/null || true");
  const clock = (date: string) => server.on(`date --date='${date}' +%H:%M`).trim();

  /** What apt's own timers start between one day and the next. */
  function night(): void {
    server.on("touch --date=yesterday /var/lib/apt/periodic/*-stamp");
    server.on("systemctl start apt-daily.service || true; systemctl start apt-daily-upgrade.service || true");
  }

  before("is made, has a site and all packages that come later", async () => {
    server.create();
    const ran = await server.deploy(markedRelease("php", "mark-1", server.bundles));
    assert.equal(ran.code, 0, ran.output);
    // The first record of all files takes a while and is not asked for here.
    server.on(
      "mkdir -p /var/lib/aide && touch /var/lib/aide/aide.db && /usr/local/lib/one-server-web/install-later",
    );
    server.on("rm -f /etc/apt/sources.list.d/*; mkdir -p /var/lib/apt/periodic");
    archive(
      `for package in fixed ordinary broken daemon; do dpkg -i "$(make_package night-$package 1)"; done`,
    );
  });
  after(() => server.remove());

  it("has the timers that start it, each day", () => {
    const timers = "apt-daily.timer apt-daily-upgrade.timer";
    assert.equal(
      server.on(`systemctl is-enabled ${timers}; systemctl is-active ${timers}`),
      "enabled\nenabled\nactive\nactive\n",
    );
    assert.match(server.on("systemctl list-timers --no-legend apt-daily-upgrade.timer"), / 0[67]:\d\d:\d\d /);
  });

  it("tells when no archive here has security upgrades, as sid has none", () => {
    archive(`offer_ordinary "$(make_package night-ordinary 1)"; apt-get update -q`);
    assert.equal(facts().securityArchive, false);
    archive(`offer_security "$(make_package night-fixed 1)"; apt-get update -q`);
    assert.equal(facts().securityArchive, true);
  });

  it("gets the security upgrade that has appeared, and no other; nothing restarts for it", () => {
    archive(
      `offer_security "$(make_package night-fixed 2)"; offer_ordinary "$(make_package night-ordinary 2)"`,
    );
    night();
    assert.deepEqual([version("night-fixed"), version("night-ordinary")], ["2", "1"]);
    assert.match(server.on("apt-cache policy night-ordinary"), /Candidate: 2/, "it was seen");
    assert.equal(scheduled(), "");
    assert.deepEqual([facts().alerts, facts().restartRequired], [[], false]);
  });

  it("raises an alarm when an upgrade fails, and takes it back when a mended one comes, with which all others are there", async () => {
    archive(`offer_security "$(make_package night-broken 2 'exit 7')" "$(make_package night-fixed 3)"`);
    night();
    assert.match(await alarm(), /apt-daily-upgrade failed: security upgrades failed: .*night-broken/);
    archive(`offer_security "$(make_package night-broken 3)" "$(make_package night-fixed 3)"`);
    night();
    assert.match(server.on("dpkg --list night-broken"), /^ii +night-broken +3 /m);
    assert.equal(version("night-fixed"), "3");
    assert.deepEqual(facts().alerts, []);
  });

  it("raises an alarm when the archive can't be reached, until it can", async () => {
    server.on("mv /srv/security /srv/away");
    night();
    assert.match(await alarm(), /apt-daily failed: the package lists could not be brought up to date/);
    server.on("mv /srv/away /srv/security");
    night();
    assert.deepEqual(facts().alerts, []);
  });

  it("restarts for a daemon that runs the old files inside its window, not outside, and the site is back", async () => {
    server.on("systemd-run --quiet --unit=night-daemon /usr/bin/night-daemon -c 'sleep infinity; exit'");
    server.on("touch /run/before-the-restart");
    archive(`offer_security "$(make_package night-daemon 2)"`);
    server.provision({ REBOOT_WINDOW: "never" });
    night();
    assert.deepEqual([version("night-daemon"), scheduled(), facts().restartRequired], ["2", "", true]);

    const distant = clock("+5 hours");
    server.provision({ REBOOT_WINDOW: distant });
    night();
    const planned = scheduled();
    assert.match(planned, /^MODE=reboot$/m);
    assert.equal(clock(`@${Number(/^USEC=(\d+)$/m.exec(planned)?.[1]) / 1e6}`), distant);

    server.provision({ REBOOT_WINDOW: clock("+90 seconds") });
    night();
    server.on("test -e /run/before-the-restart");
    await eventually(
      "the restart in the window that begins within 90 s",
      150,
      () => server.on("test -e /run/before-the-restart || echo restarted").trim() === "restarted",
    );
    const { address, authority } = server.target;
    await eventually(
      "the site to be back",
      60,
      async () => (await askAt(address, `https://${server.domain}/healthz`, authority)).status === 200,
    );
    assert.deepEqual([facts().restartRequired, scheduled()], [false, ""]);
  });
});
