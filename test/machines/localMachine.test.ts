import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { story } from "../../scripts/cli/test/story";
import { eventually } from "../support/eventually";
import { type Machine, runScript, script, startScript, TestKey, tracesOf } from "../support/localScripts";
import { testNetwork } from "../support/networks";

const { network, subnet } = testNetwork("locm");
const folder = `/var/lib/one-server-web/networks/${network}/machines/web-1`;

story("a machine of the platform local", function () {
  this.timeout(300_000);
  let key: TestKey;
  let machine: Machine;
  const createArgs = (memory = "") =>
    [
      "create",
      network,
      "web-1",
      "--suite",
      "sid",
      "--number",
      "10",
      "--authorized-key",
      key.publicKey,
      "--memory",
      memory,
    ] as const;
  const create = (memory = "") => JSON.parse(script("machine.sh", ...createArgs(memory))) as Machine;
  const inside = (...command: readonly string[]) =>
    script("machine.sh", "exec", network, "web-1", ...command).trim();
  const status = () => script("machine.sh", "status", network, "web-1").trim();

  before(() => {
    key = new TestKey();
    script("network.sh", "destroy", network, "--machines");
    script("network.sh", "create", network, "--subnet", subnet, "--owner", "test-machine");
    machine = create();
  });

  after(() => {
    script("network.sh", "destroy", network, "--machines");
    key.remove();
  });

  it("is reached over SSH with its own key and the host key that was told", () => {
    const { code, stdout, stderr } = key.ssh(machine, "hostname && id -un && systemd-detect-virt");
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "web-1\nroot\nsystemd-nspawn\n");
  });

  it("takes no password and shows no other host key", () => {
    const settings = inside("sshd", "-T");
    assert.match(settings, /^passwordauthentication no$/im);
    assert.deepEqual(settings.match(/^hostkey .*$/gim)?.length, 1);
    assert.match(settings, /^hostkey \/etc\/ssh\/ssh_host_ed25519_key$/im);
  });

  it("boots whole: no unit failed", async () => {
    await eventually("systemd to be done", 30, () => inside("systemctl", "is-system-running") === "running");
    assert.equal(inside("systemctl", "--failed", "--no-legend"), "");
  });

  it("resolves names and installs packages from the host's mirror, with the release's signature", () => {
    assert.match(inside("apt-get", "update"), /Reading package lists/);
    assert.equal(inside("sh", "-c", "apt-cache policy nginx | grep -c Candidate:"), "1");
    assert.doesNotMatch(inside("cat", "/etc/apt/sources.list.d/debian.sources"), /trusted/i);
  });

  it("trusts the authorities that the host trusts", () => {
    const bodies = (pem: string) =>
      (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((each) =>
        each.replace(/\s/g, ""),
      );
    const bundle = "/etc/ssl/certs/ca-certificates.crt";
    const trusted = new Set(bodies(inside("cat", bundle)));
    assert.ok(trusted.size > 50);
    assert.deepEqual(
      bodies(readFileSync(bundle, "utf8")).filter((each) => !trusted.has(each)),
      [],
    );
  });

  it("is the same machine after a second create, still running", () => {
    const boot = inside("cat", "/proc/sys/kernel/random/boot_id", "/proc/1/stat");
    assert.deepEqual(create(), machine);
    assert.equal(inside("cat", "/proc/sys/kernel/random/boot_id", "/proc/1/stat"), boot);
  });

  it("comes back by itself when it reboots from inside", async () => {
    inside("touch", "/run/before-the-reboot");
    key.ssh(machine, "systemctl reboot");
    await eventually(
      "the reboot",
      30,
      () => key.ssh(machine, "test ! -e /run/before-the-reboot").code === 0 || undefined,
    );
    assert.equal(status(), "running");
    assert.deepEqual(create(), machine);
  });

  it("keeps its disk when its power is cut, and starts again", () => {
    inside("sh", "-c", "echo kept >/root/kept && sync");
    script("machine.sh", "kill", network, "web-1");
    assert.equal(status(), "stopped");
    script("machine.sh", "start", network, "web-1");
    assert.equal(key.ssh(machine, "cat /root/kept").stdout, "kept\n");
  });

  it("shuts down in order, says that it is stopped, and is started by create", () => {
    script("machine.sh", "stop", network, "web-1");
    assert.equal(status(), "stopped");
    const refused = runScript("machine.sh", "exec", network, "web-1", "true");
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /^error: machine: "web-1" is stopped; start it: .*machine\.sh start locm web-1\n$/,
    );
    assert.deepEqual(create(), machine);
  });

  it("runs again after the host forgot everything a reboot forgets", () => {
    script("machine.sh", "kill", network, "web-1");
    script("network.sh", "start", network, "--machines");
    assert.equal(status(), "running");
    assert.equal(key.ssh(machine, "true").code, 0);
  });

  it("changes its size in place and sees it", () => {
    assert.deepEqual({ ...create("512") }, { ...machine, memory: "512" });
    assert.match(inside("grep", "MemTotal", "/proc/meminfo"), /MemTotal: +524288 kB/);
    // 700 MiB in one process: the kernel ends it, and the machine goes on.
    const tooMuch = key.ssh(machine, "head -c 700M /dev/zero | tail | wc -c");
    assert.equal(tooMuch.stdout.trim(), "0");
    assert.deepEqual(create(), machine);
    assert.doesNotMatch(inside("grep", "MemTotal", "/proc/meminfo"), / 524288 kB/);
  });

  it("takes another authorized key without a restart", () => {
    const other = new TestKey();
    const boot = inside("cat", "/proc/1/stat").split(" ")[21];
    try {
      const args = createArgs().map((word) => (word === key.publicKey ? other.publicKey : word));
      script("machine.sh", ...args);
      assert.equal(other.ssh(machine, "true").code, 0);
      assert.notEqual(key.ssh(machine, "true").code, 0);
    } finally {
      create();
      other.remove();
    }
    assert.equal(inside("cat", "/proc/1/stat").split(" ")[21], boot);
  });

  it("leaves nothing when it is destroyed, and destroying it again is no error", () => {
    script("machine.sh", "destroy", network, "web-1");
    script("machine.sh", "destroy", network, "web-1");
    assert.equal(existsSync(folder), false);
    assert.deepEqual(tracesOf(`${network}-web-1`), []);
  });

  it("begins with the disk of another machine when told so, as somebody else", () => {
    machine = create();
    inside(
      "sh",
      "-c",
      "echo provisioned >/etc/provisioned && mkdir -p /var/lib/mysql && touch /var/lib/mysql/auto.cnf",
    );
    const boot = inside("cat", "/proc/1/stat").split(" ")[21];
    const args = ["--suite", "sid", "--number", "11", "--authorized-key", key.publicKey, "--from", "web-1"];
    const second = JSON.parse(script("machine.sh", "create", network, "web-2", ...args)) as Machine;
    assert.equal(second.address, "10.94.10.11");
    const { code, stdout, stderr } = key.ssh(
      second,
      "cat /etc/provisioned /etc/hostname && ls -A /var/lib/mysql",
    );
    assert.equal(code, 0, stderr);
    assert.equal(stdout, "provisioned\nweb-2\n");
    assert.notEqual(second.hostKey, machine.hostKey);
    assert.notEqual(second.instanceId, machine.instanceId);
    const id = (name: string) => script("machine.sh", "exec", network, name, "cat", "/etc/machine-id");
    assert.notEqual(id("web-1"), id("web-2"));
    assert.equal(inside("cat", "/proc/1/stat").split(" ")[21], boot, "the other one ran on");
    // Each goes its own way from here.
    inside("rm", "/etc/provisioned");
    assert.equal(key.ssh(second, "cat /etc/provisioned").stdout, "provisioned\n");
    script("machine.sh", "destroy", network, "web-1");
    assert.deepEqual(JSON.parse(script("machine.sh", "create", network, "web-2", ...args)), second);
    script("machine.sh", "destroy", network, "web-2");
  });

  it("stands on a tree of its own host, whatever becomes of the cache", () => {
    const trees = "/var/lib/one-server-web/trees";
    create();
    const settings = readFileSync(`${folder}/settings`, "utf8");
    const [, base = ""] = /^base=(.+)$/m.exec(settings) ?? [];
    const files = (path: string) =>
      spawnSync("stat", ["--format", "%h", path], { encoding: "utf8" }).stdout.trim();
    assert.notEqual(files(`${trees}/${base}/usr/bin/bash`), "1", "hard links, as long as the cache is there");
    inside("sh", "-c", "echo changed >/etc/issue");
    assert.notEqual(readFileSync(`${trees}/${base}/etc/issue`, "utf8"), "changed\n");
    script("machine.sh", "stop", network, "web-1");
    script("machine.sh", "start", network, "web-1");
    assert.equal(inside("cat", "/etc/issue"), "changed");
    script("machine.sh", "destroy", network, "web-1");
  });

  it("is finished by the next create, wherever the first was killed", async () => {
    const stages: readonly (readonly [what: string, reached: () => boolean])[] = [
      ["it has an id", () => existsSync(`${folder}/instance-id`)],
      ["its settings are written", () => existsSync(`${folder}/settings`)],
      ["it is starting", () => existsSync(`/run/one-server-web/${network}/web-1/supervisor.pid`)],
    ];
    for (const [what, reached] of stages) {
      const run = startScript("machine.sh", ...createArgs());
      await eventually(what, 30, () => reached() || undefined);
      await run.kill();
      const finished = create();
      assert.equal(key.ssh(finished, "systemctl is-system-running --wait").stdout.trim(), "running", what);
      assert.deepEqual(create(), finished, what);
      script("machine.sh", "destroy", network, "web-1");
    }
    assert.deepEqual(tracesOf(`${network}-web-1`), []);
  });
});
