import assert from "node:assert/strict";
import { projectFolder } from "../../scripts/cli/project/folders";
import { Clone } from "../support/clone";
import { startLoad } from "../support/load/generator";
import { summarize } from "../support/load/summary";
import { kept, losses, version010, version010Missing } from "../support/oldVersion";
import { LocalSite } from "../support/site";

const skipped = version010Missing === undefined ? "" : ` (skipped: ${version010Missing})`;

describe(`a stack of version 0.1.0 on a real machine${skipped}`, function () {
  this.timeout(600_000);
  let site: LocalSite;
  const machineId = () => site.onMachine("cat", "/etc/machine-id");

  before(async function () {
    if (version010Missing !== undefined) return this.skip();
    site = new LocalSite("t-old", "local", new Clone(projectFolder, version010));
    site.configure();
    await site.start();
    assert.equal((await site.sign("A visitor", "written before")).status, 303);
    site.clone.update();
  });
  after(async () => {
    await site?.remove();
  });

  it("is previewed by this version with nothing replaced and nothing deleted", async () => {
    const { stdout } = await site.clone.pulumi("preview", "--json", "--show-sames", "-s", "local");
    assert.deepEqual(losses(stdout), []);
    const machine = kept(stdout).filter((urn) => urn.includes("$one-server-web:local:Server"));
    assert.equal(machine.length, 2, "the server and the command that made it");
  });

  it("is brought up to this version on the same machine, with what visitors wrote and no failed request", async () => {
    const before = machineId();
    const { publicIp, caCertificate } = site.outputs;
    const target = { host: "www.foobar.com", address: publicIp, authority: caCertificate };
    const visits = startLoad(target, { rate: 20, seconds: 600, fresh: 20 }, ({ number }) => ({
      method: "GET",
      path: ["/", "/healthz", "/assets/style.css", "/guestbook"][number % 4] ?? "/",
      check: ({ status }) => (status === 200 ? undefined : `status ${status}`),
    }));
    await site.start().finally(() => visits.stop());
    const summary = summarize(await visits.outcomes);
    assert.equal(summary.failed, 0, JSON.stringify(summary));
    assert.equal(
      Object.keys(summary.releases).length,
      2,
      "the release of before, and the one with its settings",
    );
    assert.equal(machineId(), before);
    assert.match((await site.get("/guestbook")).body, /written before/);
    assert.equal(site.outputs.upgradePath?.schemaVersion, 2);
  });

  it("has nothing to change after that", async () => {
    assert.match((await site.start()).output, /nothing had to change/);
  });

  it("goes back to the release that version 0.1.0 deployed, which has the settings it had then", async () => {
    const live = site.outputs.release;
    const ran = await site.clone.run("rollback");
    assert.equal(ran.code, 0, ran.output);
    const { headers, status } = await site.get("/healthz");
    assert.equal(status, 200);
    assert.notEqual(headers["x-release"], live);
    assert.match((await site.get("/guestbook")).body, /written before/);
  });
});
