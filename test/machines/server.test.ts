import assert from "node:assert/strict";
import { join } from "node:path";
import { ReleaseServer } from "../../bench/load/server";
import { deterministicArchive } from "../../components/server/archive";
import { releaseName } from "../../components/server/release";
import { parseFacts } from "../../scripts/status/facts";

const site = join(__dirname, "../../site/php");

describe("a provisioned server", function () {
  this.timeout(600_000);
  const server = new ReleaseServer({
    network: "srvtest",
    subnet: "10.91.5.0/24",
    suite: "sid",
    runtime: "php",
    settings: {
      ROLES: "base hardening tls nginx php-fpm mysql site backup later",
      BACKUP_REPOSITORY: "/var/backups/site",
      BACKUP_PASSWORD: "for-this-test-only",
    },
  });
  const processOf = (unit: string) => server.on(`systemctl show --property MainPID --value ${unit}`).trim();
  const entries = () =>
    Number(server.on("mysql --batch --skip-column-names site -e 'SELECT COUNT(*) FROM entries'"));
  const sign = (name: string) =>
    server.on(`mysql site -e "INSERT INTO entries (author, message) VALUES ('${name}', 'was here')"`);

  before("is made and takes a release", async () => {
    server.create();
    const archive = deterministicArchive(site, { bundles: server.bundles });
    const ran = await server.deploy({ mark: "", release: releaseName(archive.hash), archive });
    assert.equal(ran.code, 0, ran.output);
  });

  after(() => server.remove());

  it("is changed and restarted by nothing when it is provisioned again", () => {
    const running = () => ["nginx", "mysql", "ssh"].map(processOf);
    const before = running();
    const files = () =>
      server.on(
        "find /etc/nginx /etc/mysql /etc/php /etc/ssh /etc/one-server-web /etc/systemd/system /usr/local -xdev -type f -printf '%p %T@\\n' | sort",
      );
    const written = files();
    server.provision();
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

  it("is reached through the ports of SSH and the web alone", () => {
    const listening = server.on(
      "ss -Hltn | awk '{print $4}' | grep -v '^127\\|^\\[::1\\]' | sed 's/.*://' | sort -nu | paste -sd' '",
    );
    assert.equal(listening.trim(), "22 80 443");
    assert.match(server.on("nft list chain inet one_server_web input"), /policy drop/);
  });

  it("brings back every acknowledged row of a database that was deleted", () => {
    sign("before the backup");
    server.on("/opt/one-server-web/backup.sh run");
    sign("after the backup");
    const acknowledged = entries();
    server.on("mysql -e 'DROP DATABASE site'");
    server.on("/opt/one-server-web/backup.sh restore --to latest");
    assert.equal(entries(), acknowledged);
  });

  it("goes back to a point in time, also to one after another restore, and keeps what was there", () => {
    const now = () => server.on("sleep 1.1; date -u +%Y-%m-%dT%H:%M:%S; sleep 1.1").trim();
    server.on(
      "mysql site -e 'CREATE VIEW names AS SELECT author FROM entries; CREATE TABLE signed (number INT); CREATE TRIGGER sign AFTER INSERT ON entries FOR EACH ROW INSERT INTO signed VALUES (1)'",
    );
    sign("the last that shall stay");
    const wanted = entries();
    const first = now();
    sign("a mistake");
    server.on("mysql site -e 'ALTER TABLE site.entries ADD COLUMN mistake INT'");
    server.on(`/opt/one-server-web/backup.sh restore --to ${first}`);
    assert.equal(entries(), wanted);
    assert.doesNotMatch(server.on("mysql site -e 'SHOW COLUMNS FROM entries'"), /mistake/);
    assert.match(server.on("mysql -e 'SHOW DATABASES'"), /site_before_/);
    sign("after the restore");
    const second = now();
    sign("another mistake");
    server.on(`/opt/one-server-web/backup.sh restore --to ${second}`);
    assert.equal(entries(), wanted + 1);
    const counts =
      "SELECT (SELECT COUNT(*) FROM names), (SELECT COUNT(*) FROM signed), (SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = 'site')";
    assert.equal(
      server.on(`mysql --batch --skip-column-names site -e "${counts}"`).trim(),
      `${wanted + 1}\t2\t1`,
    );
  });

  it("raises an alarm when a backup can't be restored, until one can", () => {
    const alerts = () => parseFacts(server.on("/opt/one-server-web/status.sh")).alerts.join("\n");
    server.on(
      `mysql site -e "CREATE TABLE huge (body LONGBLOB); INSERT INTO huge VALUES (REPEAT('x', 3000000)); SET GLOBAL max_allowed_packet = 1048576"`,
    );
    assert.throws(() => server.on("systemctl start one-server-web-backup"));
    server.on("until [ -e /var/lib/one-server-web/alerts/one-server-web-backup ]; do sleep 0.1; done");
    assert.match(alerts(), /backup failed: .*max_allowed_packet.* the dump does not load/);
    server.on("mysql site -e 'SET GLOBAL max_allowed_packet = 67108864; DROP TABLE huge'");
    server.on("systemctl start one-server-web-backup");
    assert.equal(alerts(), "");
  });

  it("refuses a certificate without its key, and changes nothing", () => {
    const before = processOf("nginx");
    assert.throws(
      () => server.provision({ CERTIFICATE_KEY: "no key" }),
      /CERTIFICATE_KEY: expected a private key in PEM/,
    );
    assert.equal(processOf("nginx"), before);
  });
});
