import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { localMachines } from "../../scripts/cli/project/stoppedMachines";
import { story } from "../../scripts/cli/test/story";
import { eventually } from "../support/eventually";
import { script } from "../support/localScripts";
import { LocalSite } from "../support/site";

const network = "t-single";

/** When each of the machine's services was started, by its own clock. */
function starts(site: LocalSite): Record<string, string> {
  const units = ["nginx", "mysql", "site-app@blue", "site-app@green"];
  return Object.fromEntries(
    units.map((unit) => [
      unit,
      site.onMachine("systemctl", "show", "-p", "ActiveEnterTimestampMonotonic,MainPID", unit).trim(),
    ]),
  );
}

story("one server", function () {
  this.timeout(600_000);
  const site = new LocalSite(network);

  before(async () => {
    site.configure();
  });
  after(async () => site.remove());

  it("is brought up by npm start, killed half-way, and brought up again", async () => {
    let killed = false;
    const first = await site.clone.run("start", [], {
      onOutput: (output, pid) => {
        if (killed || !/web-1-provision/.test(output)) return;
        killed = true;
        process.kill(-pid, "SIGKILL"); // with the CLI and its plugins, which are in the same group
      },
    });
    assert.equal(first.signal, "SIGKILL", first.output);
    const second = await site.start();
    assert.match(second.output, /https:\/\/www\.foobar\.com\/ is up/);
    assert.match(second.output, /Pulumi 3\.259\.0/);
    assert.match(
      second.output,
      /single-point-of-failure \(advisory\): What breaks: The site is down when web-1 fails/,
    );
    assert.match(second.output, /next rung split-database/);
  });

  it("shows nothing in colours and overwrites no line in a pipe", async () => {
    const { output } = await site.start();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    assert.doesNotMatch(output, /[\u001b\r]/);
  });

  it("has its name in a real DNS server", async () => {
    const resolver = new Resolver();
    resolver.setServers([site.outputs.dnsServer]);
    assert.deepEqual(await resolver.resolve4("www.foobar.com"), [site.outputs.publicIp]);
    assert.deepEqual(await resolver.resolve4("foobar.com"), [site.outputs.publicIp]);
  });

  it("redirects HTTP to HTTPS, and the bare domain to www", async () => {
    assert.deepEqual(await site.plain("/guestbook?page=2"), {
      status: 301,
      location: "https://www.foobar.com/guestbook?page=2",
    });
    const bare = await site.get("/", {}, "foobar.com");
    assert.equal(bare.status, 301);
    assert.equal(bare.headers.location, "https://www.foobar.com/");
  });

  it("serves a page by PHP with a certificate that its authority signed", async () => {
    const page = await site.get("/");
    assert.equal(page.status, 200);
    assert.match(page.body, /<title>/);
    assert.equal(page.headers["x-release"], site.outputs.release);
    await assert.rejects(site.get("/", {}, "other.example.com"), /ENOTFOUND|ENODATA|certificate|queryA/);
  });

  it("serves files by nginx, to be kept by browsers and compressed", async () => {
    const sheet = /<link rel="stylesheet" href="([^"]+)"/.exec((await site.get("/")).body)?.[1] ?? "";
    const style = await site.get(sheet, { headers: { "accept-encoding": "gzip" } });
    assert.equal(style.status, 200);
    assert.match(String(style.headers["cache-control"]), /max-age=\d+/);
    assert.equal(style.headers["content-encoding"], "gzip");
    assert.equal((await site.get("/assets/no-such-file.css")).status, 404);
  });

  it("keeps what a visitor writes in MySQL", async () => {
    const message = `Hello <b>& good day</b> ${Date.now()}`;
    const signed = await site.sign("A visitor", message);
    assert.equal(signed.status, 303, signed.body);
    const page = await site.get("/guestbook");
    assert.ok(
      page.body.includes(message.replace("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")),
    );
    const rows = site.onMachine(
      "mysql",
      "-N",
      "-e",
      `SELECT COUNT(*) FROM site.entries WHERE message = '${message}'`,
    );
    assert.equal(rows.trim(), "1");
    const health = JSON.parse((await site.get("/healthz")).body) as { status: string; release: string };
    assert.deepEqual([health.status, health.release], ["ok", site.outputs.release]);
  });

  it("says so on its health page when the database is away", async () => {
    site.onMachine("systemctl", "stop", "mysql");
    try {
      assert.equal((await site.get("/healthz")).status, 503);
    } finally {
      site.onMachine("systemctl", "start", "mysql");
    }
    await eventually(
      "the site to be healthy again",
      30,
      async () => (await site.get("/healthz")).status === 200,
    );
  });

  it("has the outputs that every stack has", () => {
    const { outputs } = site;
    assert.equal(outputs.url, "https://www.foobar.com/");
    assert.equal(outputs.rung, "single");
    assert.match(outputs.caCertificate, /BEGIN CERTIFICATE/);
    assert.deepEqual(
      outputs.servers.map(({ name, tier }) => [name, tier]),
      [["web-1", "web, app, database"]],
    );
    assert.match(outputs.servers[0]?.login ?? "", /machine\.sh login t-single web-1/);
    assert.equal(outputs.upgradePath?.rung, "single");
    assert.equal(outputs.upgradePath?.next?.rung, "split-database");
  });

  it("is not touched by a second run", async () => {
    const before = starts(site);
    const again = await site.start();
    assert.match(again.output, /nothing had to change/);
    assert.deepEqual(starts(site), before);
  });

  it("reloads only nginx when only nginx's settings change", async () => {
    const before = starts(site);
    await site.set("aliases", '["foobar.com", "old.foobar.com"]');
    await site.start();
    assert.deepEqual(starts(site), before, "no service may restart");
    assert.equal((await site.get("/", {}, "old.foobar.com")).status, 301);
  });

  it("comes back by itself when the machine is rebooted", async () => {
    const message = `before the reboot ${Date.now()}`;
    assert.equal((await site.sign("A visitor", message)).status, 303);
    const before = starts(site);
    site.machine("reboot", "web-1");
    await eventually("the site to answer after the reboot", 60, async () => {
      const health = await site.get("/healthz");
      return health.status === 200 && JSON.stringify(starts(site)) !== JSON.stringify(before);
    });
    assert.ok((await site.get("/guestbook")).body.includes(message));
  });

  it("is started by the next npm start when its machine was killed", async () => {
    const { network, name } = localMachines(site.outputs.servers)[0] ?? assert.fail("there is no machine");
    script("machine.sh", "kill", network, name);
    const { output } = await site.start();
    assert.match(output, /web-1 was stopped: starting it/);
    assert.match(output, /is up \(nothing had to change/);
  });

  it("keeps no secret in plain text in its state, its settings or its messages", async () => {
    const { stdout: password } = await site.clone.pulumi("config", "get", "databasePassword", "-s", "local");
    const state = readFileSync(
      join(site.clone.folder, ".local/backend/.pulumi/stacks/one-server-web/local.json"),
      "utf8",
    );
    const { output } = await site.start();
    const settings = readFileSync(join(site.clone.folder, "Pulumi.local.yaml"), "utf8");
    assert.ok(password.trim().length >= 12);
    for (const [where, text] of Object.entries({ state, settings, output })) {
      assert.ok(!text.includes(password.trim()), `the database's password stands in the ${where}`);
      assert.doesNotMatch(text, /PRIVATE KEY-----/, `a private key stands in the ${where}`);
    }
  });

  it("leaves nothing behind when it is taken down", async () => {
    const ran = await site.clone.run("stop");
    assert.equal(ran.code, 0, ran.output);
    const shown = (command: string, ...args: string[]) =>
      spawnSync(command, args, { encoding: "utf8" }).stdout;
    assert.doesNotMatch(shown("ip", "-o", "link"), new RegExp(network));
    assert.doesNotMatch(shown("nft", "list", "tables"), /t_single/);
    assert.doesNotMatch(readFileSync("/proc/mounts", "utf8"), new RegExp(network));
    assert.doesNotMatch(
      shown("ps", "axww", "-o", "args"),
      new RegExp(`networks/${network}|one-server-web/${network}`),
    );
    assert.equal(existsSync(`/var/lib/one-server-web/networks/${network}`), false);
    assert.equal(existsSync(`/run/one-server-web/${network}`), false);
    const again = await site.clone.run("stop");
    assert.match(again.output, /nothing was there to take down/);
  });
});
