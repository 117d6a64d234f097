import assert from "node:assert/strict";
import { cpSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { story } from "../../scripts/cli/test/story";

import { mixture } from "../support/load/exchanges";
import { type Answer, startLoad } from "../support/load/generator";
import type { PlannedRequest } from "../support/load/schedule";
import { type Summary, summarize } from "../support/load/summary";
import type { Ran } from "../support/runToEnd";
import { LocalSite } from "../support/site";

/** A page and a file that say whose they are; healthy only at its own path and with the environment that it needs. */
const page = (mark: string, healthPath: string, environment: string) => `<?php
$path = strtok($_SERVER['REQUEST_URI'], '?');
if ($path === '${healthPath}') {
    if (getenv('MODE') !== '${environment}') http_response_code(503);
    exit('mode ' . getenv('MODE'));
}
if ($path !== '/') {
    http_response_code(404);
    exit('nothing here');
}
if (getenv('MODE') !== '${environment}') http_response_code(500);
echo 'page [mark:${mark}]';
`;

/** Pages and files in turn, none of which may fail. */
function exchange({ number }: PlannedRequest) {
  const path = number % 2 === 0 ? "/" : "/mark.css";
  return { method: "GET" as const, path, check: (answer: Answer) => mixture(answer, 1) };
}

story("a setting that belongs to a release", function () {
  this.timeout(600_000);
  const site = new LocalSite("t-settings");
  const folder = join(site.clone.folder, "site/own");
  const header = async (path: string) => (await site.get(path)).headers["x-release"];

  function write(root: string, mark: string, healthPath: string, environment: string): void {
    mkdirSync(join(folder, root), { recursive: true });
    writeFileSync(join(folder, root, "index.php"), page(mark, healthPath, environment));
    writeFileSync(join(folder, root, "mark.css"), `/* [mark:${mark}] */`);
  }

  async function run(program: string): Promise<Ran> {
    const ran = await site.clone.run(program);
    assert.equal(ran.code, 0, ran.output);
    return ran;
  }

  /** Runs a program while visitors come. @returns what it said, and what became of the visits, none of which failed */
  async function underVisits(program: string): Promise<{ ran: Ran; summary: Summary }> {
    const { publicIp, caCertificate } = site.outputs;
    const target = { host: "www.foobar.com", address: publicIp, authority: caCertificate };
    const visits = startLoad(target, { rate: 25, seconds: 600, fresh: 20 }, exchange);
    const ran = await site.clone.run(program).finally(() => visits.stop());
    const summary = summarize(await visits.outcomes);
    assert.equal(ran.code, 0, ran.output);
    assert.equal(summary.failed, 0, JSON.stringify(summary));
    assert.ok(summary.requests > 25, JSON.stringify(summary));
    return { ran, summary };
  }

  before(async () => {
    write("public", "one", "/healthz", "first");
    site.configure({ site: "site/own", migrate: "true", environment: '{"MODE": "first"}' });
    await site.start();
  });
  after(() => site.remove());

  it("goes live together with the code that knows it: another environment and another health path", async () => {
    write("public", "two", "/up", "second");
    await site.set("healthPath", "/up");
    await site.set("environment", '{"MODE": "second"}');
    await underVisits("deploy");
    assert.equal((await site.get("/")).body, "page [mark:two]");
    assert.equal((await site.get("/up")).body, "mode second");
    assert.equal((await run("status")).output.match(/health +\/up answers 200/)?.length, 1);
  });

  it("goes live together with the code that knows it: another environment and a renamed document root", async () => {
    renameSync(join(folder, "public"), join(folder, "web"));
    write("web", "three", "/up", "third");
    await site.set("documentRoot", "web");
    await site.set("environment", '{"MODE": "third"}');
    await underVisits("deploy");
    assert.equal((await site.get("/")).body, "page [mark:three]");
    assert.match((await site.get("/mark.css")).body, /mark:three/);
  });

  it("is a release of its own where it changes alone: another document root, without an upload", async () => {
    cpSync(join(folder, "web"), join(folder, "other"), { recursive: true });
    await underVisits("deploy");
    const before = await header("/");
    await site.set("documentRoot", "other");
    const { ran } = await underVisits("deploy");
    assert.doesNotMatch(ran.output, /web-1-upload/);
    assert.notEqual(await header("/"), before);
    assert.equal(site.onMachine("ls", "/srv/www/releases").split("\n").includes(String(before)), true);
  });

  it("goes back with its release, and forward with it", async () => {
    const live = await header("/");
    await site.set("environment", '{"MODE": "third", "GREETING": "hello"}');
    await site.set("healthPath", "/up");
    await underVisits("deploy");
    const greeting = () =>
      site.onMachine("/usr/local/bin/site-run", "sh", "-c", "printenv GREETING || echo nothing").trim();
    assert.equal(greeting(), "hello");
    const forward = await header("/");
    await underVisits("rollback");
    assert.equal(await header("/"), live);
    assert.equal(greeting(), "nothing");
    assert.doesNotMatch((await run("start")).output, /has drifted/);
    assert.equal(await header("/"), live);
    await underVisits("deploy");
    assert.equal(await header("/"), forward);
    assert.equal(greeting(), "hello");
  });

  it("that breaks the release does not go live, and the previous one serves on with its own", async () => {
    const live = await header("/");
    await site.set("healthPath", "/nowhere");
    const refused = await site.clone.run("deploy");
    assert.equal(refused.code, 1, refused.output);
    assert.match(refused.output, /is not fit to go live: \/nowhere did not answer 200/);
    assert.equal(await header("/"), live);
    assert.equal((await site.get("/up")).status, 200);
    await site.set("healthPath", "/up");
    await underVisits("deploy");
    assert.equal(await header("/"), live);
  });
});
