import assert from "node:assert/strict";
import { parseFacts } from "../../../scripts/cli/status/facts";
import { judge } from "../../../scripts/cli/status/judge";
import { selfSigned } from "../../support/load/certificate";
import { markedRelease } from "../../support/load/releases";
import { ReleaseServer } from "../../support/load/server";
import { testNetwork } from "../../support/networks";

export interface DatabaseCase {
  readonly engine: "mysql" | "mariadb";
  readonly suite: "sid" | "trixie";
}

const address = testNetwork("t-parts").subnet.replace(/0\/24$/, "10");

/** A database's server: nothing of a web server is there, and the network is served by TLS alone. */
export function testDatabaseAlone({ engine, suite }: DatabaseCase): void {
  const tls = selfSigned("database", address);
  const server = new ReleaseServer({
    ...testNetwork("t-parts"),
    suite,
    runtime: "php",
    settings: {
      ROLES: "base hardening mysql backup watch exporters later",
      DOMAIN: "www.foobar.com",
      DATABASE: engine,
      DATABASE_LISTEN: address,
      DATABASE_TLS_CERTIFICATE: tls.certificate.trim(),
      DATABASE_TLS_KEY: tls.privateKey.trim(),
      SERVER_ID: "7",
      FIREWALL_RULES: `ip saddr ${address} tcp dport 3306 accept`,
      DATABASE_ACCOUNTS: `site\t${address}\tnetwork password 1\nsite\tlocalhost\tsocket password 1`,
      BACKUP_REPOSITORY: "/var/backups/site",
      BACKUP_PASSWORD: "for-this-test-only",
      BACKUP_KEEP_DAYS: "14",
      EXPORTERS: "yes",
    },
  });
  const sql = (statement: string) => server.on(`${engine} --batch --skip-column-names`, statement).trim();
  /** Over the network, as the account of its address. */
  const over = (options: string, statement: string, password = "network password 1") =>
    server.on(
      `printf '[client]\\nuser=site\\npassword="%s"\\nhost=${address}\\n' '${password}' >/run/client.cnf; cat >/run/authority.pem; ${engine} --defaults-file=/run/client.cnf --batch --skip-column-names ${options} --execute "${statement}" 2>&1`,
      tls.certificate,
    );
  const byTls =
    engine === "mysql"
      ? "--ssl-mode=VERIFY_CA --ssl-ca=/run/authority.pem"
      : "--ssl --ssl-ca=/run/authority.pem --ssl-verify-server-cert";

  before("is made", function () {
    this.timeout(600_000);
    server.create();
  });
  after(() => server.remove());

  it("has no web server, no PHP and no certificate, and says so of itself", () => {
    const facts = parseFacts(server.on("/opt/one-server-web/status.sh"));
    assert.deepEqual(Object.keys(facts.versions), [engine === "mysql" ? "MySQL" : "MariaDB"]);
    assert.equal(facts.certificate, undefined);
    assert.equal(facts.health, undefined);
    assert.deepEqual(
      judge(facts)
        .map(({ text }) => text)
        .filter((text) => !/no backup yet|security upgrades|the load is/.test(text)),
      [],
    );
    assert.ok(facts.units.some(({ unit, state }) => unit === `${engine}.service` && state === "active"));
    assert.throws(() => server.on("command -v nginx apache2 php"));
    assert.match(server.on("/opt/one-server-web/healthy.sh"), /^healthy$/m);
    server.on("/opt/one-server-web/status.sh check");
  });

  it("is changed by nothing when it is provisioned again", function () {
    this.timeout(60_000);
    assert.match(server.provision(), /server: nothing changed/);
  });

  it("has its number, GTID and a binary log, so that a replica can join", () => {
    assert.equal(sql("SELECT @@server_id, @@log_bin"), "7\t1");
    assert.equal(
      sql(engine === "mysql" ? "SELECT @@gtid_mode" : "SELECT @@gtid_strict_mode"),
      engine === "mysql" ? "ON" : "1",
    );
  });

  it("lets the account of an address in by TLS alone, with its own password alone", () => {
    assert.match(over(byTls, "SHOW STATUS LIKE 'Ssl_version'"), /TLSv1\.[23]/);
    assert.throws(
      () => over(engine === "mysql" ? "--ssl-mode=DISABLED" : "--skip-ssl", "SELECT 1"),
      /secure_transport|secure transport|Access denied/,
    );
    assert.throws(() => over(byTls, "SELECT 1", "socket password 1"), /Access denied/);
  });

  it("lets through its firewall whom the stack admits to the database, and nobody to a web server", () => {
    const rules = server.on("nft list chain inet one_server_web input");
    assert.match(rules, new RegExp(`ip saddr ${address} tcp dport 3306 accept`));
    assert.doesNotMatch(rules, /\b443\b/);
  });

  it("drops an account that its settings no longer name", function () {
    this.timeout(60_000);
    server.provision({ DATABASE_ACCOUNTS: "site\tlocalhost\tsocket password 1" });
    assert.throws(() => over(byTls, "SELECT 1"), /Access denied|is not allowed/);
    server.provision();
    assert.match(over(byTls, "SELECT 1"), /^1$/m);
  });

  it("reads a new certificate without a restart", function () {
    this.timeout(60_000);
    const other = selfSigned("database");
    const processOf = () => server.on(`systemctl show --property MainPID --value ${engine}`);
    const before = processOf();
    server.provision({
      DATABASE_TLS_CERTIFICATE: other.certificate.trim(),
      DATABASE_TLS_KEY: other.privateKey.trim(),
    });
    assert.equal(processOf(), before);
    const shown = server.on(
      `openssl s_client -starttls mysql -connect ${address}:3306 </dev/null 2>/dev/null | openssl x509`,
    );
    assert.equal(shown.trim(), other.certificate.trim());
    server.provision();
  });

  it("is backed up and brought back without a web server", function () {
    this.timeout(180_000);
    sql("CREATE TABLE site.kept (id INT PRIMARY KEY); INSERT INTO site.kept VALUES (1), (2)");
    server.on("/opt/one-server-web/backup.sh run");
    sql("INSERT INTO site.kept VALUES (3)");
    server.on("/opt/one-server-web/backup.sh log");
    sql("DROP DATABASE site");
    server.on("/opt/one-server-web/backup.sh restore --to latest");
    assert.equal(sql("SELECT GROUP_CONCAT(id ORDER BY id) FROM site.kept"), "1,2,3");
  });
}

/** A web server whose database is elsewhere: nothing of a database is there. */
export function testWebServerAlone(): void {
  const server = new ReleaseServer({
    ...testNetwork("t-parts"),
    suite: "sid",
    runtime: "php",
    settings: {
      ROLES: "base hardening tls nginx php-fpm valkey site tasks watch exporters later",
    },
  });
  before("is made", function () {
    this.timeout(600_000);
    server.create();
  });
  after(() => server.remove());

  it("serves a release, has no database, and says so of itself", async function () {
    this.timeout(120_000);
    const settings = { MIGRATE: "", HEALTH_PATH: "/" };
    const ran = await server.deploy(markedRelease("php", "one", server.bundles, undefined, settings));
    assert.equal(ran.code, 0, ran.output);
    const facts = parseFacts(server.on("/opt/one-server-web/status.sh"));
    assert.deepEqual(Object.keys(facts.versions).sort(), ["PHP", "nginx"]);
    assert.equal(facts.backup, undefined);
    assert.throws(() => server.on("command -v mysqld mariadbd"));
    assert.ok(facts.units.every(({ unit }) => !/mysql|mariadb/.test(unit)));
    assert.match(server.on("/opt/one-server-web/healthy.sh"), /^healthy$/m);
  });

  it("is changed by nothing when it is provisioned again", function () {
    this.timeout(60_000);
    assert.match(server.provision(), /server: nothing changed/);
  });
}
