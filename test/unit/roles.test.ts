import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { assignmentsOf, releaseAssignments, variableOf } from "../../components/roles/assignments";
import { bundleOf } from "../../components/roles/bundle";
import { type BundleFacts, factVariables, type MachineFacts } from "../../components/roles/facts";
import { roles, rolesOf } from "../../components/roles/roles";
import { roleNames } from "../../components/settings/roleNames";
import { readSettings } from "../../components/settings/settings";
import { entryOf, settingNames } from "../../components/settings/table";
import type { Tier } from "../../policy/vocabulary";
import { type Config, plainSettings, secretSettings, settingsSource } from "../support/settings";
import { serverScripts } from "../support/shell";

/** Servers by what they hold. */
const servers = {
  everything: ["web", "app", "database"],
  web: ["web", "app"],
  database: ["database"],
  balancer: ["load-balancer"],
} as const satisfies Record<string, readonly Tier[]>;
type ServerKind = keyof typeof servers;

const split: Config = { rung: "split-database" };

describe("a server's roles", () => {
  const around = { before: "base hardening", after: "watch exporters later" };
  const cases: readonly (readonly [kind: ServerKind, config: Config, own: string])[] = [
    ["everything", {}, "tls nginx php-fpm mysql valkey site tasks backup"],
    ["everything", { stack: "lamp" }, "tls apache php-fpm mysql valkey site tasks backup"],
    [
      "everything",
      { runtime: "python", site: "site/python" },
      "tls nginx python mysql valkey site tasks backup",
    ],
    ["everything", { database: "mariadb" }, "tls nginx php-fpm mysql valkey site tasks backup"],
    ["web", {}, "tls nginx php-fpm valkey site tasks"],
    ["web", { stack: "lamp", runtime: "python", site: "site/python" }, "tls apache python valkey site tasks"],
    ["database", {}, "mysql backup"],
    ["balancer", {}, "tls"],
    ["web", split, "tls internal-tls haproxy nginx php-fpm database-proxy valkey site tasks"],
    [
      "web",
      { ...split, sharedPaths: '["uploads"]' },
      "tls internal-tls haproxy nginx php-fpm database-proxy valkey site tasks backup",
    ],
    ["database", split, "internal-tls haproxy mysql database-endpoint backup"],
    [
      "database",
      { ...split, sharedPaths: '["uploads"]' },
      "internal-tls haproxy mysql database-endpoint backup",
    ],
  ];
  for (const [kind, config, own] of cases) {
    it(`are those of its tiers and of the settings, in their order: ${kind} ${JSON.stringify(config)}`, () => {
      const expected = `${around.before} ${own} ${around.after}`.split(" ");
      // Roles are set up in the order of roleNames.
      assert.deepEqual(
        rolesOf(servers[kind], plainSettings(config)),
        roleNames.filter((name) => expected.includes(name)),
      );
      assert.equal(rolesOf(servers[kind], plainSettings(config)).length, expected.length);
    });
  }

  it("are folders of scripts/server/roles, and nothing else is", () => {
    assert.deepEqual(readdirSync(join(serverScripts, "roles")).sort(), [...roleNames].sort());
  });
});

/** All secrets, each of a text of its own, and where they have a business. */
const secrets = {
  databasePassword: { text: "database-password", on: ["everything", "web", "database"] },
  // Comes with each release.
  environment: { text: "environment-secret", on: [] },
  alertEnvironment: { text: "alert-secret", on: ["everything", "web", "database", "balancer"] },
  backupPassword: { text: "backup-password", on: ["everything", "database"] },
  backupEnvironment: { text: "backup-secret", on: ["everything", "database"] },
  backupPrivateKey: { text: "backup-key", on: ["everything", "database"] },
  databaseKey: { text: "database-key", on: ["everything", "database"] },
  databaseAccount: { text: "account-password", on: ["everything", "database"] },
  certificateKey: { text: "certificate-key", on: ["everything", "web", "balancer"] },
  internalKey: { text: "internal-key", on: [] },
  servers: { text: "login-key", on: [] },
  privateKey: { text: "cloud-login-key", on: [] },
} as const;

const key = (text: string) => `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----`;
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAVHdhcoGWEWhdsMJUpVnTUDyHuAPSXyfIFgXTlfZ7rK";
const configuration: Config = {
  databasePassword: secrets.databasePassword.text,
  environment: JSON.stringify({ TOKEN: secrets.environment.text }),
  alertCommand: "curl",
  alertEnvironment: JSON.stringify({ TOKEN: secrets.alertEnvironment.text }),
  backupRepository: "sftp:backups@example.com:/site",
  backupPassword: secrets.backupPassword.text,
  backupEnvironment: JSON.stringify({ TOKEN: secrets.backupEnvironment.text }),
  backupPrivateKey: key(secrets.backupPrivateKey.text),
  backupHostKey: hostKey,
  servers: JSON.stringify([{ address: "203.0.113.7", privateKey: key(secrets.servers.text), hostKey }]),
  privateKey: key(secrets.privateKey.text),
};
const facts: BundleFacts = {
  certificate: { certificate: "CERTIFICATE", privateKey: key(secrets.certificateKey.text) },
  hostKey,
  internal: { authority: "AUTHORITY", certificate: "CERTIFICATE", privateKey: key(secrets.internalKey.text) },
  database: {
    listen: {
      address: "10.0.0.5",
      tls: { certificate: "CERTIFICATE", privateKey: key(secrets.databaseKey.text) },
    },
    serverId: 2,
    accounts: [{ name: "site", host: "10.0.0.2", password: secrets.databaseAccount.text }],
  },
};

describe("a secret", () => {
  for (const [name, { text, on }] of Object.entries(secrets)) {
    for (const kind of Object.keys(servers) as ServerKind[]) {
      const belongs = (on as readonly string[]).includes(kind);
      it(`${belongs ? "reaches" : "never reaches"} a server that ${belongs ? "needs it" : "has no business with it"}: ${name}, ${kind}`, () => {
        const settings = plainSettings(configuration);
        const assignments = assignmentsOf(rolesOf(servers[kind], settings), settings, facts);
        assert.equal(
          Object.values(assignments).some((value) => value.includes(text)),
          belongs,
        );
      });
    }
  }

  it("that belongs to a release comes with it, and no other does", () => {
    const brought = Object.values(releaseAssignments(plainSettings(configuration))).join();
    for (const [name, { text }] of Object.entries(secrets)) {
      assert.equal(brought.includes(text), name === "environment", name);
    }
  });

  /** What is another on servers that speak to each other, of the same secrets. */
  const onSplit: readonly (readonly [
    kind: ServerKind,
    config: Config,
    has: readonly (keyof typeof secrets)[],
  ])[] = [
    ["web", {}, ["databasePassword", "alertEnvironment", "certificateKey", "internalKey"]],
    [
      "web",
      { sharedPaths: '["uploads"]' },
      [
        "databasePassword",
        "alertEnvironment",
        "backupPassword",
        "backupEnvironment",
        "backupPrivateKey",
        "certificateKey",
        "internalKey",
      ],
    ],
    [
      "database",
      { sharedPaths: '["uploads"]' },
      [
        "databasePassword",
        "alertEnvironment",
        "backupPassword",
        "backupEnvironment",
        "backupPrivateKey",
        "databaseKey",
        "databaseAccount",
        "internalKey",
      ],
    ],
  ];
  for (const [kind, config, has] of onSplit) {
    it(`reaches no server of split-database that has no business with it: ${kind} ${JSON.stringify(config)}`, () => {
      const settings = plainSettings({ ...configuration, ...split, ...config });
      const given = Object.values(assignmentsOf(rolesOf(servers[kind], settings), settings, facts));
      const found = Object.entries(secrets).filter(([, { text }]) =>
        given.some((value) => value.includes(text)),
      );
      assert.deepEqual(
        found.map(([name]) => name),
        Object.keys(secrets).filter((name) => (has as readonly string[]).includes(name)),
      );
    });
  }

  it("is among these, each that there is", () => {
    const known = settingNames.filter((name) => entryOf(name).secret !== undefined);
    for (const name of [...known, ...secretSettings]) assert.ok(Object.hasOwn(secrets, name), name);
  });

  it("is listed with the roles that read it", () => {
    const of = (name: string) => roles.find((role) => role.name === name)?.secrets;
    assert.deepEqual(of("mysql"), ["databasePassword"]);
    assert.deepEqual(of("backup"), ["backupPassword", "backupEnvironment", "backupPrivateKey"]);
    assert.deepEqual(of("nginx"), []);
  });
});

describe("a bundle", () => {
  const settings = readSettings(settingsSource(configuration));
  const roles = ["base", "mysql", "backup"] as const;
  const resolved = <Value>(output: pulumi.Output<Value>) =>
    (output as unknown as { promise(): Promise<Value> }).promise();

  it("follows from roles, settings and what is known of the server, without an engine", async () => {
    const machine = pulumi.output({ dataDevice: "/dev/sdf" });
    const { scripts, assignments } = bundleOf(roles, settings, { hostKey, machine });
    assert.equal(scripts, serverScripts);
    assert.deepEqual(
      await resolved(assignments),
      assignmentsOf(roles, plainSettings(configuration), { hostKey, machine: { dataDevice: "/dev/sdf" } }),
    );
  });

  it("is secret as a whole, also where no secret is in it", async () => {
    assert.equal(await pulumi.isSecret(bundleOf(["later"], settings).assignments), true);
  });
});

describe("what a server is given", () => {
  const settings = plainSettings();

  it("is whole for its roles, whatever is set", () => {
    const names = (config: Config) => {
      const chosen = plainSettings(config);
      return Object.keys(assignmentsOf(rolesOf(servers.everything, chosen), chosen)).sort();
    };
    assert.deepEqual(names({}), names(configuration));
  });

  it("has a value wherever there is a default, also for what is not used", () => {
    const given = assignmentsOf(rolesOf(servers.everything, settings), settings);
    assert.deepEqual(
      [given.BACKUP_REPOSITORY, given.BACKUP_KEEP_DAYS, given.BACKUP_TIME],
      ["", "14", "02:15"],
    );
  });

  it("is what a platform says of the machine as well, under names of its own", () => {
    const machine = { dataDevice: "/dev/disk/by-id/x", dataVolumeSize: 20, metadataGuard: true };
    const given = assignmentsOf(["base"], settings, { machine });
    assert.deepEqual(
      [given.DATA_DEVICE, given.DATA_VOLUME_SIZE, given.METADATA_GUARD, given.CERTIFICATE_METRIC],
      ["/dev/disk/by-id/x", "20", "yes", "no"],
    );
  });

  it("can't be changed by a platform", () => {
    // @ts-expect-error: a setting's name is no fact of a machine.
    const machine: MachineFacts = { domain: "www.example.com", DOMAIN: "www.example.com" };
    assert.equal(assignmentsOf(["base"], settings, { machine }).DOMAIN, "www.foobar.com");
  });
});

/** The text of a role's folder. */
function roleText(role: string): string {
  const folder = join(serverScripts, "roles", role);
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
}

describe("a role's scripts", () => {
  const readers = new Map<string, readonly string[]>([
    ...settingNames
      .filter((name) => entryOf(name).server !== undefined && entryOf(name).scope !== "release")
      .map((name) => [variableOf(name), entryOf(name).server?.roles ?? []] as const),
    ...Object.entries(factVariables).map(([name, { roles }]) => [name, roles] as const),
  ]);
  const reads = (text: string, variable: string) =>
    new RegExp(
      `\\$${variable}\\b|\\$\\{[#!]?${variable}\\b|\\{\\{${variable}\\}\\}|\\(\\(.*\\b${variable}\\b.*\\)\\)`,
    ).test(text);

  for (const role of roleNames) {
    it(`read no setting but the role's own and those of every server: ${role}`, () => {
      const text = roleText(role);
      const foreign = [...readers].filter(
        ([variable, own]) => reads(text, variable) && !own.includes(role) && !own.includes("base"),
      );
      assert.deepEqual(
        foreign.map(([variable]) => variable),
        [],
      );
    });
  }

  it("read every variable that a server is given", () => {
    const all = readdirSync(serverScripts, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.[a-z]+$/.test(file))
      .map((file) => readFileSync(join(serverScripts, file), "utf8"))
      .join("\n");
    const unread = [...readers.keys()].filter((variable) => !reads(all, variable));
    // Its change alone has the server look at the volume again.
    assert.deepEqual(unread, ["DATA_VOLUME_SIZE"]);
  });
});
