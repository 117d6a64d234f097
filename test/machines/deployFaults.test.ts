import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type MarkedRelease, markedRelease } from "../../bench/load/releases";
import { type Ran, ReleaseServer } from "../../bench/load/server";
import { underLoad } from "../../bench/load/underLoad";
import { parseRecords, type ReleaseRecord } from "../../scripts/deployment/list";
import { eventually } from "../support/eventually";
import { TestKey } from "../support/localScripts";
import { whole } from "../support/whole";

/** As much load as shows a gap of a tenth of a second, and leaves the processor to the deployments. */
const load = { rate: 20, seconds: 900, share: { write: 25, file: 25 }, fresh: 20 };

const release = "/opt/one-server-web/release.sh";

describe("a deployment that goes wrong", function () {
  this.timeout(600_000);
  const key = new TestKey();
  const server = new ReleaseServer({
    network: "t-faults",
    subnet: "10.92.2.0/24",
    suite: "sid",
    runtime: "php",
    authorizedKey: key.publicKey,
  });
  let number = 0;

  /** Another release of the site, broken if so wished. */
  function next(change?: (folder: string) => void): MarkedRelease {
    number += 1;
    return markedRelease("php", `mark-${number}`, server.bundles, change);
  }
  async function deploySound(): Promise<void> {
    const sound = next();
    const ran = await server.deploy(sound);
    assert.equal(ran.code, 0, ran.output);
  }
  const health = (code: string) => (folder: string) =>
    writeFileSync(
      join(folder, "public/index.php"),
      `<?php if (strtok($_SERVER['REQUEST_URI'], '?') === '/healthz') { ${code} }\n?>${server.on(`cat ${currentFolder()}/public/index.php`)}`,
    );
  const currentFolder = () => `/srv/www/releases/${liveRelease()}`;
  const records = (): ReleaseRecord[] => parseRecords(server.on(`${release} records 1000`));
  const lastRecord = () => records().at(-1) as ReleaseRecord;
  const liveRelease = () =>
    server.on("sed -n 's/.*default \"\\(.*\\)\";/\\1/p' /etc/nginx/one-server-web/active.conf").trim();
  /** Settings of the release scripts for one test. */
  const tune = (lines: string) => server.on("cat > /etc/one-server-web/release.conf", lines);

  before(async () => {
    server.create();
    // A disk of its own for releases, which can be filled without harm to others.
    server.on(
      "mount -t tmpfs -o size=300m,mode=755 releases /srv/www/releases && chown site:site /srv/www/releases",
    );
    await deploySound();
  });
  after(() => {
    server.remove();
    key.remove();
  });
  afterEach(() => server.on("rm -f /etc/one-server-web/release.conf"));

  async function refused(wrong: MarkedRelease, ...expected: readonly RegExp[]): Promise<Ran> {
    const serving = liveRelease();
    let ran: Ran | undefined;
    const report = await underLoad(server, load, async () => {
      ran = await server.deploy(wrong);
    });
    assert.ok(ran !== undefined && ran.code === 1, ran?.output);
    for (const pattern of expected) assert.match(ran.output, pattern);
    whole(report);
    assert.deepEqual(Object.keys(report.summary.releases), [serving], "only the release before answers");
    assert.equal(lastRecord().result, "failed");
    assert.equal(lastRecord().release, wrong.release);
    return ran;
  }

  it("with broken PHP shows the answer, marks the release, and leaves the one before serving", async () => {
    tune("GATE_SECONDS=2");
    const serving = liveRelease();
    const broken = next((folder) => writeFileSync(join(folder, "public/index.php"), "<?php this is broken"));
    await refused(broken, /HTTP\/1\.1 500/, /syntax error/, new RegExp(`Release ${serving} goes on serving`));
    assert.match(server.on(`${release} list`), new RegExp(`${broken.release} +failed`));
    const back = await server.run(`${release} rollback ${broken.release}`);
    assert.equal(back.code, 1);
    assert.match(back.output, /failed before and is never gone back to/);
    assert.equal(liveRelease(), serving);
  });

  it("with a broken front page behind a sound health check is refused as well", async () => {
    const broken = next((folder) => writeFileSync(join(folder, "parts/foot.php"), "<?php nowhere();"));
    await refused(broken, /its front page answers status 500/);
  });

  it("with a failing migration says what ran and how to go back", async () => {
    const broken = next((folder) =>
      writeFileSync(join(folder, "bin/migrate.php"), "<?php echo 'altering the table'; exit(3);"),
    );
    const { output } = await refused(broken, /altering the table/, /php bin\/migrate\.php.* failed/);
    const dump = /Way back: (\S+\.sql\.gz)/.exec(output)?.[1] ?? assert.fail(output);
    assert.equal(lastRecord().step, "migrate");
    // The way back that docs/releases.md names, after damage that a migration can do.
    const rows = () => server.on("mysql -N site -e 'SELECT COUNT(*) FROM writes'").trim();
    const before =
      Number(server.on(`zcat ${dump} | grep -o "),(" | wc -l`).trim()) > 0 ? rows() : assert.fail(dump);
    server.on("mysql site -e 'DROP TABLE writes'");
    server.on(`zcat ${dump} | mysql site`);
    assert.ok(Number(rows()) > 0 && Number(rows()) <= Number(before), `${rows()} of ${before} rows are back`);
    await deploySound();
  });

  it("with a health check that flaps is refused", async () => {
    tune("GATE_SECONDS=3");
    const flapping = next(
      health(
        "$n = (int) @file_get_contents('/tmp/n'); file_put_contents('/tmp/n', $n + 1); if ($n % 3 === 0) { http_response_code(503); exit('not now'); }",
      ),
    );
    await refused(flapping, /did not answer 200 3 times in a row/);
  });

  it("that starts slowly is waited for", async () => {
    const slow = next(
      health(
        "touch('/tmp/begun', @filemtime('/tmp/begun') ?: time()); if (time() - filemtime('/tmp/begun') < 4) { http_response_code(503); exit('starting'); }",
      ),
    );
    const report = await underLoad(server, load, async () => {
      const ran = await server.deploy(slow);
      assert.equal(ran.code, 0, ran.output);
    });
    whole(report);
    assert.equal(liveRelease(), slow.release);
    await deploySound();
  });

  it("on a full disk says so before anything is touched, and half-way", async () => {
    server.on("fallocate -l 200M /srv/www/releases/.filler");
    try {
      await refused(next(), /MiB free, \d+ are needed/);
      // Without the check up front, the disk runs full while the release is unpacked.
      tune("FREE_MIB=-1000");
      server.on(
        "fallocate -l $(($(df --output=avail -B1 /srv/www/releases | tail -n 1) - 8192)) /srv/www/releases/.more",
      );
      await refused(
        next((folder) => writeFileSync(join(folder, "public/big.txt"), "big ".repeat(50_000))),
        /can't be unpacked/,
      );
    } finally {
      server.on("rm -f /srv/www/releases/.filler /srv/www/releases/.more");
    }
    await deploySound();
  });

  it("whose upload is damaged is refused", async () => {
    const sound = next();
    const command = server.upload(sound);
    server.on(`truncate -s -10 "$HOME/.one-server-web-release-${sound.release}.tar.gz"`);
    const ran = await server.run(command);
    assert.equal(ran.code, 1);
    assert.match(ran.output, /damaged or not whole/);
    assert.equal((await server.deploy(sound)).code, 0);
  });

  it("beside another one waits, and both end", async () => {
    const [first, second] = [next(), next()];
    const commands = [server.upload(first), server.upload(second)];
    tune("LOCK_SECONDS=120");
    const report = await underLoad(server, load, async () => {
      const ran = await Promise.all(commands.map((command) => server.run(command)));
      for (const { code, output } of ran) assert.equal(code, 0, output);
    });
    whole(report);
    const ended = records().slice(-2);
    assert.deepEqual(ended.map(({ release: name }) => name).sort(), [first.release, second.release].sort());
    assert.equal(liveRelease(), ended[1]?.release);
  });

  it("that waits too long for another one is refused clearly", async () => {
    tune("LOCK_SECONDS=5");
    const holding = server.run("exec 9>>/run/one-server-web/release.lock; flock 9; sleep 11");
    await eventually("the lock to be held", 10, () =>
      server.on("flock -n /run/one-server-web/release.lock true && echo free || echo held").trim() === "held"
        ? true
        : undefined,
    );
    const ran = await server.deploy(next());
    assert.equal(ran.code, 1);
    assert.match(ran.output, /holds the lock for 5 s/);
    await holding;
  });

  it("whose connection is lost half-way goes on to its end", async () => {
    const sound = next();
    const command = server.upload(sound);
    const report = await underLoad(server, load, async () => {
      const known = [
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "LogLevel=ERROR",
      ];
      const ssh = spawn("ssh", ["-i", key.file, ...known, `root@${server.target.address}`, command]);
      await new Promise<void>((resolve, reject) => {
        let output = "";
        const take = (text: string) => {
          output += text;
          if (/unpack: /.test(output)) resolve();
        };
        ssh.stdout.setEncoding("utf8").on("data", take);
        ssh.stderr.setEncoding("utf8").on("data", take);
        ssh.on("close", () => reject(new Error(`ssh ended: ${output}`)));
      });
      ssh.removeAllListeners("close");
      ssh.kill("SIGKILL");
      await eventually("the deployment to end by itself", 60, () =>
        lastRecord().release === sound.release ? true : undefined,
      );
    });
    whole(report);
    assert.equal(lastRecord().result, "live");
    assert.equal(liveRelease(), sound.release);
  });

  it("never drains: requests without an end are cut after the time for it, and the next deployment goes on", async () => {
    tune("DRAIN_SECONDS=3");
    const endless = server.run(
      `php -r 'echo @file_get_contents("https://127.0.0.1/slow?seconds=50", false, stream_context_create(["http" => ["header" => "Host: ${server.domain}", "timeout" => 60], "ssl" => ["verify_peer" => false, "verify_peer_name" => false]]));'`,
    );
    await eventually("the endless request to be under way", 10, () =>
      Number(server.on("awk '$8 ~ /site-/ && $6 == \"03\"' /proc/net/unix | wc -l")) > 0 ? true : undefined,
    );
    await deploySound();
    const cutting = next();
    const report = await underLoad(server, load, async () => {
      const ran = await server.deploy(cutting);
      assert.equal(ran.code, 0, ran.output);
      assert.match(ran.output, /after 3 s 1 requests are still with \w+: they are cut now/);
    });
    whole(report);
    await endless;
  });

  // A line of shell before which the deployment is killed, and the step that it had begun by then.
  const deaths: readonly (readonly [before: string, step: string])[] = [
    ['mkdir "$folder"', "unpack"],
    ["chown", "unpack"],
    ["sync", "unpack"],
    ["dump_database", "safeguard"],
    ["run_logged", "migrate"],
    [': > "$STATE/$release.migrated"', "migrate"],
    ["stop_colour", "drain"],
    ["systemctl restart", "start"],
    ["gate ", "gate"],
    ["warm ", "gate"],
    ["front_text", "switch"],
    ["refusal=$(front_test)", "switch"],
    ["front_reload", "switch"],
    ["confirm ", "switch"],
    ['rm -f "$SWITCHING"', "switch"],
    ["touch", "finish"],
    ["disable_colour", "finish"],
    ["prune", "finish"],
  ];
  for (const [before, step] of deaths) {
    it(`killed before "${before}" leaves one whole release, and the next run goes on`, async () => {
      const serving = liveRelease();
      const sound = next();
      const command = server.upload(sound);
      // Bash runs this before each command of the script, functions included.
      server.on(
        "cat > /run/kill-before.sh",
        `set -T\ntrap '[[ $BASH_COMMAND != "$KILL_BEFORE"* || $BASHPID != $$ ]] || kill -KILL $$' DEBUG\n`,
      );
      const killing = `KILL_BEFORE='${before}' BASH_ENV=/run/kill-before.sh`;
      const report = await underLoad(server, load, async () => {
        const killed = await server.run(`${killing} ${command}`);
        assert.notEqual(killed.code, 0, killed.output);
        assert.doesNotMatch(killed.output, /error:/);
        const again = await server.run(command);
        assert.equal(again.code, 0, again.output);
        assert.match(again.output, new RegExp(`was interrupted at its step ${step}`));
      });
      whole(report);
      const served = Object.keys(report.summary.releases);
      assert.ok(
        served.every((name) => name === serving || name === sound.release),
        served.join(),
      );
      assert.equal(liveRelease(), sound.release);
      assert.equal(records().at(-2)?.result, "interrupted");
    });
  }
});
