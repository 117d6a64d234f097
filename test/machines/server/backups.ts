import assert from "node:assert/strict";
import { parseFacts } from "../../../scripts/cli/status/facts";
import type { ReleaseServer } from "../../support/load/server";

/** Settings of a server that is backed up. */
export const backups = { BACKUP_REPOSITORY: "/var/backups/site", BACKUP_PASSWORD: "for-this-test-only" };

/** The tests of backups and of what they bring back, on a server with the sample site. */
export function testBackups(server: ReleaseServer): void {
  const entries = () =>
    Number(server.on("mysql --batch --skip-column-names site -e 'SELECT COUNT(*) FROM entries'"));
  const sign = (name: string) =>
    server.on(`mysql site -e "INSERT INTO entries (author, message) VALUES ('${name}', 'was here')"`);

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
    assert.doesNotMatch(alerts(), /backup/);
  });
  it("raises an alarm when the target gives back something else than went there", () => {
    const alerts = () => parseFacts(server.on("/opt/one-server-web/status.sh")).alerts.join("\n");
    // What did not change since is not written again, so the next backup stands on the damaged files as well.
    server.on(
      `mysql site -e "CREATE TABLE large (body LONGBLOB); INSERT INTO large WITH RECURSIVE part AS (SELECT 1 AS number UNION ALL SELECT number + 1 FROM part WHERE number < 900) SELECT CONCAT(${Array(8).fill("RANDOM_BYTES(1024)").join(", ")}) FROM part"`,
    );
    server.on("systemctl start one-server-web-backup");
    server.on(
      "find /var/backups/site/data -type f -exec sh -c 'for file; do size=$(stat -c %s $file); rm $file; head -c $size /dev/urandom >$file; done' - {} +",
    );
    assert.throws(() => server.on("systemctl start one-server-web-backup"));
    server.on(
      "timeout 20 sh -c 'until [ -s /var/lib/one-server-web/alerts/one-server-web-backup ]; do sleep 0.1; done'",
    );
    assert.match(alerts(), /backup failed: .*can't be read back as it was written/);
    server.on("mysql site -e 'DROP TABLE large'; rm -r /var/backups/site /var/cache/one-server-web/restic");
    server.on("systemctl start one-server-web-backup");
    assert.equal(alerts(), "");
  });
}
