import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Output } from "@pulumi/pulumi";
import { parse } from "yaml";
import { SettingsError } from "../../components/settings/read";
import { networkName, readSettings, type Settings, subnetOf } from "../../components/settings/settings";
import { table } from "../../components/settings/table";
import { projectFolder } from "../../scripts/cli/project/folders";
import { describedSettings } from "../../scripts/cli/settings/table";
import { madeFiles } from "../../scripts/cli/settings/write";

const password = "correct horse battery staple";

/** Reads these keys on top of a password, with a site folder that is there. */
function read(config: Record<string, string>, secretKeys = ["databasePassword"]): Settings {
  const all = { databasePassword: password, ...config };
  const named = Object.entries(all).map(([name, value]) => [`one-server-web:${name}`, value]);
  return readSettings({
    config: { ...Object.fromEntries(named), "aws:region": "eu-west-1" },
    secretKeys: secretKeys.map((name) => `one-server-web:${name}`),
    project: "one-server-web",
    stack: "local",
    projectFolder: folder,
  });
}

/** What Pulumi.yaml says of this project's own keys. */
function described(): Record<string, { description: string; default: unknown; secret?: boolean }> {
  const project = parse(readFileSync(join(projectFolder, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { description: string; default: unknown; secret?: boolean }>;
  };
  return Object.fromEntries(Object.entries(project.config).filter(([name]) => !name.includes(":")));
}

const isOutput = (value: unknown) => Output.isInstance(value);

function complaints(config: Record<string, string>, secretKeys?: string[]): readonly string[] {
  try {
    read(config, secretKeys);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.lines;
  }
  return [];
}

let folder: string;

describe("settings", () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "settings-"));
    mkdirSync(join(folder, "site/php/public"), { recursive: true });
    mkdirSync(join(folder, "empty"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("have defaults that bring up the sample site on this host", () => {
    const settings = read({});
    assert.equal(settings.domain, "www.foobar.com");
    assert.deepEqual(settings.aliases, ["foobar.com"]);
    assert.equal(settings.platform, "local");
    assert.equal(settings.rung, "single");
    assert.equal(settings.database.engine, "mysql");
    assert.equal(settings.site.folder, join(folder, "site/php"));
    assert.equal(settings.local.network, "local");
  });

  it("are read from text as Pulumi hands it over", () => {
    const settings = read({
      domain: "shop.example.org",
      aliases: '["example.org"]',
      keepReleases: "9",
      sharedPaths: '["uploads", "var/cache"]',
      suite: "trixie",
      subnet: "192.168.7.0/24",
    });
    assert.deepEqual(settings.aliases, ["example.org"]);
    assert.equal(settings.site.keepReleases, 9);
    assert.deepEqual(settings.site.sharedPaths, ["uploads", "var/cache"]);
    assert.equal(settings.database.engine, "mariadb", "Debian trixie has no MySQL");
    assert.equal(settings.local.subnet, "192.168.7.0/24");
  });

  const wrong: [name: string, value: string, says: RegExp][] = [
    ["domain", "foo bar", /^one-server-web:domain is "foo bar"; expected a full host name/],
    ["domain", "localhost", /domain is "localhost"/],
    ["domain", "-foo.com", /domain is "-foo.com"/],
    ["domain", `${"a".repeat(64)}.com`, /one-server-web:domain is/],
    [
      "domain",
      "WWW.foobar.com",
      /in lower case; for example: pulumi config set domain www.foobar.com -s local$/,
    ],
    ["domain", "foo..com", /domain is "foo..com"/],
    ["domain", "1.2.3.4", /domain is "1.2.3.4"/],
    ["aliases", '["www.foobar.com"]', /aliases holds the domain www.foobar.com itself/],
    ["aliases", "foobar.com", /aliases is "foobar.com"; expected a list/],
    ["platform", "azure", /platform is "azure"; expected local, ssh or aws/],
    ["rung", "double", /rung is "double"; expected single, split-database/],
    ["site", "nowhere", /site is ".*nowhere", where no folder is/],
    ["site", "empty", /documentRoot is "public", which is not a folder in .*empty/],
    ["documentRoot", "../etc", /documentRoot is "..\/etc"/],
    ["documentRoot", "/etc", /documentRoot is "\/etc"/],
    ["healthPath", "healthz", /healthPath is "healthz"; expected the path/],
    ["sharedPaths", '["../../etc"]', /sharedPaths is/],
    ["environment", '{"lower": "x"}', /environment is/],
    ["environment", '{"NAME": "two\\nlines"}', /environment is/],
    ["keepReleases", "1", /keepReleases is "1"; expected a whole number of releases, 2 to 50/],
    ["keepReleases", "many", /keepReleases is "many"/],
    ["requestTimeout", "4", /requestTimeout is "4"; expected a whole number of seconds, 5 to 3600/],
    ["appProcesses", "0", /appProcesses is "0"; expected a whole number of requests, 1 to 1024/],
    ["requestTimeout", "2m", /requestTimeout is "2m"/],
    ["database", "postgres", /database is "postgres"; expected mysql or mariadb/],
    ["suite", "buster", /suite is "buster"; expected sid/],
    ["network", "Way-too-long-a-name", /network is/],
    ["subnet", "10.0.0.0/8", /subnet is "10.0.0.0\/8"; expected a private network/],
    ["subnet", "8.8.8.0/24", /subnet is "8.8.8.0\/24"/],
    ["subnet", "10.300.0.0/24", /subnet is/],
    ["acmeEmail", "nobody", /acmeEmail is "nobody"; expected an e-mail/],
    ["acmeDirectory", "http://insecure.example", /acmeDirectory is/],
    [
      "domian",
      "www.foobar.com",
      /domian is not a setting; did you mean domain\? Remove it: pulumi config rm domian/,
    ],
  ];
  for (const [name, value, says] of wrong) {
    it(`refuse ${name} ${value.slice(0, 40)}`, () => {
      const lines = complaints({ [name]: value });
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0] ?? "", says);
      assert.doesNotMatch(lines[0] ?? "", /\n/);
    });
  }

  it("refuse mysql on a suite that has none", () => {
    assert.match(
      complaints({ suite: "trixie", database: "mysql" }).join(),
      /database is mysql, which Debian trixie/,
    );
  });

  it("refuse a secret in plain text, without showing it", () => {
    const [line = ""] = complaints({}, []);
    assert.match(line, /databasePassword is a secret but stands in the stack's file in plain text/);
    assert.match(line, /openssl rand -base64 24 \| pulumi config set --secret databasePassword -s local$/);
    assert.doesNotMatch(line, new RegExp(password));
  });

  it("never show a secret that is wrong", () => {
    const [line = ""] = complaints({ databasePassword: "hunter2" });
    assert.match(line, /databasePassword has a value that is not allowed; expected 12 to 128 characters/);
    assert.doesNotMatch(line, /hunter2/);
  });

  it("ask for a server's port between 1 and 65535, and show no key", () => {
    const servers = JSON.stringify([
      {
        address: "203.0.113.7",
        port: 70000,
        privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----",
        hostKey: "ssh-ed25519 AAAA",
      },
    ]);
    const [line = ""] = complaints({ platform: "ssh", servers }, ["databasePassword", "servers"]);
    assert.match(line, /servers has a value that is not allowed at \[0\]\.port; .*port \(1 to 65535\)/);
    assert.doesNotMatch(line, /BEGIN OPENSSH/);
  });

  it("name every wrong key at once", () => {
    assert.equal(complaints({ domain: "x", rung: "y", colour: "z" }).length, 3);
  });

  it("are each described in Pulumi.yaml, and nothing else is", () => {
    assert.deepEqual(Object.keys(described()).sort(), Object.keys(table).sort());
    for (const { name, about } of describedSettings()) {
      assert.ok(about.length > 10, name);
      assert.ok(
        described()[name]?.description.startsWith(about),
        `${name}: ${described()[name]?.description}`,
      );
    }
  });

  it("stand in Pulumi.yaml and docs/settings.md as in the table (npm run settings -- --write)", () => {
    for (const [path, text] of Object.entries(madeFiles(projectFolder)))
      assert.equal(readFileSync(join(projectFolder, path), "utf8"), text, `${path} differs from the table`);
  });

  it("have secrets that Pulumi.yaml marks as such", () => {
    for (const { name, secret } of describedSettings())
      assert.equal(described()[name]?.secret === true, secret, name);
  });

  it("have examples that are right", () => {
    for (const [name, { schema, example }] of Object.entries(table)) {
      if (/[$…]/.test(example)) continue; // a command that makes one, or a key that is left out
      assert.ok(schema.safeParse(example).success, `${name}: ${example}`);
    }
  });

  it("have the same defaults in Pulumi.yaml as in the program", () => {
    const defaults = Object.entries(described()).map(([name, key]) => [name, String(key.default)]);
    const { databasePassword: _, ...written } = Object.fromEntries(defaults) as Record<string, string>;
    const plain = (settings: Settings) =>
      JSON.stringify(settings, (_key, value) => (isOutput(value) ? "" : value));
    assert.equal(plain(read(written)), plain(read({})));
  });
});

describe("a stack's local network", () => {
  it("has the stack's name where an interface can bear it", () => {
    assert.equal(networkName("local"), "local");
    assert.match(networkName("feature/Long_Branch-Name"), /^n[0-9a-f]{9}$/);
    assert.notEqual(networkName("feature-branch-one"), networkName("feature-branch-two"));
  });

  it("has a subnet of its own in 10.128.0.0/10", () => {
    for (const name of ["local", "test", "a", "b"]) {
      assert.match(subnetOf(name), /^10\.(12[89]|1[3-8]\d|19[01])\.\d{1,3}\.0\/24$/);
    }
    assert.notEqual(subnetOf("a"), subnetOf("b"));
  });
});
