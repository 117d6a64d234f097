import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { MarkedRelease } from "../../bench/load/releases";
import { ReleaseServer } from "../../bench/load/server";
import { deterministicArchive } from "../../components/server/archive";
import { releaseName } from "../../components/server/release";
import { eventually } from "../support/eventually";
import { visit } from "../support/visitors";

describe("a server of 1 GiB", function () {
  this.timeout(300_000);
  const server = new ReleaseServer({
    network: "serving",
    subnet: "10.94.16.0/24",
    suite: "sid",
    runtime: "php",
    memory: 1024,
    settings: { ROLES: "base hardening tls nginx php-fpm mysql site", SHARED_PATHS: "public/uploads" },
  });

  function release(mark: string): MarkedRelease {
    const folder = mkdtempSync(join(tmpdir(), "serving-"));
    cpSync(join(__dirname, "../../site/php"), folder, { recursive: true });
    cpSync(join(__dirname, "serving"), join(folder, "public"), { recursive: true });
    writeFileSync(join(folder, "mark"), mark);
    const archive = deterministicArchive(folder, { bundles: server.bundles });
    rmSync(folder, { recursive: true });
    return { mark, release: releaseName(archive.hash), archive };
  }

  /** Asks the server from inside, where curl is as new as the server's own packages. */
  const curl = (options: string, path: string) =>
    server.on(
      `curl -sS --cacert /etc/one-server-web/tls/site.crt --resolve ${server.domain}:443:${server.target.address} ${options} https://${server.domain}${path}`,
    );

  before("is made and takes a release", async () => {
    server.create();
    const ran = await server.deploy(release("first"));
    assert.equal(ran.code, 0, ran.output);
    server.on("apt-get install --yes -q --no-install-recommends curl");
  });

  after(() => server.remove());

  it("serves what the site writes within a second or so, though files stay open", async () => {
    const upload = (text: string) =>
      server.on(
        "cat > /srv/www/shared/public/uploads/note.txt && chown site: /srv/www/shared/public/uploads/note.txt",
        text,
      );
    const note = () => curl("", "/uploads/note.txt");
    assert.match(curl("-o /dev/null -w '%{http_code}'", "/uploads/note.txt"), /404/);
    upload("the first words");
    assert.equal(note(), "the first words");
    upload("other and longer words");
    await eventually("the file as it is now", 5, () =>
      note() === "other and longer words" ? true : undefined,
    );
    server.on("rm /srv/www/shared/public/uploads/note.txt");
    await eventually("the file's end", 5, () =>
      /404/.test(curl("-o /dev/null -w '%{http_code}'", "/uploads/note.txt")) ? true : undefined,
    );
  });

  it("says about pages what only pages need, and about every file what it is", () => {
    const page = curl("-D- -o /dev/null", "/").toLowerCase();
    const style = curl("-D- -o /dev/null", "/assets/style.css").toLowerCase();
    const always = [
      "strict-transport-security: max-age=63072000",
      "x-content-type-options: nosniff",
      "x-release: ",
    ];
    for (const header of always) {
      assert.ok(page.includes(header), page);
      assert.ok(style.includes(header), style);
    }
    for (const header of [
      "x-frame-options: sameorigin",
      "cross-origin-opener-policy: same-origin",
      "referrer-policy: ",
    ]) {
      assert.ok(page.includes(header), page);
      assert.ok(!style.includes(header), style);
    }
  });

  it("speaks HTTP/3 when it is asked to, and has no UDP port open before and after", () => {
    const udp = () =>
      server.on(
        "nft list chain inet one_server_web input | grep -c 'udp dport 443' || true; ss -Hlnu 'sport = 443' | wc -l",
      );
    const offer = () => /alt-svc: h3=":443"/i.test(curl("-D- -o /dev/null", "/"));
    assert.deepEqual([udp().trim(), offer()], ["0\n0", false]);
    server.provision({ HTTP3: "yes" });
    assert.equal(curl("--http3-only -o /dev/null -w '%{http_version} %{http_code}'", "/"), "3 200");
    assert.match(curl("--http3-only", "/healthz"), /"status":"ok"/);
    assert.ok(offer());
    server.provision({ HTTP3: "no" });
    assert.deepEqual([udp().trim(), offer()], ["0\n0", false]);
  });

  /** Visitors of the heavy page while something is done. */
  async function underVisits(visitors: number, doing: () => Promise<void>): Promise<void> {
    let over = false;
    const visited = visit(server.target, "/heavy.php", visitors, /^200 held 24, read 12800$/, () => over);
    await doing().finally(() => {
      over = true;
    });
    const { right, failures } = await visited;
    assert.deepEqual(failures.slice(0, 3), []);
    assert.ok(right > visitors, `${right} answers`);
  }

  function assertNothingKilled(): void {
    const restarts =
      "systemctl show --property NRestarts --value nginx mysql 'site-app@*' | grep -v '^$' | sort -u";
    assert.equal(server.on(restarts).trim(), "0");
    const killed = "journalctl --no-pager --quiet --grep 'signal 9|oom-kill|out of memory' || true";
    assert.equal(server.on(killed).trim(), "");
    assert.equal(server.on("grep -c 'signal 9' /var/log/nginx/error.log || true").trim(), "0");
  }

  describe("with a full database pool and pages that hold memory", () => {
    before("the table is filled", () => {
      server.on(
        "mysql site",
        `CREATE TABLE filler (id INT PRIMARY KEY, text MEDIUMTEXT);
         SET SESSION cte_max_recursion_depth = 20000;
         INSERT INTO filler WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12000)
           SELECT n, REPEAT(SHA2(n, 256), 200) FROM numbers;`,
      );
    });

    it("serves 512 visitors at once: nothing fails, nothing is killed", async () => {
      await underVisits(512, () => pause(8000));
      assertNothingKilled();
    });

    it("takes a release, with both colours at work: nothing fails, nothing is killed", async () => {
      await underVisits(32, async () => {
        const { code, output } = await server.deploy(release("second"));
        assert.equal(code, 0, output);
      });
      assertNothingKilled();
    });
  });
});
