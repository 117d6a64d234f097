import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../support/eventually";
import { type MarkedRelease, packedRelease } from "../support/load/releases";
import { ReleaseServer } from "../support/load/server";
import { MemoryGroup } from "../support/memoryGroup";
import { testNetwork } from "../support/networks";
import { visit } from "../support/visitors";
import { testSwap } from "./serving/swap";

describe("a server of 1 GiB", function () {
  this.timeout(300_000);
  const server = new ReleaseServer({
    ...testNetwork("serving"),
    suite: "sid",
    runtime: "php",
    memory: 1024,
    settings: { ROLES: "base hardening tls nginx php-fpm mysql site" },
  });

  function release(mark: string): MarkedRelease {
    const fill = (folder: string) => {
      cpSync(join(__dirname, "../../site/php"), folder, { recursive: true });
      cpSync(join(__dirname, "serving"), join(folder, "public"), { recursive: true });
      writeFileSync(join(folder, "mark"), mark);
    };
    const settings = { MIGRATE: "php bin/migrate.php", SHARED_PATHS: "public/uploads" };
    return packedRelease(mark, server.bundles, fill, settings);
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

  it("speaks HTTP/3 when it is asked to, and has no UDP port open before and after", async () => {
    const udp = () =>
      server.on(
        "nft list chain inet one_server_web input | grep -c 'udp dport 443' || true; ss -Hlnu 'sport = 443' | wc -l",
      );
    const offer = () => /alt-svc: h3=":443"/i.test(curl("-D- -o /dev/null", "/"));
    assert.deepEqual([udp().trim(), offer()], ["0\n0", false]);
    server.provision({ HTTP3: "yes" });
    assert.ok(offer());
    assert.equal(curl("--http3-only -o /dev/null -w '%{http_version} %{http_code}'", "/"), "3 200");
    assert.match(curl("--http3-only", "/healthz"), /"status":"ok"/);
    server.provision({ HTTP3: "no" });
    assert.equal(offer(), false);
    // nginx's previous processes keep their UDP sockets until their last connection has ended.
    await eventually("the processes with the previous configuration to end", 90, () =>
      udp().trim() === "0\n0" ? true : undefined,
    );
  });

  describe("with a page cache", () => {
    /** The page's first words, the rest of it proves that it was unpacked whole, and what the headers say of the cache. */
    const stamp = (options = "") => {
      const answer = curl(`-D- ${options}`, "/stamp.php");
      assert.match(answer, /everybody else$/);
      return {
        text: /[0-9a-f]{16} for \w+/.exec(answer)?.[0],
        cache: /^x-cache: (\w+)/im.exec(answer)?.[1],
        packed: /^content-encoding: (\w+)/im.exec(answer)?.[1],
      };
    };

    before("is made", async () => {
      const workers = () => server.on("pgrep -f 'nginx: [w]orker process'").trim().split("\n");
      const old = workers();
      server.provision({ PAGE_CACHE: "1h" });
      await eventually("the workers with the settings of before to end", 30, () =>
        workers().some((worker) => old.includes(worker)) ? undefined : true,
      );
    });
    after(() => server.provision());

    it("keeps one page for all who bring no cookie, and none of those who do", () => {
      const first = stamp();
      assert.deepEqual([first.cache, stamp()], ["MISS", { ...first, cache: "HIT" }]);
      const ann = stamp("-H 'Cookie: name=Ann'");
      assert.match(ann.text ?? "", /for Ann/);
      assert.equal(ann.cache, "BYPASS");
      assert.notEqual(stamp("-H 'Cookie: name=Ann'").text, ann.text);
      assert.deepEqual(stamp(), { ...first, cache: "HIT" });
    });

    it("keeps no answer of the health path, which would hide a database that is down", () => {
      for (const path of ["/healthz", "/healthz", "/healthz?again"])
        assert.match(curl("-D-", path), /^x-cache: BYPASS/im);
    });

    it("keeps it packed as well, for browsers that take it so", () => {
      stamp();
      const plain = stamp();
      const browser = "--compressed -H 'Accept-Encoding: gzip, deflate, br, zstd'";
      const first = stamp(browser);
      assert.deepEqual([first.cache, first.packed], ["MISS", "gzip"]);
      assert.deepEqual(stamp(browser), { ...first, cache: "HIT" });
      assert.equal(stamp("-H 'Accept-Encoding: gzip;q=0'").packed, undefined);
      assert.deepEqual([stamp(), plain.packed], [plain, undefined]);
      // Whoever brings a cookie gets a page of their own, packed by nginx.
      assert.equal(stamp(`${browser} -H 'Cookie: name=Ann'`).cache, "BYPASS");
    });

    it("shows no page of the release before", async () => {
      const before = stamp();
      const { code, output } = await server.deploy(release("with a page cache"));
      assert.equal(code, 0, output);
      const after = stamp();
      assert.deepEqual([after.cache, after.text === before.text], ["MISS", false]);
      assert.deepEqual(stamp(), { ...after, cache: "HIT" });
    });
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

  const group = () => MemoryGroup.of("serving", "web-1");

  function assertNothingKilled(): void {
    // Only the host's kernel knows, where it counts: a machine's journal does not have it.
    assert.equal(group()?.killed ?? 0, 0);
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

    describe("and swap", () => testSwap(server, group, { underVisits, assertNothingKilled }));
  });
});
