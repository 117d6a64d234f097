import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../../scripts/cli/project/answer";
import { story } from "../../scripts/cli/test/story";
import { Clone } from "../support/clone";
import { type Machine, script, TestKey } from "../support/localScripts";
import { testNetwork } from "../support/networks";
import { openPorts } from "../support/ports";
import type { Outputs } from "../support/site";

const { network, subnet } = testNetwork("ha-split");
const stack = "own";

/** Two Debian machines that somebody has already: nothing of this project's is on them. */
story("two servers that one already has, Debian 13 with MariaDB", function () {
  this.timeout(600_000);
  const clone = new Clone();
  let key: TestKey;
  let web: Machine;
  let database: Machine;
  let dnsServer: string;

  const machine = (name: string, number: number): Machine =>
    JSON.parse(
      script(
        "machine.sh",
        ...["create", network, name, "--suite", "trixie", "--number", String(number)],
        ...["--authorized-key", key.publicKey],
      ),
    ) as Machine;
  const inside = ({ name }: Machine, command: string) =>
    script("machine.sh", "exec", network, name, "bash", "-c", command).trim();
  const up = async (): Promise<string> => {
    const ran = await clone.run("pulumi", ["up", "--yes", "--non-interactive", "-s", stack]);
    assert.equal(ran.code, 0, ran.output);
    return ran.output;
  };
  const outputs = async () => (await clone.outputs(stack)) as unknown as Outputs;

  before(async () => {
    key = new TestKey();
    script("network.sh", "destroy", network, "--machines");
    const made = script(
      ...["network.sh", "create", network, "--subnet", subnet],
      ...["--owner", "test-split-ssh", "--zone", "foobar.com"],
    );
    ({ dnsServer } = JSON.parse(made) as { dnsServer: string });
    web = machine("front", 20);
    database = machine("data", 21);
    writeFileSync(
      join(clone.folder, `Pulumi.${stack}.yaml`),
      [
        "config:",
        "  one-server-web:platform: ssh",
        "  one-server-web:rung: split-database",
        "  one-server-web:certificates: local",
        "  one-server-web:database: mariadb",
        "  one-server-web:migrate: php bin/migrate.php",
        "",
      ].join("\n"),
    );
    await clone.pulumi("stack", "init", stack);
    const privateKey = readFileSync(key.file, "utf8");
    const server = (name: string, tiers: readonly string[], { address, hostKey }: Machine) => ({
      ...{ name, tiers, address, hostKey, privateKey },
    });
    // The order does not matter: each has a name.
    const servers = [
      server("database-1", ["database"], database),
      { ...server("web-1", ["web", "app"], web), privateAddress: web.address },
    ];
    const secret = (name: string, value: string) =>
      clone.pulumi("config", "set", "--secret", "-s", stack, "--", name, value);
    await secret("databasePassword", "correct horse battery staple");
    await secret("servers", JSON.stringify(servers));
  });

  after(() => {
    script("network.sh", "destroy", network, "--machines");
    key.remove();
    clone.remove();
  });

  it("become the site, each what its name says", async () => {
    await up();
    const { servers, publicIp, caCertificate } = await outputs();
    assert.equal(publicIp, web.address);
    assert.deepEqual(
      servers.map(({ name, tier, login }) => [name, tier, login]),
      [
        ["web-1", "web, app", `ssh -p 22 root@${web.address}`],
        ["database-1", "database", `ssh -p 22 root@${database.address}`],
      ],
    );
    script("dns.sh", "set", network, "www.foobar.com", "A", web.address);
    const get = (path: string) => ask(`https://www.foobar.com${path}`, dnsServer, caCertificate);
    assert.equal((await get("/healthz")).status, 200);
    assert.equal((await get("/guestbook")).status, 200);
    assert.match(inside(database, "mariadb --batch -e 'SHOW TABLES FROM site'"), /entries/);
    assert.equal(inside(web, "pgrep -c mariadbd || true"), "0");
  });

  it("are closed to others: the database even to this host", async () => {
    assert.deepEqual(await openPorts(database.address, [80, 443, 3306, 3307, 3308, 3309]), []);
    assert.deepEqual(await openPorts(web.address, [80, 443, 3306, 3307, 3308, 3309]), [80, 443]);
  });

  it("are not touched by a second run", async () => {
    assert.match(await up(), /Resources:\s+\d+ unchanged\n/);
  });
});
