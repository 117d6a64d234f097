import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { askAt } from "../../scripts/cli/project/answer";
import { story } from "../../scripts/cli/test/story";
import { packedRelease } from "../support/load/releases";
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

  describe("with a page that shows its environment", () => {
    const colour = () =>
      server.on("grep -om1 'site-[a-z]*/' /etc/nginx/one-server-web/active.conf").slice(5, -2);
    const greeting = async () =>
      (await askAt(server.target.address, `https://${server.domain}/greeting.php`, server.target.authority))
        .body;
    /** The same files, with another environment. */
    const greets = async (environment: string) => {
      const fill = (folder: string) => {
        cpSync(join(__dirname, "../../site/php"), folder, { recursive: true });
        writeFileSync(
          join(folder, "public/greeting.php"),
          '<?php echo getenv("GREETING") ?: "nothing", " ", getenv("SITE_URL");',
        );
      };
      const site = { MIGRATE: "php bin/migrate.php", ENVIRONMENT: environment };
      const release = packedRelease("greeting", server.bundles, fill, site);
      const ran = await server.deploy(release);
      assert.equal(ran.code, 0, ran.output);
      return release.release;
    };

    it("gives the site a changed environment by a release of the same files", async () => {
      const plain = await greets("");
      assert.equal(await greeting(), `nothing https://${server.domain}`);
      const before = colour();
      const greeted = await greets("GREETING=hello");
      assert.equal(await greeting(), `hello https://${server.domain}`);
      assert.notEqual(colour(), before);
      assert.notEqual(greeted, plain);
      server.on("/opt/one-server-web/release.sh rollback");
      assert.equal(await greeting(), `nothing https://${server.domain}`);
    });

    it("puts a changed app server in place by the other colour, in the same run, and the release keeps its environment", async () => {
      await greets("GREETING=good day");
      const before = colour();
      server.provision({ APP_PROCESSES: "3" });
      assert.notEqual(colour(), before);
      assert.equal(await greeting(), `good day https://${server.domain}`);
      assert.match(server.on("cat /etc/one-server-web/app/*.conf"), /pm\.max_children = 3/);
      server.provision();
    });

    it("hides the environment from whoever is neither root nor the site", () => {
      const files = "find /var/lib/one-server-web/releases /srv/www/colours/*.env -name '*.env'";
      const modes = server.on(`${files} | xargs stat -L -c '%a %U:%G' | sort -u`);
      assert.equal(modes.trim(), "640 root:site");
    });
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
