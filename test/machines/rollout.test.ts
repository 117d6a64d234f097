import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planRollout, uploadPath } from "../../components/servers/releasePlan";
import { projectFolder } from "../../scripts/cli/project/folders";
import { story } from "../../scripts/cli/test/story";
import { keyPair } from "../support/keyPair";
import { type MarkedRelease, markedRelease } from "../support/load/releases";
import { ReleaseServer } from "../support/load/server";
import { underLoad } from "../support/load/underLoad";
import { type Visits, visitMeanwhile } from "../support/load/visits";
import { testNetwork } from "../support/networks";
import { type Ran, runToEnd } from "../support/runToEnd";
import { whole } from "../support/whole";

const load = { rate: 12, seconds: 1500, share: { write: 25, file: 20, slow: 1 }, fresh: 20 };

/** A page names one file by its release, one by its content, and one by a name that only this release has. */
function addFiles(folder: string, mark: string): void {
  const hash = Buffer.from(mark).toString("hex").padEnd(16, "0");
  const names = [`app-${hash}.css`, `only-in-${mark}.css`];
  for (const name of names) writeFileSync(join(folder, "public", name), `/* [mark:${mark}] */`);
  const paths = [`/mark.css?v=' . $_SERVER['SITE_RELEASE'] . '`, ...names.map((name) => `/${name}`)];
  const links = paths.map((path) => `<link href="${path}">`).join("");
  appendFileSync(join(folder, "parts/foot.php"), `if ($path === '/') echo '${links}';\n`);
  // A server with this file does not take the release.
  const index = join(folder, "public/index.php");
  const header = "header('Content-Type: text/plain');";
  const refusal = "if ($path === '/healthz' && is_file('/run/refuse')) http_response_code(503);";
  writeFileSync(index, readFileSync(index, "utf8").replace(header, `${header}\n${refusal}`));
}

story("a rollout over two web servers with one database", function () {
  this.timeout(900_000);
  const key = keyPair();
  const network = {
    ...testNetwork("t-rollout"),
    runtime: "php",
    suite: "sid",
    authorizedKey: key.public,
  } as const;
  const servers = [
    new ReleaseServer(network),
    new ReleaseServer({
      ...network,
      number: 2,
      stack: "lamp",
      settings: { ROLES: "base tls apache php-fpm site" },
    }),
  ] as const;
  const [one, two] = servers;
  const targets = servers.map(({ target }) => target);
  const release = (mark: string) =>
    markedRelease("php", mark, one.bundles, (folder) => addFiles(folder, mark));
  const live = () =>
    servers.map((server) =>
      server.on(`/opt/one-server-web/release.sh list | awk '$2 == "live" { print $1 }'`).trim(),
    );
  let [first, second]: (MarkedRelease | undefined)[] = [];

  /** What pulumi up runs for several servers. @param pinned a release that is on them already, as a rollback asks for */
  async function rollOut(marked: MarkedRelease, pinned?: string): Promise<Ran> {
    for (const server of servers) server.upload(marked);
    const planned = planRollout(
      servers.map(({ name, target }) => ({
        name,
        connection: { host: target.address, user: "root", privateKey: key.private },
        upload: uploadPath(marked.archive),
        reported: undefined,
      })),
      marked.archive,
      marked.contract,
      { pinned, believed: undefined, freshMark: "" },
    );
    return await runToEnd("/bin/bash", ["-c", planned.command], projectFolder, { input: planned.stdin });
  }

  /** Does something under load on both servers and visits over both of them, none of which may fail. */
  async function undisturbed(doing: () => Promise<void>): Promise<Visits> {
    let visits: Visits | undefined;
    const report = await underLoad(one, load, async () => {
      const visited = async () => {
        visits = await visitMeanwhile(targets, doing);
      };
      whole(await underLoad(two, load, visited, one));
    });
    whole(report);
    assert.ok(visits !== undefined);
    assert.deepEqual(visits.faults, []);
    assert.ok(visits.files > 20, JSON.stringify(visits));
    return visits;
  }

  before("two servers are made, of which the second uses the first one's database", async () => {
    one.create();
    two.create();
    const proxy = "/usr/lib/systemd/systemd-socket-proxyd";
    const unit = (server: ReleaseServer, listen: string, to: string) =>
      server.on(`
        printf '[Socket]\\nListenStream=%s\\n' ${listen} >/etc/systemd/system/database-proxy.socket
        printf '[Service]\\nExecStart=${proxy} %s\\n' ${to} >/etc/systemd/system/database-proxy.service
        systemctl daemon-reload && systemctl start database-proxy.socket`);
    unit(one, `${one.target.address}:3306`, "/run/mysqld/mysqld.sock");
    unit(two, "/run/mysqld/mysqld.sock", `${one.target.address}:3306`);
    first = release("one");
    const ran = await rollOut(first);
    assert.equal(ran.code, 0, ran.output);
    assert.deepEqual(live(), [first.release, first.release]);
  });
  afterEach(() => {
    for (const server of servers) server.on("rm -f /run/refuse");
  });
  after(() => one.remove());

  it("puts a release live on one after the other, migrated once, with no failed request and no page of mixed releases", async () => {
    second = release("two");
    const wanted = second;
    let ran: Ran | undefined;
    const { marks } = await undisturbed(async () => {
      ran = await rollOut(wanted);
      assert.equal(ran.code, 0, ran.output);
    });
    assert.deepEqual(live(), [wanted.release, wanted.release]);
    assert.deepEqual(marks, ["one", "two"]);
    const migrated = servers.map((server) =>
      server.on(`ls /var/lib/one-server-web/releases/${wanted.release}.migrated 2>/dev/null | wc -l`).trim(),
    );
    assert.deepEqual(migrated, ["1", "0"]);
    const lines = ran?.output.split("\n") ?? [];
    const at = (server: string, text: RegExp) =>
      lines.findIndex((line) => line.startsWith(server) && text.test(line));
    assert.ok(at("web-1", /is live, /) > at("web-2", /unpack/), ran?.output);
    assert.ok(at("web-2", /is live, /) > at("web-1", /is live, /), ran?.output);
  });

  it("that one of the servers can't take goes back on the other, which nobody notices", async () => {
    const before = live();
    const third = release("three");
    two.on("touch /run/refuse");
    const { marks } = await undisturbed(async () => {
      const ran = await rollOut(third);
      assert.equal(ran.code, 1, ran.output);
      assert.match(ran.output, /error: web-2: .*is not fit to go live/);
      assert.match(ran.output, new RegExp(`error: web-1 serves ${before[0]} again`));
    });
    assert.deepEqual(marks, ["two", "three"]);
    assert.deepEqual(live(), before);
  });

  it("that the first server can't take is not tried on the second", async () => {
    const before = live();
    one.on("touch /run/refuse");
    const { marks } = await undisturbed(async () => {
      const ran = await rollOut(release("four"));
      assert.equal(ran.code, 1, ran.output);
      assert.match(ran.output, /error: web-1: .*is not fit to go live/);
    });
    assert.deepEqual(marks, ["two"]);
    assert.deepEqual(live(), before);
  });

  it("goes back to the previous release by the same path", async () => {
    assert.ok(first !== undefined && second !== undefined);
    const [back, forward] = [first, second];
    const { marks } = await undisturbed(async () => {
      const ran = await rollOut(forward, back.release);
      assert.equal(ran.code, 0, ran.output);
    });
    assert.deepEqual(marks, ["two", "one"]);
    assert.deepEqual(live(), [back.release, back.release]);
  });
});
