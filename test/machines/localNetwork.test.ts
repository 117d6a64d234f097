import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { eventually } from "../support/eventually";
import { runScript, script, startScript, TestKey, tracesOf } from "../support/localScripts";
import { testNetwork } from "../support/networks";

const networks = { loca: testNetwork("loca").subnet, locb: testNetwork("locb").subnet } as const;
const { subnet: third } = testNetwork("locc");

/** Asks a DNS server; one line an answer. */
function ask(server: string, name: string, ...more: readonly string[]): string[] {
  const args = [`@${server}`, name, ...more, "+time=2", "+tries=2"];
  const { stdout } = spawnSync("dig", args, { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line !== "");
}

function create(network: keyof typeof networks, ...more: readonly string[]): string {
  return script(
    "network.sh",
    "create",
    network,
    "--subnet",
    networks[network],
    "--owner",
    `test-${network}`,
    ...more,
  );
}

describe("a network of the platform local", function () {
  this.timeout(300_000);

  before(() => {
    for (const network of ["loca", "locb", "locc"]) script("network.sh", "destroy", network, "--machines");
  });
  afterEach(() => {
    for (const network of ["loca", "locb", "locc"]) script("network.sh", "destroy", network, "--machines");
  });

  it("says where it is, changes nothing the second time, and leaves nothing", () => {
    const first = create("loca");
    assert.deepEqual(JSON.parse(first), {
      network: "loca",
      subnet: networks.loca,
      bridge: "osw-loca",
      address: "10.94.11.1",
      dnsServer: "10.94.11.1:53",
    });
    const before = spawnSync("bash", [
      "-c",
      "nft list table inet one_server_web_loca; cat /run/one-server-web/loca/dnsmasq.pid",
    ]);
    assert.equal(create("loca"), first);
    const after = spawnSync("bash", [
      "-c",
      "nft list table inet one_server_web_loca; cat /run/one-server-web/loca/dnsmasq.pid",
    ]);
    assert.equal(String(after.stdout), String(before.stdout));
    script("network.sh", "destroy", "loca", "--owner", "test-loca");
    assert.deepEqual(tracesOf("loca"), []);
    script("network.sh", "destroy", "loca");
  });

  it("runs beside another, each with its own names and machines, apart from each other", () => {
    const key = new TestKey();
    try {
      const machines = Object.keys(networks).map((name) => {
        const network = name as keyof typeof networks;
        create(network);
        const made = script(
          "machine.sh",
          "create",
          network,
          "web-1",
          "--suite",
          "sid",
          "--number",
          "10",
          "--authorized-key",
          key.publicKey,
        );
        const { address, hostKey, instanceId } = JSON.parse(made) as Record<string, string>;
        script("dns.sh", "set", network, "www.foobar.com", "A", address ?? "");
        return { network, address: address ?? "", hostKey, instanceId };
      });
      const [a, b] = machines;
      assert.ok(a && b);
      assert.notEqual(a.hostKey, b.hostKey);
      assert.notEqual(a.instanceId, b.instanceId);
      assert.deepEqual(ask("10.94.11.1", "www.foobar.com", "+short"), ["10.94.11.10"]);
      assert.deepEqual(ask("10.94.12.1", "www.foobar.com", "+short"), ["10.94.12.10"]);
      // Same name, and each machine sees its own network's answer.
      assert.match(
        script("machine.sh", "exec", "locb", "web-1", "getent", "ahostsv4", "www.foobar.com"),
        /^10\.94\.12\.10 /,
      );
      const knock = `timeout 2 bash -c '>/dev/tcp/${b.address}/22'`;
      assert.notEqual(
        runScript("machine.sh", "exec", "loca", "web-1", "bash", "-c", knock).code,
        0,
        "networks are apart",
      );
      script("network.sh", "destroy", "loca", "--machines");
      assert.deepEqual(tracesOf("loca"), []);
      assert.equal(script("machine.sh", "exec", "locb", "web-1", "hostname"), "web-1\n");
      assert.match(
        script("machine.sh", "exec", "locb", "web-1", "apt-get", "update"),
        /Reading package lists/,
      );
    } finally {
      key.remove();
    }
  });

  it("answers for its zone with authority, forgets nobody's other names, and follows changes at once", async () => {
    create("loca", "--zone", "foobar.com");
    const server = "10.94.11.1";
    script("dns.sh", "set", "loca", "WWW.foobar.com", "A", "10.94.11.10");
    const answer = ask(server, "www.foobar.com").join("\n");
    assert.match(answer, /flags: qr aa /);
    assert.match(answer, /^www\.foobar\.com\.\s+5\s+IN\s+A\s+10\.94\.11\.10$/m);
    // Nobody else is asked about the zone: no other type, no other name.
    assert.deepEqual(ask(server, "www.foobar.com", "AAAA", "+short"), []);
    assert.match(ask(server, "mail.foobar.com").join("\n"), /status: NXDOMAIN/);
    script("dns.sh", "set", "loca", "www.foobar.com", "A", "10.94.11.11");
    script("dns.sh", "set", "loca", "www.foobar.com", "AAAA", "fd00::11");
    await eventually(
      "the new address",
      5,
      () => ask(server, "www.foobar.com", "+short").join() === "10.94.11.11" || undefined,
    );
    await eventually(
      "the IPv6 address",
      5,
      () => ask(server, "www.foobar.com", "AAAA", "+short").join() === "fd00::11" || undefined,
    );
    script("dns.sh", "unset", "loca", "www.foobar.com", "A");
    script("dns.sh", "unset", "loca", "www.foobar.com", "A");
    await eventually(
      "the name to go",
      5,
      () => ask(server, "www.foobar.com", "+short").length === 0 || undefined,
    );
    assert.equal(script("dns.sh", "list", "loca"), "AAAA www.foobar.com fd00::11\n");
  });

  it("answers with every address of a name, such as two balancers', until one of them goes", async () => {
    create("loca");
    const answers = (...addresses: string[]) =>
      eventually("the addresses", 5, () => {
        const answer = ask("10.94.11.1", "www.foobar.com", "+short").sort();
        return answer.join() === addresses.join() || undefined;
      });
    script("dns.sh", "set", "loca", "www.foobar.com", "A", "10.94.11.20 10.94.11.21");
    await answers("10.94.11.20", "10.94.11.21");
    script("dns.sh", "set", "loca", "www.foobar.com", "A", "10.94.11.21");
    await answers("10.94.11.21");
    const refused = runScript("dns.sh", "set", "loca", "www.foobar.com", "A", "10.94.11.20 nonsense");
    assert.match(refused.stderr, /address: "nonsense" is not an IPv4 address/);
    assert.equal(script("dns.sh", "list", "loca"), "A www.foobar.com 10.94.11.21\n");
  });

  it("keeps its records when they are set all at once", async () => {
    create("loca");
    const names = Array.from({ length: 8 }, (_, index) => `name-${index}.foobar.com`);
    const runs = names.map((name, index) => {
      const child = spawn("scripts/host/dns.sh", ["set", "loca", name, "A", `10.94.11.${20 + index}`], {
        stdio: "ignore",
      });
      return new Promise<number | null>((resolve) => child.on("close", resolve));
    });
    assert.deepEqual(new Set(await Promise.all(runs)), new Set([0]));
    assert.equal(script("dns.sh", "list", "loca").trim().split("\n").length, names.length);
  });

  it("comes back with its records when its bridge, rules and DNS server are gone, as after a reboot", () => {
    create("loca");
    script("dns.sh", "set", "loca", "www.foobar.com", "A", "10.94.11.10");
    const lost =
      "kill -KILL $(cut -d' ' -f1 /run/one-server-web/loca/dnsmasq.pid); ip link delete osw-loca; nft delete table inet one_server_web_loca; rm -rf /run/one-server-web/loca";
    assert.equal(spawnSync("bash", ["-c", lost]).status, 0);
    script("network.sh", "start", "loca");
    assert.deepEqual(ask("10.94.11.1", "www.foobar.com", "+short"), ["10.94.11.10"]);
    assert.equal(spawnSync("nft", ["list", "table", "inet", "one_server_web_loca"]).status, 0);
  });

  it("makes a host that was no router one for its machines alone, and none again after the last network", () => {
    const folder = mkdtempSync(join(tmpdir(), "one-server-web-forwarding-"));
    // The DNS server gives root up and must still read.
    chmodSync(folder, 0o755);
    // A host of its own: no names resolve in there, so apt is told of a proxy, which would resolve them.
    writeFileSync(join(folder, "apt.conf"), 'Acquire::http::Proxy "http://127.0.0.1:9";\n');
    const script = `
      set -e
      cd scripts/host
      trap './network.sh destroy loca; ./network.sh destroy locb' EXIT
      ip link set lo up
      echo 0 >/proc/sys/net/ipv4/ip_forward
      forwards() { cat /proc/sys/net/ipv4/ip_forward; nft list tables | sort; }
      ./network.sh create loca --subnet ${networks.loca} --owner test-loca >/dev/null
      ./network.sh create locb --subnet ${networks.locb} --owner test-locb >/dev/null
      forwards
      nft list table inet one_server_web | grep -c 'drop'
      ./network.sh destroy loca
      forwards
      ./network.sh destroy locb
      forwards
      ls -A "$ONE_SERVER_WEB_STATE" 2>/dev/null || echo nothing`;
    const env = {
      ...process.env,
      APT_CONFIG: join(folder, "apt.conf"),
      ONE_SERVER_WEB_STATE: join(folder, "state"),
      ONE_SERVER_WEB_RUN: join(folder, "run"),
    };
    const ran = spawnSync("unshare", ["--net", "bash", "-c", script], {
      cwd: projectFolder,
      env,
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    assert.equal(ran.status, 0, ran.stderr);
    const [a, b, guard] = ["one_server_web_loca", "one_server_web_locb", "one_server_web"].map(
      (name) => `table inet ${name}`,
    );
    assert.deepEqual(ran.stdout.trim().split("\n"), ["1", guard, a, b, "1", "1", guard, b, "0", "nothing"]);
  });

  it("is finished by the next create when the first was killed", async () => {
    for (const reached of [
      "[ -f /var/lib/one-server-web/networks/loca/settings ]",
      "[ -e /sys/class/net/osw-loca ]",
      "nft list table inet one_server_web_loca",
    ]) {
      const run = startScript(
        "network.sh",
        "create",
        "loca",
        "--subnet",
        networks.loca,
        "--owner",
        "test-loca",
      );
      await eventually(reached, 30, () => spawnSync("bash", ["-c", reached]).status === 0 || undefined);
      await run.kill();
      create("loca");
      script("dns.sh", "set", "loca", "www.foobar.com", "A", "10.94.11.10");
      assert.deepEqual(ask("10.94.11.1", "www.foobar.com", "+short"), ["10.94.11.10"], reached);
      script("network.sh", "destroy", "loca");
      assert.deepEqual(tracesOf("loca"), [], reached);
    }
  });

  describe("refuses, with one line that names the setting and the way out, and changes nothing:", () => {
    const refused = (args: readonly string[], code: number, message: RegExp) => {
      const ran = runScript("network.sh", ...args);
      assert.equal(ran.code, code, ran.stderr);
      assert.match(ran.stderr, message);
      assert.equal(ran.stderr.trim().split("\n").length, 1, ran.stderr);
      assert.equal(ran.stdout, "");
    };

    it("a subnet of another network", () => {
      create("loca");
      refused(
        ["create", "locc", "--subnet", "10.94.11.128/25", "--owner", "other"],
        1,
        /^error: subnet: 10\.94\.11\.128\/25 overlaps with 10\.94\.11\.\d+(\/24)? of .*; choose another, such as `pulumi config set subnet 10\.\d+\.0\.0\/24`$/m,
      );
      assert.deepEqual(tracesOf("locc"), []);
    });

    it("a subnet that holds one of the host's addresses", () => {
      const route = spawnSync(
        "bash",
        ["-c", "ip -4 -oneline address show scope global | awk '{ print $4; exit }'"],
        { encoding: "utf8" },
      );
      const [address = ""] = route.stdout.trim().split("/");
      const subnet = `${address.split(".").slice(0, 3).join(".")}.0/24`;
      refused(
        ["create", "locc", "--subnet", subnet, "--owner", "other"],
        1,
        /^error: subnet: .* overlaps with /,
      );
      assert.deepEqual(tracesOf("locc"), []);
    });

    it("a network of another stack", () => {
      create("loca");
      const args = ["--subnet", third, "--owner", "other"];
      refused(
        ["create", "loca", ...args],
        1,
        /^error: network: "loca" belongs to another stack .* `pulumi config set network loca-2`/,
      );
      refused(["destroy", "loca", "--owner", "other"], 1, /^error: network: "loca" belongs to another stack/);
      assert.match(script("network.sh", "list"), /^loca\t10\.94\.11\.0\/24\tup\t$/m);
    });

    it("an interface that is there already", () => {
      assert.equal(spawnSync("ip", ["link", "add", "osw-locc", "type", "bridge"]).status, 0);
      try {
        refused(
          ["create", "locc", "--subnet", third, "--owner", "test-locc"],
          1,
          /^error: network: this host already has an interface osw-locc/,
        );
        script("network.sh", "destroy", "locc");
        assert.equal(spawnSync("ip", ["link", "show", "osw-locc"]).status, 0, "what is not ours stays");
      } finally {
        spawnSync("ip", ["link", "delete", "osw-locc"]);
      }
    });

    const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [[], /expected "create", "destroy"/],
      [["create", "Big", "--subnet", third, "--owner", "x"], /network: "Big" is not 1 to 11/],
      [["create", "twelve-chars", "--subnet", third, "--owner", "x"], /network: "twelve-chars"/],
      [
        ["create", "locc", "--subnet", "10.94.13.7/24", "--owner", "x"],
        /subnet: "10.94.13.7\/24" is not a network such as/,
      ],
      [["create", "locc", "--subnet", "300.1.1.0/24", "--owner", "x"], /subnet: "300.1.1.0\/24"/],
      [["create", "locc", "--owner", "x"], /subnet: ""/],
      [["create", "locc", "--subnet", third], /--owner is missing/],
      [["create", "locc", "--subnet", third, "--owner", "a b"], /owner: "a b" is not one word/],
      [["create", "locc", "--port", "7"], /unknown argument "--port"/],
    ];
    for (const [args, message] of wrong) {
      it(`network.sh ${args.join(" ")}`, () => refused(args, 2, message));
    }
  });
});
