import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { readUpgradePath } from "../../policy/upgradePath";
import { type Answer, ask } from "../../scripts/cli/project/answer";
import { story } from "../../scripts/cli/test/story";
import { Clone } from "../support/clone";
import { type Machine, script, TestKey } from "../support/localScripts";
import { testNetwork } from "../support/networks";
import type { Ran } from "../support/runToEnd";
import type { Outputs } from "../support/site";

const { network, subnet } = testNetwork("ha-ssh");
const stack = "own";

/** The stack's file, as far as this test writes it. */
interface Config {
  "one-server-web:servers"?: Record<string, unknown>[];
  "one-server-web:database"?: string;
}

/** The Debian machines that somebody has already: nothing of this project's is on them. */
story("servers that one already has", function () {
  this.timeout(300_000);
  const clone = new Clone();
  let key: TestKey;
  let other: TestKey;
  let sid: Machine;
  let trixie: Machine;
  let first: Ran;
  let dnsServer: string;

  const machine = (name: string, suite: string, number: number): Machine =>
    JSON.parse(
      script(
        "machine.sh",
        ...["create", network, name, "--suite", suite, "--number", String(number)],
        ...["--authorized-key", key.publicKey],
      ),
    ) as Machine;
  const inside = ({ name }: Machine, command: string) =>
    script("machine.sh", "exec", network, name, "bash", "-c", command).trim();
  const up = () => clone.run("pulumi", ["up", "--yes", "--non-interactive", "-s", stack]);
  const mustUp = async (): Promise<Ran> => {
    const ran = await up();
    assert.equal(ran.code, 0, ran.output);
    return ran;
  };
  const outputs = async () =>
    (await clone.outputs(stack)) as unknown as Outputs & { dnsRecords: readonly string[] };
  const setSecret = (path: string, value: string) =>
    clone.pulumi("config", "set", "--secret", "--path", "-s", stack, "--", path, value);
  /** Changes what stands in plain text in the stack's file, as a person does with an editor. */
  const edit = (change: (config: Config) => void): void => {
    const file = join(clone.folder, `Pulumi.${stack}.yaml`);
    const settings = parse(readFileSync(file, "utf8")) as { config: Config };
    change(settings.config);
    writeFileSync(file, stringify(settings));
  };
  const setServer = ({ address, hostKey }: Omit<Machine, "name">, user: string): void =>
    edit((config) => {
      config["one-server-web:servers"] = [
        { ...config["one-server-web:servers"]?.[0], address, hostKey, user },
      ];
    });
  /** What a person does with the printed records: each is set at the DNS server of the domain. */
  const setRecords = (records: readonly string[]): void => {
    for (const record of records) {
      const [name = "", , , type = "", address = ""] = record.split(" ");
      script("dns.sh", "set", network, name.replace(/\.$/, ""), type, address);
    }
  };
  const get = async (path: string): Promise<Answer> => {
    const { caCertificate } = await outputs();
    return ask(`https://www.foobar.com${path}`, dnsServer, caCertificate);
  };
  const logins = (of: Machine): string =>
    inside(of, "journalctl --no-pager -o cat | grep -c 'Accepted publickey' || true");

  before(async () => {
    key = new TestKey();
    other = new TestKey();
    script("network.sh", "destroy", network, "--machines");
    const made = script(
      ...["network.sh", "create", network, "--subnet", subnet],
      ...["--owner", "test-ssh", "--zone", "foobar.com"],
    );
    ({ dnsServer } = JSON.parse(made) as { dnsServer: string });
    sid = machine("old-1", "sid", 20);
    trixie = machine("old-2", "trixie", 21);
    writeFileSync(
      join(clone.folder, `Pulumi.${stack}.yaml`),
      [
        "config:",
        "  one-server-web:platform: ssh",
        "  one-server-web:certificates: local",
        "  one-server-web:migrate: php bin/migrate.php",
        "",
      ].join("\n"),
    );
    await clone.pulumi("stack", "init", stack);
    await setSecret("databasePassword", "correct horse battery staple");
    await setSecret("servers[0].privateKey", readFileSync(key.file, "utf8"));
  });

  after(() => {
    script("network.sh", "destroy", network, "--machines");
    key.remove();
    other.remove();
    clone.remove();
  });

  it("are not spoken to when they show another host key, and the error says what to do", async () => {
    const before = logins(sid);
    setServer({ ...sid, hostKey: other.publicKey }, "root");
    const ran = await up();
    assert.notEqual(ran.code, 0, ran.output);
    const lines = new Set(ran.output.split("\n").filter((line) => line.includes("host key")));
    assert.match(
      [...lines].join("\n"),
      /refused to talk to root@10\.94\.1\.20:22: its host key SHA256:\S+ is not/,
    );
    assert.match([...lines].join("\n"), /compare with ssh-keyscan -p 22 10\.94\.1\.20 and set the new key/);
    assert.equal(logins(sid), before);
    assert.equal(inside(sid, "ls /root /opt"), "/opt:\n\n/root:");
    setServer(sid, "root");
  });

  it("become the site, and the records to set are printed", async () => {
    first = await mustUp();
    const { dnsRecords, publicIp, servers } = await outputs();
    assert.equal(publicIp, sid.address);
    assert.deepEqual(dnsRecords, [
      `www.foobar.com. 300 IN A ${sid.address}`,
      `foobar.com. 300 IN A ${sid.address}`,
    ]);
    for (const record of dnsRecords) {
      assert.ok(first.output.includes(`set this DNS record at your provider: ${record}`), first.output);
    }
    assert.equal(servers[0]?.login, `ssh -p 22 root@${sid.address}`);
    setRecords(dnsRecords);
    const page = await get("/");
    assert.equal(page.status, 200);
    assert.equal(page.address, sid.address);
    assert.equal((await get("/healthz")).status, 200);
  });

  it("are what fails, as the way up says", async () => {
    const path = readUpgradePath((await outputs()).upgradePath);
    assert.equal(path?.rung, "single");
    assert.match(JSON.stringify(path), /"names":\["web-1"\]/);
  });

  it("are asked once by each phase of a second run, and not touched", async () => {
    const before = Number(logins(sid));
    const ran = await mustUp();
    assert.match(ran.output, /Resources:\s+\d+ unchanged\n/);
    assert.equal(Number(logins(sid)), before + 2, "the preview and the update each log in once");
  });

  it("can be changed for another, here Debian trixie with MariaDB and a login that needs sudo", async () => {
    inside(
      trixie,
      [
        "apt-get -qq update",
        "DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends sudo",
        "useradd --create-home --shell /bin/bash debian",
        "echo 'debian ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/debian",
        "cp -a /root/.ssh /home/debian/.ssh && chown -R debian: /home/debian/.ssh",
      ].join(" && "),
    );
    setServer(trixie, "debian");
    edit((config) => {
      config["one-server-web:database"] = "mariadb";
    });
    await mustUp();
    const { dnsRecords } = await outputs();
    setRecords(dnsRecords);
    const page = await get("/");
    assert.deepEqual([page.status, page.address], [200, trixie.address]);
    assert.equal((await get("/healthz")).status, 200);
    assert.match(inside(trixie, "mariadb --version"), /MariaDB/);
  });

  it("can be reached by another login, whose home folder has none of the uploads", async () => {
    setServer(trixie, "root");
    const { output } = await mustUp();
    assert.match(output, /web-1 has drifted: the uploaded scripts are not in the login's home folder/);
    assert.equal((await get("/healthz")).status, 200);
    assert.match((await mustUp()).output, /Resources:\s+\d+ unchanged\n/);
  });

  it("are reached without a secret in state, settings or messages", () => {
    const state = readFileSync(
      join(clone.folder, `.local/backend/.pulumi/stacks/one-server-web/${stack}.json`),
      "utf8",
    );
    const settings = readFileSync(join(clone.folder, `Pulumi.${stack}.yaml`), "utf8");
    const secrets = ["correct horse battery staple", readFileSync(key.file, "utf8").split("\n")[2] ?? ""];
    assert.ok(secrets.every((secret) => secret.length > 20));
    for (const [where, text] of Object.entries({ state, settings, output: first.output })) {
      for (const secret of secrets) assert.ok(!text.includes(secret), `a secret stands in the ${where}`);
    }
  });
});
