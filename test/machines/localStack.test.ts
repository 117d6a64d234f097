import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { story } from "../../scripts/cli/test/story";
import { EngineProject } from "../support/engineProject";
import { script, tracesOf } from "../support/localScripts";
import { testNetwork } from "../support/networks";

const { network, subnet } = testNetwork("locs");
const { network: moved, subnet: elsewhere } = testNetwork("locmoved");

/** A server with a name and a certificate, and one command on it; the settings are the stack's own. */
const program = `
  import { LocalPlatform } from ${JSON.stringify(join(projectFolder, "components/platforms/local/platform"))};
  const memory = config.getNumber("memory");
  const platform = new LocalPlatform({
    suite: (config.get("suite") ?? "sid") as "sid" | "trixie",
    network: config.require("network"),
    subnet: config.require("subnet"),
    ...(memory === undefined ? {} : { memory }),
  });
  const server = platform.server("web-1", { tiers: ["web"], size: undefined, keepsData: true, admits: [] }, {});
  platform.names(["www.foobar.com"], server.endpoint, {});
  const certificate = platform.certificate(["www.foobar.com"], server.endpoint, {});
  const hello = new remote.Command("hello", { connection: server.connection, create: "hostname", triggers: [server.instanceId] });
  module.exports = { hello: hello.stdout, instanceId: server.instanceId, publicIp: server.publicIp, size: server.size,
    authority: certificate.source === "local" ? certificate.authority : undefined };
`;

story("a stack on the platform local", function () {
  this.timeout(300_000);
  let project: EngineProject;

  before(async () => {
    for (const name of [network, moved]) script("network.sh", "destroy", name, "--machines");
    project = await EngineProject.create();
    symlinkSync(join(projectFolder, "scripts"), project.path("scripts"));
    project.write(program);
    await project.set("network", network);
    await project.set("subnet", subnet);
  });

  after(async () => {
    for (const name of [network, moved]) script("network.sh", "destroy", name, "--machines");
    project.remove();
  });

  it("is brought up, with no key in plain in its state or in what is printed", async () => {
    const printed = await project.up();
    const { hello, publicIp } = await project.outputs();
    assert.deepEqual({ hello, publicIp }, { hello: "web-1", publicIp: "10.94.40.10" });
    const state = await project.stateText();
    for (const text of [printed, state]) assert.doesNotMatch(text, /PRIVATE KEY/);
    assert.match(state, /BEGIN CERTIFICATE/, "what is no secret is readable");
  });

  it("has nothing to change the second time", async () => {
    assert.match(await project.preview("--expect-no-changes"), /unchanged/);
    assert.match(await project.up(0, "--expect-no-changes"), /unchanged/);
  });

  it("changes a machine's size in place, and makes nothing anew for it", async () => {
    const before = await project.outputs();
    await project.set("memory", "640");
    await project.up();
    assert.deepEqual(await project.outputs(), { ...before, size: "640 MiB" });
    assert.match(
      script("machine.sh", "exec", network, "web-1", "grep", "MemTotal", "/proc/meminfo"),
      / 655360 kB/,
    );
  });

  it("keeps its network from another stack, and says how to choose another", async () => {
    const other = await EngineProject.create();
    try {
      symlinkSync(join(projectFolder, "scripts"), other.path("scripts"));
      other.write(program);
      await other.set("network", network);
      await other.set("subnet", testNetwork("locother").subnet);
      const output = await other.up("failure");
      assert.match(
        output,
        /error: network: "locs" belongs to another stack on this host; .*`pulumi config set network locs-2`/,
      );
      await other.set("network", moved);
      await other.set("subnet", "10.94.40.0/25");
      assert.match(
        await other.up("failure"),
        /error: subnet: 10\.94\.40\.0\/25 overlaps with .*`pulumi config set subnet 10\.\d+\.0\.0\/24`/,
      );
      await other.destroy();
      assert.equal(script("machine.sh", "status", network, "web-1"), "running\n");
    } finally {
      other.remove();
    }
  });

  it("never loses a machine's data to a changed setting: it refuses, and says how", async () => {
    const before = await project.outputs();
    for (const [key, other, now, refusal] of [
      [
        "network",
        moved,
        network,
        /error: network: this stack's machines are in "locs", .*set network back, or/,
      ],
      [
        "subnet",
        elsewhere,
        subnet,
        /error: subnet: "locs" has machines in 10\.94\.40\.0\/24, .*set subnet back/,
      ],
      ["suite", "trixie", "sid", /error: suite: the machine "web-1" runs sid, .*set suite back/],
    ] as const) {
      await project.set(key, other);
      assert.match(await project.up("failure"), refusal);
      await project.set(key, now);
    }
    await project.up();
    assert.deepEqual(await project.outputs(), before);
    assert.equal(script("machine.sh", "status", network, "web-1"), "running\n");
  });

  it("leaves nothing when it is destroyed", async () => {
    await project.destroy();
    assert.deepEqual([...tracesOf(network), ...tracesOf(moved)], []);
  });
});
