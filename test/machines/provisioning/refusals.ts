import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askAt } from "../../../scripts/cli/project/answer";
import { eventually } from "../../support/eventually";
import { markedRelease } from "../../support/load/releases";
import { ReleaseServer } from "../../support/load/server";
import { type TestNetwork, testNetwork } from "../../support/networks";
import { serverScripts } from "../../support/shell";

export interface WebCase {
  readonly name: string;
  readonly network: TestNetwork;
  readonly suite: "sid" | "trixie";
  readonly stack: "lemp" | "lamp";
  readonly role: "nginx" | "apache";
  /** The web server's file that says what the site is. */
  readonly site: string;
  readonly database: "mysql" | "mariadb";
}

/** Configuration that is refused, kills its daemon, or is never finished: the server stays what it was. */
export function testRefusals({ network, suite, stack, role, site, database }: WebCase): void {
  const server = new ReleaseServer({
    ...testNetwork(network),
    suite,
    stack,
    runtime: "php",
    settings: { ROLES: `base hardening tls ${role} php-fpm mysql site watch` },
  });
  const template = database === "mysql" ? "mysql.cnf" : "mariadb.cnf";
  let release = "";

  /** Scripts with lines added to some of their files, as a faulty version of this project would be. */
  const withScripts = <Value>(additions: Readonly<Record<string, string>>, action: () => Value): Value => {
    const folder = mkdtempSync(join(tmpdir(), "scripts-"));
    const whole = server.scripts;
    cpSync(serverScripts, folder, { recursive: true });
    for (const [file, text] of Object.entries(additions)) appendFileSync(join(folder, file), text);
    server.scripts = folder;
    try {
      return action();
    } finally {
      server.scripts = whole;
      rmSync(folder, { recursive: true });
    }
  };

  /** Everything that provisioning writes, with owners and modes, and what is running. */
  const everything = () =>
    server.on(`
      find /etc /usr/local /opt/one-server-web /var/lib/one-server-web -xdev \\( -type f -o -type l \\) \
        ! -path '/etc/ld.so.cache' ! -path '*/provisioned' ! -path '*/alerts*' ! -path '*/releases/*' ! -name '*-' \
        -printf '%p %M %u:%g %l ' -exec sh -c '[ -L "$1" ] && echo || sha256sum <"$1"' sh {} \\; | sort
      systemctl list-units --plain --no-legend '${role === "nginx" ? "nginx" : "apache2"}*' '${database}*' ssh.service 'one-server-web*' 'site-*' |
        grep -v 'one-server-web-\\(check\\|alert\\).*service\\|site-stop\\|site-close-window' | awk '{ print $1, $3, $4 }'
      systemctl list-unit-files --plain --no-legend --state=enabled | awk '{ print $1 }'
      nft list chain inet one_server_web input`);
  /** Asserts that nothing has changed since, and names what did. */
  const unchangedSince = (before: string) => {
    const [was, is] = [before, everything()].map((text) => text.split("\n"));
    const difference = [
      ...(was ?? []).filter((line) => !is?.includes(line)).map((line) => `- ${line}`),
      ...(is ?? []).filter((line) => !was?.includes(line)).map((line) => `+ ${line}`),
    ];
    assert.deepEqual(difference, []);
  };
  const page = async () =>
    await eventually("the page", 60, async () => {
      const { status } = await askAt(
        server.target.address,
        `https://${server.domain}/healthz`,
        server.target.authority,
      );
      return status === 200 || undefined;
    });
  const provisioned = () => server.on("cat /var/lib/one-server-web/provisioned 2>/dev/null || true");

  /** What provisioning by these scripts says of itself when it is refused: one error, and that it was taken back. */
  const refused = (additions: Readonly<Record<string, string>>): string => {
    let output = "";
    assert.throws(
      () => withScripts(additions, () => server.provision()),
      (error: Error) => {
        output = error.message;
        return true;
      },
    );
    assert.match(output, /took back what was changed: the server is as it was before/);
    assert.equal(output.match(/^error: /gm)?.length, 1, output);
    assert.equal(provisioned(), "", "the program has to see that the last run failed");
    return output;
  };

  before("is made", async function () {
    this.timeout(600_000);
    server.create();
    const marked = markedRelease("php", "one", server.bundles);
    release = marked.release;
    const ran = await server.deploy(marked);
    assert.equal(ran.code, 0, ran.output);
    await page();
  });
  after(() => server.remove());

  it("leaves the server as it was, also after a restart, when the web server refuses its configuration", async function () {
    this.timeout(300_000);
    const before = everything();
    assert.match(
      refused({ [`roles/${role}/site.conf`]: "\nNoSuchDirective on;\n" }),
      /(nginx|Apache) refuses its configuration: .*NoSuchDirective/i,
    );
    unchangedSince(before);
    await page();
    server.reboot();
    await page();
    unchangedSince(before);
  });

  const others: readonly (readonly [what: string, file: string, text: string, message: RegExp])[] = [
    [
      "the database",
      `roles/mysql/${template}`,
      "no_such_variable = 1\n",
      new RegExp(`${database} refuses its configuration: .*no_such_variable|no-such-variable`, "i"),
    ],
    [
      "PHP-FPM",
      "roles/php-fpm/pool.conf",
      "no_such_entry = 1\n",
      /PHP-FPM refuses its configuration: .*no_such_entry/,
    ],
    [
      "sshd",
      "roles/hardening/ssh.conf",
      "NoSuchKeyword yes\n",
      /sshd refuses its configuration: .*NoSuchKeyword/,
    ],
    ["the firewall", "roles/hardening/firewall.nft", "no such rule\n", /the firewall's rules are refused: /],
  ];
  for (const [what, file, text, message] of others) {
    it(`leaves the server as it was when ${what} refuses its configuration`, async function () {
      this.timeout(120_000);
      const before = everything();
      assert.match(refused({ [file]: text }), message);
      unchangedSince(before);
      await page();
    });
  }

  it("brings the database back with its previous settings when it does not start with the new ones", async function () {
    this.timeout(180_000);
    const before = everything();
    // Known and allowed, but not with the data that is there.
    assert.match(
      refused({ [`roles/mysql/${template}`]: "innodb_page_size = 8k\n" }),
      new RegExp(`error: ${database}\\.service can't restart with its new settings: `),
    );
    unchangedSince(before);
    await page();
    const rows = server.on(
      `${database} --batch --skip-column-names -e 'SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = "site"'`,
    );
    assert.ok(Number(rows) > 0, rows);
  });

  it("has nothing left to do once the setting is taken back", function () {
    this.timeout(120_000);
    refused({ [`roles/${role}/site.conf`]: "\nNoSuchDirective on;\n" });
    assert.match(server.provision(), /server: nothing changed/);
    assert.match(provisioned(), /^SETTINGS=[0-9a-f]{64}\nBUNDLE=one-server-web-[0-9a-f]{16}\n/);
  });

  /** Begins a run that writes a faulty file, kills it and all that it started once the file is there, and leaves it so. */
  const killHalfWay = () =>
    withScripts(
      {
        [`roles/${role}/site.conf`]: "\nNoSuchDirective on;\n",
        [`roles/${role}/role.sh`]: `\n${role}_check() { touch /run/half-way; sleep 300; }\n`,
      },
      () => {
        server.stage();
        server.on(`
          rm -f /run/half-way
          setsid bash -c 'echo $$ >/run/half-way.pid; exec "$(cat /run/scripts)/provision.sh" </run/settings' >/run/half-way.log 2>&1 &
          timeout 60 sh -c 'until [ -e /run/half-way ]; do sleep 0.1; done' || { cat /run/half-way.log; exit 1; }
          kill -KILL -- "-$(cat /run/half-way.pid)"
          grep -q NoSuchDirective ${site}`);
        assert.equal(provisioned(), "");
      },
    );

  it("is taken back by the next run when it was killed half-way", async function () {
    this.timeout(180_000);
    const before = everything();
    killHalfWay();
    assert.match(server.provision(), /took back what was changed.*nothing changed/s);
    unchangedSince(before);
    await page();
  });

  it("is taken back by the watch when it was killed and no run comes", async function () {
    this.timeout(180_000);
    const before = everything();
    killHalfWay();
    server.on("systemctl start one-server-web-check");
    unchangedSince(before);
    await page();
    server.provision();
  });

  it("is taken back when the machine starts again after it lost its power half-way", async function () {
    this.timeout(300_000);
    const before = everything();
    killHalfWay();
    server.cutPower();
    await page();
    await eventually("everything as it was", 30, () => {
      unchangedSince(before);
      return true;
    });
    server.provision();
    assert.match(server.on("/opt/one-server-web/release.sh list"), new RegExp(`^${release} +live`, "m"));
  });
}
