import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { uploadPath } from "../../components/servers/releasePlan";
import { eventually } from "../support/eventually";
import { underLoad } from "../support/load/underLoad";
import { TestKey } from "../support/localScripts";
import { whole } from "../support/whole";
import { testDeaths } from "./deployFaults/deaths";
import { testDraining } from "./deployFaults/draining";
import { FaultyServer, load, release } from "./deployFaults/faultyServer";
import { testFullDisks } from "./deployFaults/fullDisks";

describe("a deployment that goes wrong", function () {
  this.timeout(600_000);
  const key = new TestKey();
  const server = new FaultyServer(key.publicKey);
  const next = server.next.bind(server);
  const health = (code: string) => (folder: string) =>
    writeFileSync(
      join(folder, "public/index.php"),
      `<?php if (strtok($_SERVER['REQUEST_URI'], '?') === '/healthz') { ${code} }\n?>${server.on(`cat /srv/www/releases/${server.liveRelease()}/public/index.php`)}`,
    );

  before(async () => {
    server.create();
    server.separateDisks();
    await server.deploySound();
  });
  after(() => {
    server.remove();
    key.remove();
  });
  afterEach(() => server.on("rm -f /etc/one-server-web/release.conf"));

  it("with broken PHP shows the answer, marks the release, and leaves the one before serving", async () => {
    server.tune("GATE_SECONDS=2");
    const serving = server.liveRelease();
    const broken = next((folder) => writeFileSync(join(folder, "public/index.php"), "<?php this is broken"));
    await server.refuses(
      broken,
      /HTTP\/1\.1 500/,
      /syntax error/,
      new RegExp(`Release ${serving} goes on serving`),
    );
    assert.match(server.on(`${release} list`), new RegExp(`${broken.release} +failed`));
    const back = await server.run(`${release} rollback ${broken.release}`);
    assert.equal(back.code, 1);
    assert.match(back.output, /failed before and is never gone back to/);
    assert.equal(server.liveRelease(), serving);
  });

  it("with a broken front page behind a sound health check is refused as well", async () => {
    const broken = next((folder) => writeFileSync(join(folder, "parts/foot.php"), "<?php nowhere();"));
    await server.refuses(broken, /its front page answers status 500/);
  });

  it("with a failing migration says what ran and how to go back", async () => {
    whole(await underLoad(server, load, async () => {})); // some rows to be dumped
    const broken = next((folder) =>
      writeFileSync(join(folder, "bin/migrate.php"), "<?php echo 'altering the table'; exit(3);"),
    );
    const { output } = await server.refuses(broken, /altering the table/, /php bin\/migrate\.php.* failed/);
    const dump = /Way back: (\S+\.sql\.gz)/.exec(output)?.[1] ?? assert.fail(output);
    assert.equal(server.lastRecord().step, "migrate");
    // The way back that docs/releases.md names, after damage that a migration can do.
    const rows = () => server.on("mysql -N site -e 'SELECT COUNT(*) FROM writes'").trim();
    const before =
      Number(server.on(`zcat ${dump} | grep -o "),(" | wc -l`).trim()) > 0 ? rows() : assert.fail(dump);
    server.on("mysql site -e 'DROP TABLE writes'");
    server.on(`zcat ${dump} | mysql site`);
    assert.ok(Number(rows()) > 0 && Number(rows()) <= Number(before), `${rows()} of ${before} rows are back`);
    await server.deploySound();
  });

  it("with a health check that flaps is refused", async () => {
    server.tune("GATE_SECONDS=3");
    const flapping = next(
      health(
        "$n = (int) @file_get_contents('/tmp/n'); file_put_contents('/tmp/n', $n + 1); if ($n % 3 === 0) { http_response_code(503); exit('not now'); }",
      ),
    );
    await server.refuses(flapping, /did not answer 200 3 times in a row/);
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
    assert.equal(server.liveRelease(), slow.release);
    await server.deploySound();
  });

  testFullDisks(server);

  it("whose upload is damaged is refused", async () => {
    const sound = next();
    const command = server.upload(sound);
    server.on(`truncate -s -10 "$HOME/${uploadPath(sound.archive)}"`);
    const ran = await server.run(command);
    assert.equal(ran.code, 1);
    assert.match(ran.output, /damaged or not whole/);
    assert.equal((await server.deploy(sound)).code, 0);
  });

  it("beside another one waits, and both end", async () => {
    const [first, second] = [next(), next()];
    const commands = [server.upload(first), server.upload(second)];
    server.tune("LOCK_SECONDS=120");
    const report = await underLoad(server, load, async () => {
      const ran = await Promise.all(commands.map((command) => server.run(command)));
      for (const { code, output } of ran) assert.equal(code, 0, output);
    });
    whole(report);
    const ended = server.records().slice(-2);
    assert.deepEqual(ended.map(({ release: name }) => name).sort(), [first.release, second.release].sort());
    assert.equal(server.liveRelease(), ended[1]?.release);
  });

  it("that waits too long for another one is refused clearly", async () => {
    server.tune("LOCK_SECONDS=5");
    const holding = server.run("exec 9>>/run/one-server-web/release.lock; flock 9; sleep 11");
    await eventually("the lock to be held", 10, () =>
      server.on("flock -n /run/one-server-web/release.lock true && echo free || echo held").trim() === "held"
        ? true
        : undefined,
    );
    const ran = await server.deploy(next());
    assert.equal(ran.code, 1);
    assert.match(ran.output, /holds the lock for 5 s/);
    const { result, step, message } = server.lastRecord();
    assert.deepEqual([result, step], ["refused", "lock"]);
    assert.match(message, /holds the lock for 5 s/);
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
        server.lastRecord().release === sound.release ? true : undefined,
      );
    });
    whole(report);
    assert.equal(server.lastRecord().result, "live");
    assert.equal(server.liveRelease(), sound.release);
  });

  testDraining(server);
  testDeaths(server);
});
