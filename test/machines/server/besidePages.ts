import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { parseFacts } from "../../../scripts/cli/status/facts";
import { eventually } from "../../support/eventually";
import { packedRelease } from "../../support/load/releases";
import type { ReleaseServer } from "../../support/load/server";
import type { ServerVariables } from "../../support/settings";

/** Settings of a server whose site does all that it may beside its pages. */
export const besidePages = { CACHE: "valkey", EXPORTERS: "yes" };

/** Settings of its releases. */
const tasks = {
  // Says all the time in which release it works.
  WORKERS: "clock\tphp bin/clock.php",
  // Every second, which is as often as jobs can run.
  CRON: "note\t*:*:*\tenv > uploads/note.new && mv uploads/note.new uploads/note",
};

/** Puts the sample site live, with a worker and with a page that counts in a session. @returns the release's name */
async function deploy(server: ReleaseServer, mark: string, settings: ServerVariables): Promise<string> {
  const fill = (folder: string) => {
    cpSync(join(__dirname, "../../../site/php"), folder, { recursive: true });
    writeFileSync(
      join(folder, "bin/clock.php"),
      `<?php /* ${mark} */ while (true) { file_put_contents('uploads/clock', getcwd()); usleep(100000); }\n`,
    );
    const index = join(folder, "public/index.php");
    const strict = "declare(strict_types=1);";
    const count =
      "if ($_SERVER['REQUEST_URI'] === '/count') { session_start(); echo $_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1; exit; }";
    writeFileSync(index, readFileSync(index, "utf8").replace(strict, `${strict} ${count}`));
  };
  const site = { MIGRATE: "php bin/migrate.php", SHARED_PATHS: "uploads" };
  const release = packedRelease(mark, server.bundles, fill, { ...site, ...settings });
  const ran = await server.deploy(release);
  assert.equal(ran.code, 0, ran.output);
  return release.release;
}

/** The tests of workers, jobs, sessions and exporters, on a server that has no release yet. */
export function testBesidePages(server: ReleaseServer): void {
  const shared = (name: string) => `/srv/www/shared/uploads/${name}`;
  const until = untilOn(server);
  const property = propertyOf(server);

  const get = (path: string, cookie = ""): Promise<{ body: string; cookie: string }> =>
    new Promise((resolve, reject) => {
      const { host, address, authority } = server.target;
      const asked = request(
        { host: address, servername: host, path, ca: authority, headers: { host, cookie }, agent: false },
        (answer) => {
          let body = "";
          answer.setEncoding("utf8").on("data", (text: string) => {
            body += text;
          });
          answer.on("end", () =>
            resolve({ body, cookie: answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? cookie }),
          );
        },
      );
      asked.on("error", reject).end();
    });

  it("has workers that begin with the first release and move to the next one with the switch", async () => {
    assert.equal(property("site-worker@clock", "ActiveState"), "inactive");
    const first = await deploy(server, "one", tasks);
    until(`grep -qs releases/${first}$ ${shared("clock")}`);
    assert.equal(property("site-worker@clock", "User"), "site");
    const second = await deploy(server, "two", tasks);
    until(`grep -qs releases/${second}$ ${shared("clock")}`);
    server.on(`kill -KILL ${property("site-worker@clock", "MainPID")}; rm ${shared("clock")}`);
    until(`grep -qs releases/${second}$ ${shared("clock")}`);
  });

  it("has jobs that run at their times as the site's user with the site's environment", () => {
    until(`test -e ${shared("note")}`);
    assert.equal(server.on(`stat -c %U ${shared("note")}`).trim(), "site");
    const environment = server.on(`cat ${shared("note")}`);
    assert.match(environment, /^DATABASE_SOCKET=\/run\/mysqld\/mysqld\.sock$/m);
    assert.match(environment, /^CACHE_SOCKET=\/run\/valkey\/valkey\.sock$/m);
  });

  it("keeps people logged in over a deployment and a restart of Valkey", async () => {
    const first = await get("/count");
    assert.equal(first.body, "1");
    await deploy(server, "three", tasks);
    assert.equal((await get("/count", first.cookie)).body, "2");
    server.on("systemctl restart valkey-server");
    assert.equal((await get("/count", first.cookie)).body, "3");
    assert.match(server.on("valkey-cli -s /run/valkey/valkey.sock --raw KEYS '*'"), /^session:/m);
    assert.throws(
      () => server.on("setpriv --reuid=nobody --clear-groups valkey-cli -s /run/valkey/valkey.sock -e PING"),
      /Permission denied/,
    );
  });

  it("is measured by exporters on the loopback address", async () => {
    const metrics = (port: number) =>
      server.on(`php -r 'echo file_get_contents("http://127.0.0.1:${port}/metrics");'`);
    assert.match(metrics(9100), /^node_memory_MemAvailable_bytes \d/m);
    assert.match(metrics(9113), /^nginx_up 1$/m);
    assert.match(metrics(9253), /^php_fpm_up\{.*\} 1$/m);
    assert.match(metrics(9104), /^mysql_up 1$/m);
    const outside = server.on(
      "ss -Hltn | awk '{print $4}' | grep -c '^[^1\\[].*:\\(9[0-9]*\\|8113\\)$' || true",
    );
    assert.equal(outside.trim(), "0");
  });

  it("warns when a disk is nearly full", () => {
    server.on("/opt/one-server-web/status.sh check");
    assert.throws(
      () => server.on("MOST_USED=0 /opt/one-server-web/status.sh check"),
      /error: the disk \/ is \d+% full/,
    );
  });

  it("warns when the site does not answer as a healthy one", () => {
    // The other one may still be at work on its last requests.
    const colour = `site-app@${parseFacts(server.on("/opt/one-server-web/status.sh")).colour}`;
    server.on(`systemctl stop ${colour}`);
    assert.throws(
      () => server.on("/opt/one-server-web/status.sh check"),
      /error: the site answers 50\d at \/healthz/,
    );
    server.on(`systemctl start ${colour} && /opt/one-server-web/status.sh check`);
  });

  it("starts what was killed again, and raises an alarm when that does not help", () => {
    const alarm = "/var/lib/one-server-web/alerts/valkey-server";
    for (const unit of ["nginx", "valkey-server"]) {
      const before = property(unit, "MainPID");
      server.on(`kill -KILL ${before}`);
      until(`[ $(systemctl show -P MainPID ${unit}) -ne ${before} ] && systemctl is-active --quiet ${unit}`);
    }
    server.on(
      `mv /usr/bin/valkey-server /usr/bin/valkey-away; kill -KILL ${property("valkey-server", "MainPID")}`,
    );
    until(`[ -s ${alarm} ]`);
    assert.equal(property("valkey-server", "ActiveState"), "failed");
    server.on(
      "mv /usr/bin/valkey-away /usr/bin/valkey-server; systemctl reset-failed valkey-server; systemctl start valkey-server",
    );
    server.on(`/opt/one-server-web/status.sh check; test ! -e ${alarm}`);
  });
}

const propertyOf = (server: ReleaseServer) => (unit: string, name: string) =>
  server.on(`systemctl show --property ${name} --value ${unit}`).trim();

/** Waits on the server until a shell condition holds, 20 s at most. */
const untilOn = (server: ReleaseServer) => (condition: string) =>
  server.on(`timeout 20 bash -c 'until ${condition}; do sleep 0.1; done'`);

/** The last tests: what was set is set otherwise, then unset. */
export function testEndings(server: ReleaseServer): void {
  const property = propertyOf(server);

  it("raises an alarm when a job fails, and tells whom the settings name, once", async () => {
    const told: { token: string | undefined; text: string }[] = [];
    const chat = createServer((message, answer) => {
      let text = "";
      message.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      message.on("end", () => {
        told.push({ token: message.headers["x-token"]?.toString(), text });
        answer.end();
      });
    });
    const host = server.target.address.replace(/\.\d+$/, ".1");
    await new Promise<void>((resolve) => chat.listen(8125, host, resolve));
    try {
      server.provision({
        // The secret is read from the environment: a command line is everybody's to see.
        ALERT_COMMAND: `curl --fail --silent --variable %TOKEN --expand-header 'X-Token: {{TOKEN}}' --data-binary @- http://${host}:8125/`,
        ALERT_ENVIRONMENT: 'TOKEN=of "this" test only',
      });
      await deploy(server, "four", { CRON: "note\t*:*:0/2\techo no luck today; false" });
      const { alerts } = await eventually("the alarm", 20, () => {
        const facts = parseFacts(server.on("/opt/one-server-web/status.sh"));
        return facts.alerts.some((text) => text.includes("luck")) ? facts : undefined;
      });
      assert.match(alerts.join("\n"), /www\.foobar\.com: site-cron@note failed: .*no luck today/);
      await eventually("the message", 20, () => told.length > 0 || undefined);
      // It fails each two seconds.
      const runs = "journalctl --quiet --output cat --unit site-cron@note | grep -c 'no luck'";
      await eventually("more failures", 20, () => Number(server.on(`${runs} || true`)) >= 4 || undefined);
      assert.equal(told.length, 1);
      assert.match(told[0]?.text ?? "", /site-cron@note failed: .*no luck today/);
      assert.equal(told[0]?.token, 'of "this" test only');
    } finally {
      chat.close();
    }
  });

  it("does beside pages only what its settings name", async () => {
    server.provision({ CACHE: "", EXPORTERS: "no" });
    await deploy(server, "five", {});
    assert.throws(() => server.on("ls /etc/one-server-web/alert-command"));
    assert.equal(property("site-worker@clock", "ActiveState"), "inactive");
    assert.equal(
      server.on("systemctl list-units --plain --no-legend 'site-cron*' 'prometheus*' 'valkey*'"),
      "",
    );
    const units = "find /etc/systemd/system -name 'site-cron-*' -o -name 'site-worker@?*.service'";
    assert.equal(server.on(units), "");
    assert.throws(() => server.on("command -v valkey-server prometheus-node-exporter"));
    const { units: known, alerts } = parseFacts(server.on("/opt/one-server-web/status.sh"));
    assert.deepEqual(
      known.filter(({ state }) => state !== "active"),
      [],
    );
    assert.deepEqual(alerts, []);
  });
}
