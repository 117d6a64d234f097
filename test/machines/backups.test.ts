import assert from "node:assert/strict";
import { parseFacts } from "../../scripts/cli/status/facts";
import { judge } from "../../scripts/cli/status/judge";
import { story } from "../../scripts/cli/test/story";
import { ReleaseServer } from "../support/load/server";
import { type TestNetwork, testNetwork } from "../support/networks";

interface BackupCase {
  readonly engine: "mysql" | "mariadb";
  readonly suite: "sid" | "trixie";
  readonly network: TestNetwork;
}

const cases: readonly BackupCase[] = [
  { engine: "mysql", suite: "sid", network: "t-back-my" },
  { engine: "mariadb", suite: "trixie", network: "t-back-ma" },
];

for (const { engine, suite, network } of cases) {
  story(`backups of ${engine}`, function () {
    this.timeout(600_000);
    const server = new ReleaseServer({
      ...testNetwork(network),
      suite,
      runtime: "php",
      settings: {
        ROLES: "base hardening mysql backup watch",
        DATABASE: engine,
        BACKUP_REPOSITORY: "/var/backups/site",
        BACKUP_PASSWORD: "for-this-test-only",
      },
    });
    const sql = (statement: string, options = "") =>
      server
        .on(
          `MYSQL_PWD=for-load-tests-only ${engine} ${options} --batch --skip-column-names site --execute "$(cat)" 2>&1`,
          statement,
        )
        .trim();
    const backup = (command: string) => server.on(`/opt/one-server-web/backup.sh ${command} 2>&1`);
    const failedBackup = (command = "run"): string => {
      try {
        return assert.fail(`it passed: ${backup(command)}`);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        return String(error);
      }
    };
    const faults = () =>
      judge(parseFacts(server.on("/opt/one-server-web/status.sh")))
        .map(({ text }) => text)
        .filter((text) => /backup/.test(text));
    const databases = () => sql("SHOW DATABASES").split("\n");
    const count = (table: string) => Number(sql(`SELECT COUNT(*) FROM ${table}`));

    before("is made", () => server.create());
    after(() => server.remove());

    it("bring back what a connection with the character set binary wrote last", () => {
      sql("CREATE TABLE words (word VARCHAR(40), body BLOB); INSERT INTO words VALUES ('before', 'x')");
      backup("run");
      sql(
        "CREATE TABLE later (word VARBINARY(40)); INSERT INTO later VALUES ('written by a wiki'); INSERT INTO words VALUES ('it''s \\\\', 'y'); CREATE TABLE last (n INT)",
        "--default-character-set=binary",
      );
      sql("INSERT INTO words VALUES ('grüß', 'z')", "--default-character-set=utf8mb4");
      sql("DROP DATABASE site");
      server.on("/opt/one-server-web/backup.sh restore --to latest");
      assert.equal(count("words"), 3);
      assert.equal(sql("SELECT word FROM later"), "written by a wiki");
      assert.equal(count("last"), 0);
    });

    it("are tried with all that was written since, up to the last write", () => {
      sql("INSERT INTO words VALUES ('since', 'x')", "--default-character-set=binary");
      assert.match(backup("run"), /the last backup was restored to the last write: 3 tables/);
      assert.deepEqual(faults(), []);
    });

    it("say so when the writes since the one before are lost, and are good again with the next", () => {
      sql("INSERT INTO words VALUES ('lost', 'x'); FLUSH BINARY LOGS; FLUSH BINARY LOGS");
      // MariaDB keeps a log until its background thread has noted that no transaction needs it any more.
      server.on(
        `timeout 60 sh -c 'logs() { ${engine} --batch --skip-column-names --execute "SHOW BINARY LOGS" | cut -f1; }; until [ "$(logs | wc -l)" = 1 ]; do ${engine} --execute "PURGE BINARY LOGS TO \\"$(logs | tail -n 1)\\""; done'`,
      );
      assert.match(failedBackup(), /the one before it could not be restored to its last write/);
      assert.match(
        faults().join("\n"),
        /the backup of .* failed: this backup is good, but the one before it/,
      );
      backup("run");
      assert.deepEqual(faults(), []);
    });

    it("hold all the rest when a view is broken, name it, and stop no migration", () => {
      sql(
        "CREATE TABLE gone (n INT); CREATE VIEW broken AS SELECT n FROM gone; CREATE VIEW sound AS SELECT word FROM words; DROP TABLE gone",
      );
      assert.match(failedBackup(), /holds all but the views broken of the database site/);
      assert.match(faults().join("\n"), /views broken/);
      sql("DROP DATABASE site");
      backup("restore --to latest");
      assert.equal(count("sound"), count("words"));
    });

    it("count tables by what a dump makes, not by a routine's text", () => {
      sql(
        "DELIMITER //\nCREATE PROCEDURE fill()\nBEGIN\nCREATE TABLE IF NOT EXISTS made\n(n INT);\nEND //\nDELIMITER ;\n",
      );
      assert.match(backup("run"), /3 tables, .* restored and found sound/);
    });

    it("begin nothing where a disk has too little room, and say how much it takes", () => {
      server.on(
        "mount -t tmpfs -o size=300M tmpfs /var/lib/one-server-web/backup && touch /var/lib/one-server-web/backup/here",
      );
      assert.match(
        failedBackup(),
        /too little room at \/var\/lib\/one-server-web\/backup: \d+ MiB are free, about \d+ MiB are needed/,
      );
      assert.match(faults().join("\n"), /failed: too little room/);
      server.on("umount /var/lib/one-server-web/backup");
      backup("run");
    });

    it("leave no trial behind when they are ended half-way", async () => {
      const running = server.run("exec /opt/one-server-web/backup.sh run");
      server.on(
        "timeout 60 sh -c 'until ls -d /var/lib/one-server-web/backup/tried 2>/dev/null; do :; done'; pkill -TERM -o -f 'backup.sh run'",
      );
      assert.notEqual((await running).code, 0);
      assert.deepEqual(
        databases().filter((name) => name.startsWith("site_")),
        sql("SHOW DATABASES LIKE 'site\\_before%'").split("\n").filter(Boolean),
      );
      server.on(
        "! ls /var/lib/one-server-web/backup/site.sql /var/lib/one-server-web/backup/tried 2>/dev/null",
      );
      backup("run");
    });

    it("let binary logs take no more than their share of the disk, and restore without those", () => {
      for (const word of ["one", "two", "three"]) {
        sql(`INSERT INTO words VALUES ('${word}', 'x'); FLUSH BINARY LOGS`);
      }
      const written = count("words");
      server.on("LOG_SHARE=0 /opt/one-server-web/backup.sh log");
      assert.equal(sql("SHOW BINARY LOGS").split("\n").length, 2);
      sql("DROP DATABASE site");
      backup("restore --to latest");
      assert.equal(count("words"), written);
    });

    it("happen also in the night in which clocks go forward", () => {
      const timers = server.on(
        "systemctl show one-server-web-backup.timer --property TimersMonotonic,TimersCalendar",
      );
      assert.match(timers, /OnUnitActiveUSec=1d 1h 30min/);
      assert.match(timers, /OnCalendar=/);
    });

    it("are of a database whose logs are rotated", () => {
      assert.match(sql("SELECT @@slow_query_log_file"), /^\/var\/log\/mysql\/slow\.log$/);
      sql("SELECT SLEEP(1.1)");
      server.on("test -s /var/log/mysql/slow.log; logrotate --force /etc/logrotate.conf");
      assert.match(server.on("ls /var/log/mysql"), /slow\.log\.1/);
      sql("SELECT SLEEP(1.2)");
      server.on("test -s /var/log/mysql/slow.log");
    });

    it("are of a database that knows time zones, and takes triggers and functions of the site's account", () => {
      assert.equal(
        sql("SELECT CONVERT_TZ('2026-07-01 12:00:00', 'UTC', 'Europe/Berlin')"),
        "2026-07-01 14:00:00",
      );
      const asSite = "--user=site";
      sql("CREATE TRIGGER note AFTER INSERT ON words FOR EACH ROW INSERT INTO last VALUES (1)", asSite);
      sql("CREATE FUNCTION doubled(n INT) RETURNS INT NO SQL RETURN 2 * n", asSite);
      assert.equal(sql("SELECT doubled(21)", asSite), "42");
      assert.match(server.provision(), /nothing changed/);
    });

    it("say what is wrong when root of the database has a password", () => {
      const plugin = engine === "mysql" ? "WITH caching_sha2_password" : "";
      sql(`ALTER USER root@localhost IDENTIFIED ${plugin} BY 'secret-of-root'`);
      assert.throws(
        () => server.provision({ DATABASE_PASSWORD: "another-one-for-load-tests" }),
        (error: Error) => {
          assert.match(
            error.message,
            /error: .*ERROR 1045 .*Access denied for user 'root'.*ALTER USER root@localhost IDENTIFIED/,
          );
          assert.doesNotMatch(error.message, /secret-of-root|another-one/);
          return true;
        },
      );
    });
  });
}
