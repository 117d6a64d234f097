import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { deterministicArchive } from "../../components/servers/archive";
import { auditorsFolder, ensureAuditors } from "../../scripts/cli/test/auditors";
import { withSettings } from "../support/load/releases";
import { type Ran, ReleaseServer } from "../support/load/server";
import { testNetwork } from "../support/networks";
import { openPorts } from "../support/ports";

/** What Lynis gives the same packages in the distribution's stock configuration (measured with the same Lynis, 3.1.7). */
const stockIndex = 63;

/** All that only root may open and some more, where databases, caches, app servers and exporters listen, and the forgotten one. */
const ports = [...Array.from({ length: 4096 }, (_, index) => index + 1), 6379, 8080, 9000, 9100, 9104, 33060];

describe("a server as attackers and auditors see it", function () {
  this.timeout(600_000);
  const server = new ReleaseServer({
    ...testNetwork("security"),
    suite: "sid",
    runtime: "php",
    settings: { ROLES: "base hardening tls nginx php-fpm mysql site backup later" },
  });
  const { address } = server.target;
  let audited: Promise<Ran>;

  before("is made and takes a release", async () => {
    await ensureAuditors();
    server.create();
    const archive = deterministicArchive(join(__dirname, "../../site/php"), { bundles: server.bundles });
    const settings = { MIGRATE: "php bin/migrate.php", SHARED_PATHS: "public/uploads" };
    const ran = await server.deploy(withSettings({ mark: "", archive }, settings));
    assert.equal(ran.code, 0, ran.output);
    // The first record of all files takes a while and tells an auditor nothing. Lynis waits for the packages and then asks one thing
    // after the other for two minutes, beside the next tests.
    audited = server.run(
      "mkdir -p /var/lib/aide && touch /var/lib/aide/aide.db && /usr/local/lib/one-server-web/install-later && apt-get install --yes -q --no-install-recommends lynis && lynis audit system --quick --no-colors",
    );
  });

  after(() => server.remove());

  it("can be reached through the ports of SSH and the web alone, whatever listens", async () => {
    server.on("systemd-run --quiet --unit=forgotten systemd-socket-activate --listen=0.0.0.0:8080 /bin/true");
    assert.match(server.on("until ss -Hltn | grep :8080; do :; done"), /:8080/);
    assert.deepEqual(await openPorts(address, ports), [22, 80, 443]);
    server.on("systemctl stop forgotten");
  });

  it("runs no code that someone uploaded, whatever its name", async () => {
    const names = ["shell.php", "shell.PHP", "shell.phtml", "shell.php5", "picture.php.jpg", "picture.jpg"];
    for (const name of names) {
      server.on(
        `cat > '/srv/www/shared/public/uploads/${name}'`,
        "<?php echo 'executed ' . (40 + 2); ?> as it is",
      );
    }
    const paths = names.flatMap((name) => [`/uploads/${name}`, `/uploads/${name}/index.php`]);
    for (const path of [...paths, "/uploads/../uploads/shell.php", "/uploads/picture.jpg/shell.php"]) {
      assert.doesNotMatch((await get(path)).body, /executed 42/, path);
    }
    // Shown so that the test can fail: files are served from there, and PHP runs elsewhere.
    assert.match((await get("/uploads/picture.jpg")).body, /as it is/);
    assert.equal((await get("/uploads/shell.php")).status, 404);
    assert.match((await get("/healthz")).body, /ok/i);
  });

  it("speaks TLS as Mozilla's intermediate guideline wants it, over HTTPS alone", async () => {
    const { output } = audit(
      "sslyze",
      "--mozilla_config=intermediate",
      "--sni",
      server.domain,
      `${address}:443`,
    );
    const findings = [...output.matchAll(/^ {8}\* (.*)$/gm)].map(([, finding]) => finding);
    // The one certificate that no authority has signed is the test's own.
    assert.deepEqual(
      findings,
      [`certificate_path_validation: Certificate path validation failed for CN=${server.domain}.`],
      output,
    );
    assert.equal((await get("/")).headers["strict-transport-security"], "max-age=63072000");
  });

  it("gives ssh-audit nothing to find but the exchange that clients without a hybrid one need", () => {
    const { output } = audit(
      "ssh_audit.ssh_audit",
      "--skip-rate-test",
      "--no-colors",
      "--level=warn",
      address,
    );
    const findings = output.split("\n").filter((line) => /\[(warn|fail)\]/.test(line));
    assert.ok(/additional info/.test(output), output);
    for (const line of findings) assert.match(line, /^\(kex\) curve25519-sha256\S* .*post-quantum attacks$/);
  });

  for (const [unit, most] of [
    ["nginx", 2.7],
    ["mysql", 3.3],
    ["site-app@blue", 1.5],
    ["one-server-web-firewall", 4],
  ] as const) {
    it(`holds ${unit} in a sandbox that systemd rates ${most} or better`, () => {
      const said = server.on(`systemd-analyze security --no-pager ${unit}.service | tail -n 1`);
      const exposure = Number(/: ([\d.]+) /.exec(said)?.[1]);
      assert.ok(exposure <= most, said);
    });
  }

  it(`has a hardening index of Lynis of 80 or more, where the stock system has ${stockIndex}`, async () => {
    const { code, output } = await audited;
    assert.equal(code, 0, output);
    const index = Number(/Hardening index : (\d+)/.exec(output)?.[1]);
    assert.ok(index >= 80, `${index}`);
  });

  /** Runs one of the auditors on this host. */
  function audit(module: string, ...args: readonly string[]): { output: string } {
    const environment = { ...process.env, PYTHONPATH: auditorsFolder(), PYTHONWARNINGS: "ignore" };
    const ran = spawnSync("python3", ["-m", module, ...args], { env: environment, encoding: "utf8" });
    assert.equal(ran.error, undefined);
    return { output: ran.stdout + ran.stderr };
  }

  function get(
    path: string,
  ): Promise<{ status: number | undefined; body: string; headers: IncomingHttpHeaders }> {
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: address,
          path,
          servername: server.domain,
          headers: { Host: server.domain },
          ca: server.target.authority,
        },
        (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (text: string) => {
            body += text;
          });
          response.on("end", () => resolve({ status: response.statusCode, body, headers: response.headers }));
        },
      );
      asked.on("error", reject).end();
    });
  }
});
