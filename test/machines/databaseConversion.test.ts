import assert from "node:assert/strict";
import { story } from "../../scripts/cli/test/story";
import { ReleaseServer } from "../support/load/server";
import { testNetwork } from "../support/networks";

const content = `
CREATE TABLE prices (net INT, gross INT AS (net * 2) STORED, \`double\` INT GENERATED ALWAYS AS (net + net) VIRTUAL, body BLOB);
INSERT INTO prices (net, body) VALUES (1, x'00ff27'), (2, NULL);
CREATE TABLE notes (n INT);
CREATE TRIGGER note AFTER INSERT ON prices FOR EACH ROW INSERT INTO notes VALUES (NEW.net);
CREATE VIEW cheap AS SELECT net FROM prices WHERE net < 2;
CREATE PROCEDURE answer() SELECT 42;
CREATE DATABASE site_before_20260101000000;
CREATE TABLE site_before_20260101000000.kept (n INT);
INSERT INTO site_before_20260101000000.kept VALUES (7);
`;

story("a database that becomes another one", function () {
  this.timeout(600_000);
  const server = new ReleaseServer({
    ...testNetwork("t-convert"),
    suite: "sid",
    runtime: "php",
    settings: { ROLES: "base mysql", DATABASE: "mariadb" },
  });
  const sql = (engine: "mysql" | "mariadb", statement: string) =>
    server.on(`${engine} --batch --skip-column-names site --execute "$(cat)"`, statement).trim();
  const rows = (engine: "mysql" | "mariadb") =>
    sql(
      engine,
      "SELECT net, gross, `double`, HEX(body) FROM prices; SELECT COUNT(*) FROM notes; SELECT * FROM cheap; CALL answer; SELECT n FROM site_before_20260101000000.kept",
    );
  const expected = "1\t2\t2\t00FF27\n2\t4\t4\tNULL\n0\n1\n42\n7";
  /** Which of the two runs; MariaDB's unit has MySQL's name as well. */
  const running = () => ["mysqld", "mariadbd"].filter((name) => server.on(`pgrep -x ${name} || true`) !== "");

  before("is made", () => {
    server.create();
    server.on("mariadb site", content);
  });
  after(() => server.remove());

  it("serves again as it was when the other one refuses its data, and says why", () => {
    sql("mariadb", "CREATE TABLE only_here (address INET6); INSERT INTO only_here VALUES ('::1')");
    assert.throws(
      () => server.provision({ DATABASE: "mysql" }),
      /error: the data of site does not load into mysql, so the database before serves again: ERROR .*/,
    );
    assert.deepEqual(running(), ["mariadbd"]);
    assert.equal(rows("mariadb"), expected);
    assert.equal(sql("mariadb", "SELECT address FROM only_here"), "::1");
    assert.match(server.provision(), /nothing changed/);
    sql("mariadb", "DROP TABLE only_here");
  });

  it("serves again as it was when the power goes half-way", async () => {
    server.stage({ DATABASE: "mysql" });
    const conversion = server.run('"$(cat /run/scripts)/provision.sh" </run/settings');
    server.on("timeout 120 sh -c 'until ls -d /var/lib/*-before-2*/ 2>/dev/null; do sleep 0.05; done'");
    server.cutPower();
    await conversion;
    server.on("timeout 120 sh -c 'until systemctl is-active mariadb; do sleep 0.1; done'");
    assert.equal(rows("mariadb"), expected);
    assert.match(server.provision(), /nothing changed/);
  });

  it("keeps all it holds, also where each login has a folder for temporary files of its own", () => {
    server.stage({ DATABASE: "mysql" });
    server.on(
      'mkdir -p -m 711 /tmp/user && mkdir -p -m 700 /tmp/user/0 && export TMPDIR=/tmp/user/0 && "$(cat /run/scripts)/provision.sh" </run/settings',
    );
    assert.deepEqual(running(), ["mysqld"]);
    assert.equal(rows("mysql"), expected);
    sql("mysql", "INSERT INTO prices (net) VALUES (3)");
    assert.equal(sql("mysql", "SELECT n FROM notes"), "3");
    sql("mysql", "DELETE FROM prices WHERE net = 3; DELETE FROM notes");
    assert.match(server.provision({ DATABASE: "mysql" }), /nothing changed/);
  });

  it("goes back with all it holds", () => {
    server.provision();
    assert.deepEqual(running(), ["mariadbd"]);
    assert.equal(rows("mariadb"), expected);
  });
});
