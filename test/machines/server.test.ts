import assert from "node:assert/strict";
import { askAt } from "../../scripts/cli/project/answer";
import { story } from "../../scripts/cli/test/story";
import { ReleaseServer } from "../support/load/server";
import { testNetwork } from "../support/networks";
import { backups, testBackups } from "./server/backups";
import { testBackupTargets } from "./server/backupTargets";
import { besidePages, testBesidePages, testEndings } from "./server/besidePages";
import { testCertificates } from "./server/certificates";

story("a provisioned server", function () {
  this.timeout(600_000);
  const server = new ReleaseServer({
    ...testNetwork("srvtest"),
    suite: "sid",
    runtime: "php",
    settings: {
      ROLES: "base hardening tls nginx php-fpm mysql valkey site tasks backup watch exporters later",
      ...backups,
      ...besidePages,
    },
  });
  const processOf = (unit: string) => server.on(`systemctl show --property MainPID --value ${unit}`).trim();

  before("is made", () => server.create());
  after(() => server.remove());

  testBesidePages(server);

  it("is changed and restarted by nothing when it is provisioned again", () => {
    const running = () => ["nginx", "mysql", "ssh"].map(processOf);
    const before = running();
    const files = () =>
      server.on(
        "find /etc/nginx /etc/mysql /etc/php /etc/ssh /etc/one-server-web /etc/systemd/system /usr/local -xdev -type f -printf '%p %T@\\n' | sort",
      );
    const written = files();
    assert.match(server.provision(), /server: nothing changed/);
    assert.deepEqual(running(), before);
    assert.equal(files(), written);
  });

  it("reloads only nginx when only a setting of nginx changes", () => {
    const before = ["nginx", "mysql", "ssh"].map(processOf);
    const app = () => server.on("systemctl list-units --plain --no-legend --state=active 'site-app@*'");
    const serving = app();
    server.provision({ PAGE_CACHE: "10s" });
    assert.deepEqual(["nginx", "mysql", "ssh"].map(processOf), before);
    assert.equal(app(), serving);
    assert.match(server.on("nginx -T 2>/dev/null | grep -c 'fastcgi_cache pages'"), /^1$/m);
    server.provision();
  });

  it("gives the site a changed environment in the same run, by the other colour", async () => {
    const colour = () =>
      server.on("grep -om1 'site-[a-z]*/' /etc/nginx/one-server-web/active.conf").slice(5, -2);
    const before = colour();
    server.on(
      `echo '<?php echo getenv("GREETING") ?: "nothing";' > /srv/www/colours/${before}/public/greeting.php`,
    );
    const greeting = async () =>
      (await askAt(server.target.address, `https://${server.domain}/greeting.php`, server.target.authority))
        .body;
    assert.equal(await greeting(), "nothing");
    server.provision({ ENVIRONMENT: "GREETING=hello" });
    assert.equal(await greeting(), "hello");
    assert.notEqual(colour(), before);
    server.provision();
  });

  it("is reached through the ports of SSH and the web alone", () => {
    const listening = server.on(
      "ss -Hltn | awk '{print $4}' | grep -v '^127\\|^\\[::1\\]' | sed 's/.*://' | sort -nu | paste -sd' '",
    );
    assert.equal(listening.trim(), "22 80 443");
    assert.match(server.on("nft list chain inet one_server_web input"), /policy drop/);
  });

  it("refuses a certificate without its key, and changes nothing", () => {
    const before = processOf("nginx");
    assert.throws(
      () => server.provision({ CERTIFICATE_KEY: "no key" }),
      /CERTIFICATE_KEY: expected a private key in PEM/,
    );
    assert.equal(processOf("nginx"), before);
  });

  testBackups(server);
  describe("with backups that go elsewhere", () => testBackupTargets(server));
  describe("with a certificate authority", () => testCertificates(server, "srvtest"));
  testEndings(server);
});
