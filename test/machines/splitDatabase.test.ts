import assert from "node:assert/strict";
import { join } from "node:path";
import { story } from "../../scripts/cli/test/story";
import { eventually } from "../support/eventually";
import { writeMarkedSite } from "../support/load/releases";
import { summarize } from "../support/load/summary";
import { type LoadReport, underLoad } from "../support/load/underLoad";
import type { TestNetwork } from "../support/networks";
import { openPorts } from "../support/ports";
import { LocalSite } from "../support/site";

interface Kind {
  readonly network: TestNetwork;
  readonly stack: "lemp" | "lamp";
  readonly runtime: "php" | "python";
  readonly database: "mysql" | "mariadb";
  readonly units: readonly string[];
}

const kinds: readonly Kind[] = [
  { network: "t-split", stack: "lemp", runtime: "php", database: "mysql", units: ["nginx"] },
  { network: "t-split-py", stack: "lamp", runtime: "python", database: "mariadb", units: ["apache2"] },
];

for (const { network, stack, runtime, database, units } of kinds) {
  story(`a web server and a database server, ${stack} with ${runtime} and ${database}`, function () {
    this.timeout(900_000);
    const site = new LocalSite(network);
    const on = (server: string, command: string) =>
      site.machine("exec", server, "bash", "-c", `export HOME=/root LC_ALL=C.UTF-8; cd; ${command}`);
    const onWeb = (command: string) => on("web-1", command);
    const onDatabase = (command: string) => on("database-1", command);
    const sql = (statement: string) =>
      onDatabase(`${database} --batch --skip-column-names site -e "${statement}"`).trim();
    const run = async (program: string, ...args: readonly string[]) => {
      const ran = await site.clone.run(program, args);
      assert.equal(ran.code, 0, ran.output);
      return ran.output;
    };
    const address = (name: string) => {
      const server = site.outputs.servers.find((each) => each.name === name);
      return (server as { privateIp?: string } | undefined)?.privateIp ?? assert.fail(`there is no ${name}`);
    };
    const status = async (path: string) => (await site.get(path)).status;
    /** When each of the machines' services was started, by their own clocks. */
    const starts = () =>
      [
        onWeb(
          `systemctl show -p ActiveEnterTimestampMonotonic,MainPID ${units.join(" ")} site-app@blue site-app@green one-server-web-haproxy@database-proxy`,
        ),
        onDatabase(
          `systemctl show -p ActiveEnterTimestampMonotonic,MainPID ${database} one-server-web-haproxy@database-endpoint one-server-web-database-state`,
        ),
      ].join("");
    const folder = () => join(site.clone.folder, "site", "marked");
    let mark = 0;
    const change = () => {
      mark += 1;
      writeMarkedSite(runtime, `mark-${mark}`, folder());
    };

    before(() => {
      change();
      site.configure({
        stack,
        runtime,
        database,
        site: "site/marked",
        migrate: runtime === "php" ? "php bin/migrate.php" : "python3 bin/migrate.py",
        sharedPaths: '["uploads"]',
        ...(stack === "lemp" ? { pageCache: "1m" } : { exporters: "true" }),
      });
    });
    after(() => site.remove());

    it("come up by one npm start, and the page with a SELECT answers", async () => {
      const { output } = await site.start("--rung", "split-database");
      assert.match(output, /https:\/\/www\.foobar\.com\/ is up/);
      const health = await site.get("/healthz");
      assert.deepEqual([health.status, health.body], [200, "database answers 1"]);
      assert.deepEqual(
        site.outputs.servers.map(({ name, tier }) => [name, tier]),
        [
          ["web-1", "web, app"],
          ["database-1", "database"],
        ],
      );
    });

    it("are what the policy pack sees, each a single point of failure, and the rung above is the next", async () => {
      const path = site.outputs.upgradePath;
      assert.deepEqual([path?.rung, path?.next?.rung], ["split-database", "load-balanced"]);
      assert.deepEqual(path?.singlePointsOfFailure.map(({ names }) => names).sort(), [
        ["database-1"],
        ["web-1"],
      ]);
    });

    it("have each what is theirs and nothing of the other", () => {
      const daemons = "ps -eo comm= | grep -cE '^(mysqld|mariadbd)$' || true";
      assert.deepEqual([onWeb(daemons).trim(), onDatabase(daemons).trim()], ["0", "1"]);
      assert.equal(
        onDatabase(
          "ls -d /srv/www /etc/nginx /etc/apache2 /etc/one-server-web/{site.env,tls} 2>/dev/null || true",
        ),
        "",
      );
      // The site sees what it sees on one server.
      assert.match(
        onWeb("cat /etc/one-server-web/site.env"),
        /^DATABASE_SOCKET="\/run\/mysqld\/mysqld\.sock"$/m,
      );
      assert.equal(
        sql("SELECT CONCAT(user, '@', host) FROM mysql.user WHERE user = 'site'"),
        "site@localhost",
      );
      if (stack === "lamp") {
        const counters = "curl --silent --fail http://127.0.0.1";
        assert.match(
          onWeb(`${counters}:8405/metrics`),
          /haproxy_backend_status\{proxy="database",state="UP"\} 1/,
        );
        assert.match(onDatabase(`${counters}:8406/metrics`), /haproxy_backend_status\{proxy="connections"/);
        assert.match(onDatabase(`${counters}:9104/metrics`), /^mysql_up 1$/m);
      }
      // A database of its own gets the memory.
      const pool = onDatabase("grep -rh ^innodb_buffer_pool_size /etc/mysql | grep -o '[0-9]*'");
      const memory = onDatabase("awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo");
      assert.ok(Number(pool) > Number(memory) * 0.6, `${pool} of ${memory}`);
    });

    it("are not touched by a second run", async () => {
      const before = starts();
      const { output } = await site.start();
      assert.match(output, /nothing had to change/);
      assert.equal(starts(), before);
    });

    it("are both shown by npm run status, with nothing wrong", async () => {
      await site.set("backupRepository", "/var/backups/site");
      await site.set("backupPassword", "for-this-test-only", "--secret");
      await site.start();
      await run("backup");
      const shown = JSON.parse((await site.clone.run("status", ["--json"])).stdout) as {
        server: string;
        facts: { versions: Record<string, string> };
        faults: { level: string; text: string }[];
      }[];
      assert.deepEqual(
        shown.map(({ server }) => server),
        ["web-1", "database-1"],
      );
      for (const { facts, faults } of shown) {
        assert.ok(facts.versions.HAProxy);
        assert.deepEqual(
          faults.filter(({ level }) => level === "wrong"),
          [],
        );
      }
    });

    it("let nobody else reach the database: not by another address, and not without a certificate of the stack", async () => {
      const host = address("database-1");
      const open = await openPorts(host, [80, 443, 3306, 3307, 3308, 3309]);
      assert.deepEqual(open, [], "ports that are open to this host, which is no web server");
      const tls = "/etc/one-server-web/internal";
      const ask = (port: number, options: string) =>
        onWeb(
          `(sleep 1; printf 'GET /primary HTTP/1.0\\r\\n\\r\\n'; sleep 1) | timeout 4 openssl s_client -connect ${host}:${port} -CAfile ${tls}/authority.pem -verify_return_error ${options} 2>&1 | tr -d '\\0' || true`,
        );
      const own = `-cert ${tls}/both.pem -key ${tls}/both.pem -verify_hostname database-1`;
      onWeb(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=web-1 -days 2 -keyout /tmp/other.pem -out /tmp/other.crt 2>/dev/null; cat /tmp/other.crt >> /tmp/other.pem",
      );
      const greeting = /caching_sha2_password|mysql_native_password/;
      assert.match(ask(3307, `-quiet ${own}`), greeting, "with its certificate a web server gets there");
      assert.match(ask(3308, `-quiet ${own}`), /HTTP\/1\.[01] 200/);
      for (const port of [3307, 3308]) {
        for (const [options, refusal] of [
          ["", /alert certificate required/],
          ["-cert /tmp/other.pem -key /tmp/other.pem", /alert unknown ca/],
        ] as const) {
          const answer = ask(port, options);
          assert.match(answer, refusal);
          assert.doesNotMatch(answer, greeting);
          assert.doesNotMatch(answer, /HTTP\/1\.[01] 200/);
        }
      }
      onWeb("rm /tmp/other.pem /tmp/other.crt");
    });

    it("keep the site from a server that shows another's certificate", async () => {
      const tls = "/etc/one-server-web/internal/both.pem";
      const web = onWeb(`cat ${tls}`);
      onDatabase(
        `cp -p ${tls} /root/own.pem; cat > ${tls} <<'PEM'\n${web}PEM\nsystemctl reload one-server-web-haproxy@database-endpoint`,
      );
      try {
        await eventually(
          "the site to be without its database",
          20,
          async () => (await status("/healthz")) >= 500,
        );
      } finally {
        onDatabase(
          `cat /root/own.pem > ${tls}; rm /root/own.pem; systemctl reload one-server-web-haproxy@database-endpoint`,
        );
      }
      await eventually("the site to be healthy again", 20, async () => (await status("/healthz")) === 200);
    });

    it("go on with what needs no database while that machine restarts, and are whole again without anyone's doing", async () => {
      assert.equal(await status("/"), 200);
      const before = onDatabase(`systemctl show -p ActiveEnterTimestampMonotonic,MainPID ${database}`);
      site.machine("kill", "database-1");
      await eventually("the site to notice", 20, async () => (await status("/healthz")) >= 500);
      const asked = performance.now();
      assert.ok((await status("/healthz")) >= 500);
      assert.ok(performance.now() - asked < 2000, "without the database an answer comes at once");
      // Files, and pages that ask no database; those of nginx's page cache among them.
      assert.deepEqual([await status("/mark.css"), await status("/")], [200, 200]);
      site.machine("start", "database-1");
      await eventually("the site to be whole again", 60, async () => (await status("/healthz")) === 200);
      assert.notEqual(
        onDatabase(`systemctl show -p ActiveEnterTimestampMonotonic,MainPID ${database}`),
        before,
      );
    });

    it("come back when the web server's machine restarts", async () => {
      site.machine("reboot", "web-1");
      await eventually("the site to answer again", 60, async () => {
        return (await status("/healthz").catch(() => 0)) === 200;
      });
    });

    it("get releases, and give them back, with no failed request", async () => {
      const server = {
        target: {
          host: "www.foobar.com",
          address: site.outputs.publicIp,
          authority: site.outputs.caCertificate,
        },
        writes: (name: string) =>
          new Map(
            sql(`SELECT token, COUNT(*) FROM writes WHERE token LIKE '${name}-%' GROUP BY token`)
              .split("\n")
              .map((row) => row.split("\t"))
              .map(([token = "", count = "0"]) => [token, Number(count)] as const),
          ),
      };
      const report = await underLoad(
        server,
        { rate: 40, seconds: 300, share: { write: 30, file: 20 }, fresh: 20 },
        async () => {
          for (let time = 0; time < 3; time++) {
            change();
            await run("deploy");
          }
          await run("rollback");
          await run("deploy");
          // A HAProxy with another configuration takes the sockets over.
          onWeb("systemctl reload one-server-web-haproxy@database-proxy");
          onDatabase("systemctl reload one-server-web-haproxy@database-endpoint");
        },
      );
      whole(report);
      assert.ok(Object.keys(report.summary.releases).length >= 4, "each release answered somebody");
      const dumps = onWeb("ls /var/lib/one-server-web/dumps").trim().split("\n");
      assert.ok(dumps.length > 0, "a way back is kept before migrations");
      assert.match(onWeb(`zcat /var/lib/one-server-web/dumps/${dumps.at(-1)}`), /CREATE TABLE `writes`/);
    });

    it("are backed up and restored together: rows on the one, uploads on the other", async () => {
      sql("INSERT INTO writes (token) VALUES ('before')");
      onWeb("site-run sh -c 'echo before > uploads/kept.txt'");
      const output = await run("backup");
      assert.match(output, /database-1 .*restored and found sound/);
      assert.match(output, /web-1 .*done/);
      sql("INSERT INTO writes (token) VALUES ('after')");
      onWeb("rm /srv/www/shared/uploads/kept.txt");
      onDatabase(`${database} -e 'DROP DATABASE site'`);
      await run("restore", "--to", "latest");
      assert.equal(sql("SELECT COUNT(*) FROM writes WHERE token IN ('before', 'after')"), "2");
      assert.equal(onWeb("cat /srv/www/shared/uploads/kept.txt").trim(), "before");
      await eventually("the site to be healthy", 20, async () => (await status("/healthz")) === 200);
    });

    it("get another password for the database, and the site goes on", async () => {
      await site.set("databasePassword", "another-password-of-the-site", "--secret");
      await site.start();
      assert.equal(await status("/healthz"), 200);
      const again = await site.start();
      assert.match(again.output, /nothing had to change/);
    });

    if (database === "mysql")
      it("change the database for another kind, with all rows", async () => {
        const rows = sql("SELECT COUNT(*) FROM writes");
        await site.set("database", "mariadb");
        await site.start();
        assert.equal(
          onDatabase("mariadb --batch --skip-column-names site -e 'SELECT COUNT(*) FROM writes'").trim(),
          rows,
        );
        assert.equal(await status("/healthz"), 200);
        change();
        await run("deploy");
        assert.match((await site.start()).output, /nothing had to change/);
      });

    it("do not become one again, which would lose the data", async () => {
      await site.set("rung", "single");
      const ran = await site.clone.run("start");
      assert.equal(ran.code, 1);
      assert.match(
        ran.output,
        /one-server-web:rung is "single", but this stack's database is on database-1, and this version moves no data between rungs; /,
      );
      await site.set("rung", "split-database");
      assert.match((await site.start()).output, /nothing had to change/);
    });
  });
}

/** Nothing failed, and every acknowledged write is there once. */
function whole({ outcomes, acknowledged, wrongWrites }: LoadReport): void {
  const { failures, requests } = summarize(outcomes);
  assert.ok(requests >= 200 && acknowledged >= 50, `only ${requests} requests`);
  assert.deepEqual(failures, {});
  assert.deepEqual(wrongWrites, []);
}
