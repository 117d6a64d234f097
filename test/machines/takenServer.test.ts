import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Answer, askAt } from "../../scripts/cli/project/answer";
import { story } from "../../scripts/cli/test/story";
import { Clone } from "../support/clone";
import { type Machine, script, TestKey } from "../support/localScripts";
import { testNetwork } from "../support/networks";
import type { Ran } from "../support/runToEnd";

const { network, subnet } = testNetwork("t-foreign");

/**
 * A server that is somebody's already: its sshd listens at another port, its login's shell is zsh and its key of a rare type with a
 * passphrase; nginx has a virtual host, something answers at port 8080, and a package source of somebody else is broken.
 */
story("a server that is somebody's already", function () {
  this.timeout(400_000);
  const clone = new Clone();
  const folder = mkdtempSync(join(tmpdir(), "taken-"));
  let rootKey: TestKey;
  let machine: Machine;

  const inside = (command: string) =>
    script("machine.sh", "exec", network, "shop-1", "bash", "-c", command).trim();
  const run = (stack: string, ...args: string[]): Promise<Ran> =>
    clone.run("pulumi", [...args, "--non-interactive", "-s", stack]);
  const up = (stack: string) => run(stack, "up", "--yes");
  const mustUp = async (stack: string): Promise<Ran> => {
    const ran = await up(stack);
    assert.equal(ran.code, 0, ran.output);
    return ran;
  };
  const set = (stack: string, ...args: string[]) => clone.pulumi("config", "set", "-s", stack, ...args);
  const errors = ({ output }: Ran) =>
    [...new Set(output.split("\n").filter((line) => /error: /.test(line)))].join("\n");
  const over8080 = () =>
    execFileSync("curl", ["-s", "--max-time", "5", `http://${machine.address}:8080/`], { encoding: "utf8" });
  const vhost = () =>
    execFileSync(
      "curl",
      ["-s", "--max-time", "5", "-H", "Host: shop.example.com", `http://${machine.address}/`],
      {
        encoding: "utf8",
      },
    );
  /** What a person could tell a change by. */
  const settings = () =>
    inside(
      "tar -cf - /etc/nginx /etc/ssh /etc/sysctl.d /etc/systemd/system 2>/dev/null | sha256sum; nft list ruleset 2>/dev/null || true",
    );

  async function makeStack(stack: string): Promise<void> {
    writeFileSync(
      join(clone.folder, `Pulumi.${stack}.yaml`),
      stringify({
        config: {
          "one-server-web:platform": "ssh",
          "one-server-web:certificates": "local",
          "one-server-web:dns": "none",
          "one-server-web:database": "mariadb",
          "one-server-web:migrate": "php bin/migrate.php",
        },
      }),
    );
    await clone.pulumi("stack", "init", stack);
    await set(stack, "--secret", "databasePassword", "correct horse battery staple");
    const server = {
      ...{ address: machine.address, port: 2222, user: "ops", hostKey: machine.hostKey },
      privateKey: readFileSync(join(folder, "key"), "utf8"),
      passphrase: "a passphrase",
    };
    await set(stack, "--secret", "servers", JSON.stringify([server]));
  }

  before(async () => {
    rootKey = new TestKey();
    script("network.sh", "destroy", network, "--machines");
    script(
      ...["network.sh", "create", network, "--subnet", subnet],
      ...["--owner", network, "--zone", "foobar.com"],
    );
    machine = JSON.parse(
      script(
        ...["machine.sh", "create", network, "shop-1", "--suite", "trixie", "--number", "20"],
        ...["--authorized-key", rootKey.publicKey],
      ),
    ) as Machine;
    const key = join(folder, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ecdsa", "-b", "521", "-N", "a passphrase", "-f", key]);
    const publicKey = readFileSync(`${key}.pub`, "utf8").trim();
    inside(
      `set -eu
       apt-get -qq update
       DEBIAN_FRONTEND=noninteractive apt-get -qq --yes --no-install-recommends install sudo zsh nginx busybox >/dev/null
       useradd --create-home --shell /usr/bin/zsh ops
       echo 'ops ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/ops
       install -d -o ops -g ops -m 0700 /home/ops/.ssh
       echo '${publicKey}' >/home/ops/.ssh/authorized_keys
       chown ops: /home/ops/.ssh/authorized_keys
       echo 'ListenAddress 0.0.0.0:2222' >/etc/ssh/sshd_config.d/00-own.conf
       echo 'PermitRootLogin no' >>/etc/ssh/sshd_config.d/00-own.conf
       systemctl restart ssh
       mkdir -p /home/shop && echo shop >/home/shop/index.html
       printf 'server {\\n listen 80;\\n server_name shop.example.com;\\n root /home/shop;\\n}\\n' >/etc/nginx/sites-enabled/shop
       systemctl enable --now nginx; systemctl reload nginx
       echo 'deb [trusted=yes] http://broken.invalid/apt stable main' >/etc/apt/sources.list.d/other.list
       systemd-run --quiet --unit=other busybox httpd -f -p 8080 -h /home/shop`,
    );
    await makeStack("own");
  });

  after(() => {
    script("network.sh", "destroy", network, "--machines");
    rootKey.remove();
    rmSync(folder, { recursive: true });
    clone.remove();
  });

  it("is refused at preview where its login's shell talks, and the line says what to do", async () => {
    inside("echo 'echo Welcome to the shop' >/home/ops/.zshenv");
    const ran = await run("own", "preview");
    assert.notEqual(ran.code, 0);
    assert.match(
      errors(ran),
      /server web-1: its shell prints "Welcome to the shop" before each command, which breaks the transfer of files/,
    );
    inside("rm /home/ops/.zshenv");
  });

  it("is shown, refused, and not changed", async () => {
    const before = settings();
    const ran = await up("own");
    assert.notEqual(ran.code, 0);
    assert.match(
      ran.output,
      /error: this server is in use already: nginx listens on port 80\/tcp; busybox listens on port 8080\/tcp; a web server has the sites \/etc\/nginx\/sites-enabled\/shop \(shop\.example\.com\)\. Nothing was changed\./,
    );
    assert.equal(settings(), before);
    assert.equal(vhost(), "shop\n");
  });

  it("is taken over where that is said, what is to stay open stays, and what is replaced is kept", async () => {
    await set("own", "takeOver", "true");
    await set("own", "openPorts", '["8080/tcp"]');
    const { output } = await mustUp("own");
    assert.match(output, /takes over a server that is in use: nginx listens on port 80/);
    assert.match(
      output,
      /these package sources can't be used and are left out: http:\/\/broken\.invalid\/apt stable/,
    );
    assert.equal(over8080(), "shop\n");
    const kept = inside("tar -tzf /var/backups/one-server-web/*-taken-over.tar.gz");
    assert.match(kept, /^etc\/nginx\/sites-enabled\/shop$/m);
    assert.equal((await page()).status, 200);
  });

  it("lets in by the way of the first run: a key of a rare type, another port, a login that is not root", async () => {
    assert.match(inside("nft list table inet one_server_web"), /tcp dport 2222 jump ssh/);
    assert.match(inside("sshd -T"), /^permitrootlogin no$/m);
    assert.match(inside("sshd -T"), /^pubkeyacceptedalgorithms .*ecdsa-sha2-nistp521/m);
    assert.equal(inside("ls -d /var/lib/one-server-web/access* 2>/dev/null || echo confirmed"), "confirmed");
    assert.match((await mustUp("own")).output, /Resources:\s+\d+ unchanged\n/);
  });

  it("goes on forwarding for those who forward, such as containers", () => {
    assert.ok(!inside("nft list ruleset").includes("hook forward"));
  });

  it("is not taken by a second stack without a word, and when it is said the first one leaves it alone", async () => {
    await makeStack("second");
    const refused = await run("second", "preview");
    assert.notEqual(refused.code, 0);
    assert.match(
      errors(refused),
      /server web-1: it belongs to the stack one-server-web\/own, whose site and database/,
    );
    assert.match((await mustUp("own")).output, /Resources:\s+\d+ unchanged\n/);
    await set("second", "takeOver", "true");
    const taken = await mustUp("second");
    assert.match(taken.output, /web-1 belonged to the stack one-server-web\/own: this stack takes it over/);
    await clone.pulumi("config", "rm", "takeOver", "-s", "own");
    const first = await up("own");
    assert.notEqual(first.code, 0);
    assert.match(errors(first), /server web-1: it belongs to the stack one-server-web\/second/);
  });

  it("takes a change of sshd or the firewall back when no second login comes", () => {
    const rules = () => inside("nft list table inet one_server_web | grep -c 'dport 9999' || true");
    const again = (port: string, seconds = 10) =>
      inside(
        `set -eu; cd /opt/one-server-web
         sed "s|^OPEN_PORTS=.*|OPEN_PORTS='${port}'|" /root/settings |
           env OWNER="$(cat /var/lib/one-server-web/owner)" CONFIRM=yes ACCESS_SECONDS=${seconds} ./provision.sh`,
      );
    const stdin = clone.run("pulumi", ["stack", "export", "--show-secrets", "-s", "second"]);
    return stdin.then(({ stdout }) => {
      const { deployment } = JSON.parse(stdout) as {
        deployment: { resources: { urn: string; inputs?: { stdin?: { plaintext?: string } } }[] };
      };
      const text = deployment.resources.find(({ urn }) => urn.endsWith("::web-1-provision"))?.inputs?.stdin;
      const given = join(folder, "settings");
      writeFileSync(given, JSON.parse(text?.plaintext ?? '""') as string);
      execFileSync("bash", [
        "-c",
        `"$1" exec "$2" shop-1 bash -c 'umask 077; cat >/root/settings' <"$3"`,
        "-",
        join(__dirname, "../../scripts/host/machine.sh"),
        network,
        given,
      ]);
      assert.match(again("9999/tcp"), /taken back in 10 s unless a second login works/);
      assert.equal(rules(), "1");
      inside(
        "for i in $(seq 60); do [ -e /var/lib/one-server-web/access.restored ] && break; sleep 0.5; done",
      );
      assert.equal(rules(), "0");
      assert.equal(inside("cat /var/lib/one-server-web/provisioned 2>/dev/null || echo none"), "none");
      assert.match(
        inside("cat /var/lib/one-server-web/alerts/one-server-web-access"),
        /no second login came/,
      );
      const late = inside("/opt/one-server-web/provision.sh confirm 2>&1 || true");
      assert.match(late, /error: no login came in after the changes to sshd or the firewall/);
      again("9999/tcp");
      inside("/opt/one-server-web/provision.sh confirm; sleep 12");
      assert.equal(rules(), "1");
    });
  });

  async function page(): Promise<Answer> {
    const { caCertificate } = (await clone.outputs("own")) as { caCertificate: string };
    return askAt(machine.address, "https://www.foobar.com/", caCertificate);
  }
});
