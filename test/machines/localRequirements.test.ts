import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { runScript, script } from "../support/localScripts";
import { testNetwork } from "../support/networks";

const scripts = [
  "requirements.sh",
  "tree.sh",
  "network.sh",
  "machine.sh",
  "dns.sh",
  "keypair.sh",
  "certificate-authority.sh",
];

describe("the scripts of the platform local", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    // Where everybody may read.
    folder = mkdtempSync(join(tmpdir(), "one-server-web-local-"));
    cpSync(join(projectFolder, "scripts/host"), folder, { recursive: true });
    assert.equal(spawnSync("chmod", ["-R", "a+rX", folder]).status, 0);
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const name of scripts) {
    it(`${name} explains itself, and refuses what it doesn't know with 2`, () => {
      const help = script(name, "--help");
      assert.match(help, new RegExp(`^usage: .*${name} `, "m"));
      assert.doesNotMatch(help, /^#|set -euo/m);
      for (const args of [[], ["nonsense"]]) {
        const refused = runScript(name, ...args);
        assert.equal(refused.code, 2);
        assert.match(refused.stderr, new RegExp(`^error: expected .*; see ${name} --help\n$`));
      }
    });
  }

  const needingRoot = [
    "requirements.sh check",
    "tree.sh create sid",
    `network.sh create locn --subnet ${testNetwork("locn").subnet} --owner test-requirements`,
    "machine.sh create locn web-1 --suite sid --number 10 --authorized-key 'ssh-ed25519 AAAA'",
    "dns.sh list locn",
    "keypair.sh create",
  ];
  for (const command of needingRoot) {
    it(`say that root is needed, and name the other platforms: ${command}`, () => {
      const line = `setpriv --reuid=65534 --regid=65534 --clear-groups ${folder}/${command}`;
      const ran = spawnSync("bash", ["-c", line], { encoding: "utf8" });
      assert.equal(ran.status, 1);
      assert.match(
        ran.stderr,
        /^error: platform: "local" does not work here: it needs root .*"nobody"; run it as root; or choose another platform: `pulumi config set platform ssh` \(servers you have\) or `aws`\n$/,
      );
    });
  }

  /** Runs a command where /etc/resolv.conf names a server that isn't there, in a mount namespace that then vanishes. */
  const withoutNames = (command: string) => {
    const resolver = join(folder, "resolv.conf");
    writeFileSync(resolver, "nameserver 127.0.0.66\noptions timeout:1 attempts:1\n");
    const line = `mount --bind ${resolver} /etc/resolv.conf && ${command}`;
    return spawnSync("unshare", ["--mount", "bash", "-c", line], { cwd: projectFolder, encoding: "utf8" });
  };

  it("say that names can't be resolved before anything is made", () => {
    for (const command of [
      "requirements.sh check",
      `network.sh create locn --subnet ${testNetwork("locn").subnet} --owner test-requirements`,
    ]) {
      const ran = withoutNames(`scripts/host/${command}`);
      assert.equal(ran.status, 1);
      assert.match(
        ran.stderr,
        /^error: platform: "local" does not work here: the name of the Debian mirror, ".+", can't be resolved; check \/etc\/resolv\.conf/,
      );
    }
    assert.doesNotMatch(script("network.sh", "list"), /locn/);
  });

  it("say that the kernel refuses namespaces, as in a container", () => {
    const drop = "setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin scripts/host/requirements.sh check";
    const ran = spawnSync("bash", ["-c", drop], { cwd: projectFolder, encoding: "utf8" });
    assert.equal(ran.status, 1);
    assert.match(
      ran.stderr,
      /^error: platform: "local" does not work here: the kernel refuses new namespaces/,
    );
  });

  it("find a host that is ready ready, and change nothing then", () => {
    assert.equal(runScript("requirements.sh", "check").stderr, "");
    assert.equal(runScript("requirements.sh", "install").stderr, "");
  });
});

describe("keys and certificates of the platform local", function () {
  this.timeout(60_000);
  let folder: string;
  /** In memory, and this test's own: stacks that are brought up meanwhile keep their keys elsewhere. */
  let memory: string;
  const { XDG_RUNTIME_DIR: shared } = process.env;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "one-server-web-keys-"));
    memory = mkdtempSync("/dev/shm/one-server-web-keys-");
    process.env.XDG_RUNTIME_DIR = memory;
  });
  after(() => {
    if (shared === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = shared;
    for (const made of [folder, memory]) rmSync(made, { recursive: true });
  });

  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const openssl = (...args: readonly string[]) => spawnSync("openssl", args, { encoding: "utf8" }).stdout;
  const sign = (input: string, ...hostnames: readonly string[]) =>
    spawnSync(join(projectFolder, "scripts/host/certificate-authority.sh"), ["sign", ...hostnames], {
      input,
      encoding: "utf8",
    });
  const secretFolders = () => readdirSync(memory).join();

  it("a key pair is one pair, and another one each time", () => {
    const [pair, other] = [1, 2].map(
      () => JSON.parse(script("keypair.sh", "create", "test")) as Record<string, string>,
    );
    assert.ok(pair?.privateKey && other?.privateKey);
    const derived = spawnSync("ssh-keygen", ["-y", "-f", file("key", pair.privateKey)], { encoding: "utf8" });
    assert.equal(derived.stdout.trim(), pair.publicKey);
    assert.match(pair.publicKey ?? "", /^ssh-ed25519 \S+ test$/);
    assert.notEqual(pair.publicKey, other.publicKey);
    assert.equal(secretFolders(), "");
  });

  it("a certificate holds for its names, for a server, for 824 days, and for clients that are strict", () => {
    const authority = JSON.parse(script("certificate-authority.sh", "create", "test authority")) as Record<
      string,
      string
    >;
    const ca = file("ca.pem", authority.certificate ?? "");
    const signed = sign(`${authority.certificate}${authority.privateKey}`, "www.foobar.com", "foobar.com");
    assert.equal(signed.status, 0, signed.stderr);
    const leaf = JSON.parse(signed.stdout) as Record<string, string>;
    const pem = file("leaf.pem", leaf.certificate ?? "");
    for (const name of ["www.foobar.com", "foobar.com"]) {
      assert.match(
        openssl(
          "verify",
          "-x509_strict",
          "-purpose",
          "sslserver",
          "-verify_hostname",
          name,
          "-CAfile",
          ca,
          pem,
        ),
        /: OK$/m,
      );
    }
    assert.doesNotMatch(
      openssl("verify", "-verify_hostname", "mail.foobar.com", "-CAfile", ca, pem),
      /: OK$/m,
    );
    assert.doesNotMatch(openssl("verify", "-purpose", "sslclient", "-CAfile", ca, pem), /: OK$/m);
    assert.equal(
      openssl("x509", "-in", pem, "-noout", "-pubkey"),
      openssl("pkey", "-in", file("leaf.key", leaf.privateKey ?? ""), "-pubout"),
    );
    assert.match(openssl("x509", "-in", pem, "-noout", "-text"), /NIST CURVE: P-256/);
    const days = (Date.parse(leaf.expires ?? "") - Date.now()) / 86_400_000;
    assert.ok(days > 823 && days <= 824, `${days} days`);
    assert.equal(secretFolders(), "");
  });

  it("an authority without its key signs nothing, in one line", () => {
    const refused = sign("no PEM\n", "www.foobar.com");
    assert.equal(refused.status, 1);
    assert.equal(
      refused.stderr,
      "error: standard input does not hold the authority's certificate and private key in PEM\n",
    );
    assert.equal(secretFolders(), "");
  });

  it("names that are none are refused", () => {
    for (const name of [
      "-www.foobar.com",
      "www..foobar.com",
      "foo_bar.com",
      "DNS:x,DNS:y",
      `${"a".repeat(64)}.com`,
    ]) {
      assert.equal(sign("", name).status, 2, name);
    }
  });
});
