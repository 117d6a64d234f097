import assert from "node:assert/strict";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { shellQuote } from "../../components/servers/assignments";
import { readUpgradePath } from "../../policy/upgradePath";
import { projectFolder } from "../../scripts/cli/project/folders";
import { secretSettings } from "../support/settings";

const password = "correct horse battery staple";

/** What the local scripts print, by a word of the command that runs them. */
const printed: readonly (readonly [word: string, printed: object])[] = [
  ["keypair.sh", { publicKey: "ssh-ed25519 AAAA", privateKey: "KEY" }],
  ["network.sh", { dnsServer: "10.88.0.1:53" }],
  ["machine.sh", { address: "10.88.0.10", hostKey: "ssh-ed25519 BBBB", instanceId: "first-machine" }],
  ["dns.sh", { hostname: "www.foobar.com", type: "A", address: "10.88.0.10", ttl: 5 }],
  ["authority.sh create", { certificate: "AUTHORITY", privateKey: "AUTHORITY KEY" }],
  ["authority.sh sign", { certificate: "LEAF", privateKey: "LEAF KEY" }],
];

interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

class Engine implements pulumi.runtime.Mocks {
  readonly made: Made[] = [];
  constructor(
    private readonly preview: boolean,
    private readonly state?: Readonly<Record<string, object>>,
  ) {}

  newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
    this.made.push({ type, name, inputs });
    const answer = printed.find(([word]) => String(inputs.create ?? "").includes(word))?.[1] ?? "done";
    const stdout = typeof answer === "string" ? answer : JSON.stringify(answer);
    return { id: `${name}-id`, state: this.preview ? { ...inputs } : { ...inputs, stdout, stderr: "" } };
  }

  /** What a state says that has been there before. */
  call() {
    return this.state === undefined ? {} : { outputs: this.state };
  }

  named(type: string, name: string): Made {
    const found = this.made.find((made) => made.type === type && made.name === name);
    assert.ok(found, `${type} ${name} was not made, only ${this.made.map((made) => made.name).join(", ")}`);
    return found;
  }
}

/** Runs index.ts as the engine would. */
async function run(
  preview: boolean,
  config: Record<string, string> = {},
  secrets: readonly string[] = ["databasePassword"],
  state?: Readonly<Record<string, object>>,
) {
  const engine = new Engine(preview, state);
  const settings = { databasePassword: password, network: "local", subnet: "10.88.0.0/24", ...config };
  const named = Object.entries(settings).map(([name, value]) => [`one-server-web:${name}`, value]);
  // Without an organization the state can't be asked for.
  const organization = state === undefined ? undefined : "organization";
  await pulumi.runtime.setMocks(engine, "one-server-web", "local", preview, organization);
  pulumi.runtime.setAllConfig(Object.fromEntries(named));
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(secrets.map((name) => `one-server-web:${name}`));
  try {
    const program = (await import("../../index.js")) as unknown as { default: () => Promise<Outputs> };
    // At preview the stack's own outputs are unknown as a whole, so what the program returns is kept.
    let outputs: Outputs = {};
    await pulumi.runtime.runInPulumiStack(async () => {
      outputs = await program.default();
      return outputs;
    });
    await pulumi.runtime.disconnect();
    return { engine, outputs };
  } finally {
    delete process.env.PULUMI_CONFIG_SECRET_KEYS;
  }
}

type Outputs = Record<string, unknown>;

function resolved(output: unknown): Promise<unknown> {
  return (pulumi.output(output) as unknown as { promise(): Promise<unknown> }).promise();
}

function isSecret(output: unknown): Promise<boolean> {
  return pulumi.isSecret(pulumi.output(output));
}

/** A text as the engine is given it, where it may be wrapped as a secret. */
function plainText(input: unknown): string {
  if (typeof input === "string") return input;
  assert.ok(typeof input === "object" && input !== null && "value" in input, JSON.stringify(input));
  return plainText(input.value);
}

/** Whether Pulumi's CLI shows the text as a tree: it does so with JSON and YAML that hold more than one value. */
function isTree(text: string): boolean {
  try {
    return typeof parse(text) === "object";
  } catch {
    return false;
  }
}

for (const preview of [true, false]) {
  describe(`the program at ${preview ? "preview" : "update"}`, () => {
    let engine: Engine;
    let outputs: Outputs;
    before(async function () {
      this.timeout(20_000);
      ({ engine, outputs } = await run(preview));
    });

    it("makes one machine, two names, one provisioning and one release", () => {
      const types = engine.made.map(({ type }) => type);
      assert.equal(types.filter((type) => type === "one-server-web:local:Server").length, 1);
      assert.equal(types.filter((type) => type === "one-server-web:local:DnsRecord").length, 2);
      assert.equal(types.filter((type) => type === "one-server-web:server:Provision").length, 1);
      assert.equal(types.filter((type) => type === "one-server-web:server:Release").length, 1);
    });

    it("uses one upload and one command to provision, a second login after it, and as many to release", () => {
      const remote = engine.made.filter(({ type }) => type.startsWith("command:remote:"));
      assert.deepEqual(remote.map(({ type, name }) => `${type.slice(15)} ${name}`).sort(), [
        "Command web-1-access",
        "Command web-1-deploy",
        "Command web-1-provision",
        "CopyToRemote web-1-scripts",
        "CopyToRemote web-1-upload",
      ]);
    });

    it("gives secrets by standard input, never in a command", async () => {
      const { inputs } = engine.named("command:remote:Command", "web-1-provision");
      assert.ok(!String(inputs.create).includes(password));
      const commands = engine.made.map((made) => String(made.inputs.create ?? ""));
      assert.ok(commands.every((command) => !command.includes(password)));
    });

    it("tells the rung, the URL and the way up", async () => {
      assert.equal(await resolved(outputs.rung), "single");
      assert.equal(await resolved(outputs.url), "https://www.foobar.com/");
      const path = readUpgradePath(await resolved(outputs.upgradePath));
      assert.ok(path);
      assert.equal(path.rung, "single");
      assert.equal(path.next?.rung, "split-database");
      assert.deepEqual(
        path.singlePointsOfFailure.map(({ names }) => names),
        [["web-1"]],
      );
      assert.match(String(await resolved(outputs.nextRung)), /^split-database, where /);
    });

    it("says of each component what identifies it, so that policies see it at preview", () => {
      const components = engine.made.filter(({ type }) => type.startsWith("one-server-web:"));
      const alone = components.filter(({ inputs }) => Object.keys(inputs).length === 0);
      // One a stack: their names say it all.
      assert.deepEqual(alone.map(({ type }) => type).sort(), [
        "one-server-web:local:CertificateAuthority",
        "one-server-web:local:KeyPair",
      ]);
      assert.deepEqual(engine.named("one-server-web:local:Server", "web-1").inputs, {
        name: "web-1",
        tiers: ["web", "app", "database"],
        zone: "this-host",
        platform: "local",
        backup: false,
      });
    });

    it("prints its outputs on one line each, the way up too", async () => {
      const { servers: _, caCertificate: __, ...lines } = outputs;
      for (const [name, output] of Object.entries(lines)) {
        const value = await resolved(output);
        if (preview && value === undefined) continue;
        assert.equal(typeof value, "string", name);
        // The CLI shows JSON as a tree.
        assert.ok(!isTree(String(value)), `${name}: ${value}`);
      }
    });
  });
}

describe("the program", function () {
  this.timeout(20_000);

  it("provisions and deploys anew when another machine is behind the address", async () => {
    const { engine } = await run(false);
    for (const name of ["web-1-provision", "web-1-deploy"]) {
      const { triggers } = engine.named("command:remote:Command", name).inputs;
      assert.ok((triggers as unknown[]).includes("first-machine"), name);
    }
  });

  it("shows addresses and how to log in, but no key", async () => {
    const { outputs } = await run(false);
    assert.deepEqual(await resolved(outputs.servers), [
      {
        name: "web-1",
        tier: "web, app, database",
        zone: "this-host",
        publicIp: "10.88.0.10",
        privateIp: "10.88.0.10",
        login: "scripts/host/machine.sh login local web-1",
      },
    ]);
    assert.equal(await resolved(outputs.caCertificate), "AUTHORITY");
    assert.equal(await isSecret(outputs.caCertificate), false);
    assert.equal(await isSecret(outputs.publicIp), false);
  });

  it("tells the server of workers, jobs, alarms and backups as they were set, with all secrets on standard input", async () => {
    const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret-key\n-----END OPENSSH PRIVATE KEY-----";
    const hostKey =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAVHdhcoGWEWhdsMJUpVnTUDyHuAPSXyfIFgXTlfZ7rK comment";
    const { engine } = await run(
      false,
      {
        workers: '{"mail": "php bin/mail.php \'all\'"}',
        cron: '{"clean": {"schedule": "*:0/10", "command": "php bin/clean.php"}}',
        alertCommand: 'curl -d @- "https://chat.example.com/$ROOM"',
        alertEnvironment: '{"ROOM": "secret-room"}',
        environment: '{"TOKEN": "secret-token"}',
        backupRepository: "sftp:backups@example.com:/site",
        backupPassword: "secret-password",
        backupEnvironment: '{"RESTIC_COMPRESSION": "max"}',
        backupPrivateKey: key,
        backupHostKey: hostKey,
      },
      secretSettings,
    );
    const { inputs } = engine.named("command:remote:Command", "web-1-provision");
    const told =
      plainText(inputs.stdin) +
      plainText(engine.named("command:remote:Command", "web-1-deploy").inputs.stdin);
    for (const [name, value] of [
      ["WORKERS", "mail\tphp bin/mail.php 'all'"],
      ["CRON", "clean\t*:0/10\tphp bin/clean.php"],
      ["ENVIRONMENT", "TOKEN=secret-token"],
      ["ALERT_COMMAND", 'curl -d @- "https://chat.example.com/$ROOM"'],
      ["ALERT_ENVIRONMENT", "ROOM=secret-room"],
      ["BACKUP_REPOSITORY", "sftp:backups@example.com:/site"],
      ["BACKUP_PASSWORD", "secret-password"],
      ["BACKUP_ENVIRONMENT", "RESTIC_COMPRESSION=max"],
      ["BACKUP_PRIVATE_KEY", key],
      ["BACKUP_HOST_KEY", hostKey],
    ] as const) {
      const line = `${name}=${shellQuote(value)}\n`;
      assert.ok(told.includes(line), `${line} is not in\n${told}`);
    }
    for (const { inputs: others } of engine.made) {
      assert.doesNotMatch(JSON.stringify({ ...others, stdin: "" }), /secret-(key|room|password|token)/);
    }
  });

  it("names a setting that has no effect, and does its work all the same", async () => {
    const warnings: string[] = [];
    const warn = console.warn;
    console.warn = (line: string) => warnings.push(line);
    try {
      const { engine } = await run(true, { instanceType: "t4g.large" });
      engine.named("command:remote:Command", "web-1-provision");
    } finally {
      console.warn = warn;
    }
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.match(warnings[0] ?? "", /one-server-web:instanceType is "t4g.large", which has no effect/);
  });

  const refused: [config: Record<string, string>, says: RegExp][] = [
    [{ domain: "foo bar" }, /^one-server-web:domain is "foo bar"/],
    [
      { rung: "load-balanced" },
      /^one-server-web:rung is "load-balanced", which this version cannot build on the platform local yet; expected single, split-database; for example: /,
    ],
    [
      { backupRepository: "sftp:backups@example.com:/site" },
      /backupPassword is not set.*\n.*backupPrivateKey is not set, and backupRepository is sftp:.*\n.*backupHostKey is not set/,
    ],
    [{ site: join(projectFolder, "nowhere") }, /^one-server-web:site is ".*nowhere", where no folder is/],
  ];
  for (const [config, says] of refused) {
    it(`makes nothing when the settings are wrong: ${JSON.stringify(config).slice(0, 40)}`, async () => {
      await assert.rejects(run(false, config), (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(error.message, says);
        return true;
      });
    });
  }
});

describe("the program on the rung split-database", () => {
  const rung = { rung: "split-database" };
  const names = (engine: Engine, type: string) =>
    engine.made.filter((made) => made.type === type).map(({ name }) => name);

  it("makes two servers that know each other by an authority of their own", async () => {
    const { engine, outputs } = await run(false, rung);
    assert.deepEqual(names(engine, "one-server-web:local:Server").sort(), ["database-1", "web-1"]);
    assert.deepEqual(names(engine, "one-server-web:local:CertificateAuthority").sort(), [
      "certificate-authority",
      "internal-authority",
    ]);
    for (const server of ["web-1", "database-1"]) {
      const { inputs } = engine.named("command:local:Command", `${server}-internal-certificate`);
      assert.deepEqual(inputs.environment, { NAMES: `${server} 10.88.0.10` });
    }
    assert.deepEqual(names(engine, "command:remote:Command").sort(), [
      "database-1-access",
      "database-1-provision",
      "web-1-access",
      "web-1-deploy",
      "web-1-provision",
    ]);
    const servers = (await resolved(outputs.servers)) as { name: string; tier: string }[];
    assert.deepEqual(
      servers.map(({ name, tier }) => [name, tier]),
      [
        ["web-1", "web, app"],
        ["database-1", "database"],
      ],
    );
  });

  it("shows a policy both servers, and the rung above as the next", async () => {
    const { outputs } = await run(false, rung);
    const path = readUpgradePath(await resolved(outputs.upgradePath));
    assert.ok(path);
    assert.deepEqual([path.rung, path.next?.rung], ["split-database", "load-balanced"]);
    assert.deepEqual(path.singlePointsOfFailure.map(({ names }) => names).sort(), [
      ["database-1"],
      ["web-1"],
    ]);
  });

  const held = (name: string, tiers: readonly string[]) => ({
    [`urn:pulumi:local::one-server-web::one-server-web:local:Server::${name}`]: {
      type: "one-server-web:local:Server",
      outputs: { tiers },
    },
    [`urn:pulumi:local::one-server-web::command:remote:Command::${name}-provision`]: {
      type: "command:remote:Command",
      outputs: { create: "provision", triggers: ["first-machine"] },
    },
  });
  const moves = [
    { to: "split-database", state: held("web-1", ["web", "app", "database"]), left: "web-1" },
    {
      to: "single",
      state: { ...held("web-1", ["web", "app"]), ...held("database-1", ["database"]) },
      left: "database-1",
    },
  ];
  for (const { to, state, left } of moves) {
    it(`refuses to leave the site's data behind: to ${to}`, async () => {
      await assert.rejects(run(false, { rung: to }, undefined, state), (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(
          error.message,
          new RegExp(`^one-server-web:rung is "${to}", but this stack's database is on ${left}, .*[^\n]$`),
        );
        return true;
      });
    });
    it(`is content with what stays where it is: ${left}`, async () => {
      await run(false, { rung: to === "single" ? "split-database" : "single" }, undefined, state);
    });
  }

  it("names the server that the setting servers lacks on the platform ssh", async () => {
    const server = {
      name: "web-1",
      address: "203.0.113.7",
      privateKey: "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAVHdhcoGWEWhdsMJUpVnTUDyHuAPSXyfIFgXTlfZ7rK",
    };
    await assert.rejects(
      run(false, { ...rung, platform: "ssh", certificates: "local", servers: JSON.stringify([server]) }, [
        "databasePassword",
        "servers",
      ]),
      /one-server-web:servers names web-1 and no database-1; the rung split-database needs database-1 with the tiers database; /,
    );
  });
});
