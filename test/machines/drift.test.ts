import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { story } from "../../scripts/cli/test/story";
import { LocalSite } from "../support/site";

story("a server that is not as the stack's state says", function () {
  this.timeout(600_000);
  const site = new LocalSite("t-drift");
  const provisioned = "/var/lib/one-server-web/provisioned";
  const shell = (command: string) => site.onMachine("bash", "-c", command).trim();
  const served = async () => (await site.get("/healthz")).headers["x-release"];
  /** Two runs: the first says what it mends, and the second has nothing to do. */
  const mended = async (says: RegExp) => {
    const { output } = await site.start();
    assert.match(output, says);
    assert.doesNotMatch(output, /nothing had to change/);
    const again = await site.start();
    assert.match(again.output, /nothing had to change/);
    assert.doesNotMatch(again.output, /has drifted/);
  };

  const run = async (program: string) => {
    const { code, output } = await site.clone.run(program);
    assert.equal(code, 0, output);
    return output;
  };

  before(async () => {
    site.configure();
    await site.start();
    appendFileSync(join(site.clone.folder, "site/php/public/assets/style.css"), "/* changed */\n");
    await site.start();
  });
  after(() => site.remove());

  it("is in order after an update, and the next one changes nothing", async () => {
    const { output } = await site.start();
    assert.match(output, /nothing had to change/);
    assert.doesNotMatch(output, /has drifted/);
    assert.match(shell(`cat ${provisioned}`), /^OWNER=one-server-web\/local [0-9a-f]{8}$/m);
  });

  it("gets its release back when that was rolled back by hand", async () => {
    const live = await served();
    shell("/opt/one-server-web/release.sh rollback");
    const other = await served();
    assert.notEqual(other, live);
    await mended(new RegExp(`web-1 has drifted: ${other} is live, and this stack deployed ${live}`));
    assert.equal(await served(), live);
  });

  it("goes forward again by npm run deploy after npm run rollback, in an unchanged folder", async () => {
    const live = await served();
    await run("rollback");
    assert.notEqual(await served(), live);
    assert.match(await run("deploy"), /web-1 has drifted: [0-9a-f]+ is live, and this stack deployed/);
    assert.equal(await served(), live);
  });

  it("stays with the release that npm run rollback chose, which is no drift", async () => {
    const live = await served();
    await run("rollback");
    const chosen = await served();
    assert.doesNotMatch(await run("start"), /has drifted/);
    assert.equal(await served(), chosen);
    await run("deploy");
    assert.equal(await served(), live);
  });

  it("gets its uploads back", async () => {
    shell("rm /root/.one-server-web-release-*.tar.gz /root/one-server-web-provision*.tar.gz");
    await mended(/web-1 has drifted: the uploaded scripts are not in the login's home folder/);
  });

  it("is provisioned again when nothing on it says that it was", async () => {
    shell(`rm ${provisioned}`);
    await mended(/web-1 has drifted: its last provisioning did not succeed, or its record is gone/);
    assert.match(shell(`cat ${provisioned}`), /^SETTINGS=[0-9a-f]{64}$/m);
  });

  it("is provisioned again when another stack has provisioned it", async () => {
    shell(`sed -i 's|^OWNER=.*|OWNER=one-server-web/other 0a0a0a0a|' ${provisioned}`);
    await mended(/web-1 has drifted: another stack provisioned it last, one-server-web\/other/);
    assert.match(shell(`cat ${provisioned}`), /^OWNER=one-server-web\/local [0-9a-f]{8}$/m);
  });

  it("is as it was after a setting that it refused, and needs nothing once that is taken back", async () => {
    const before = shell(`cat ${provisioned}`);
    await site.set("phpVersion", "5.6");
    const refused = await site.clone.run("start");
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /PHP_VERSION \(phpVersion\) is 5\.6, which this system does not have/);
    await site.clone.pulumi("config", "rm", "phpVersion", "-s", "local");
    assert.equal(shell(`cat ${provisioned}`), before);
    assert.match((await site.start()).output, /nothing had to change/);
  });

  it("is taken as it is believed to be when it can't be asked", async () => {
    shell("systemctl stop ssh.socket ssh.service 2>/dev/null; true");
    try {
      const { output } = await site.start();
      assert.match(output, /nothing had to change/);
    } finally {
      shell("systemctl start ssh");
    }
  });
});
