import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Status } from "../../scripts/cli/status/show";
import { Clone } from "../support/clone";
import type { Ran } from "../support/runToEnd";

/** Servers of a stack; nobody listens at their ports, so that each program says which it wanted to reach. */
const servers = [
  { name: "balancer-1", tiers: ["load-balancer"], port: 1 },
  { name: "web-1", tiers: ["web", "app"], port: 2 },
  { name: "web-2", tiers: ["web", "app"], port: 3 },
  { name: "database-1", tiers: ["database"], port: 4 },
] as const;

/** A stack's state as `pulumi stack import` takes it. */
function deployment(stack: string): string {
  const urn = (type: string, name: string) => `urn:pulumi:${stack}::one-server-web::${type}::${name}`;
  const top = urn("pulumi:pulumi:Stack", `one-server-web-${stack}`);
  const provider = urn("pulumi:providers:command", "default_1_2_1");
  const id = "6c3dd7d5-9a4e-4b0e-8f0e-0d3a3f0d7c1e";
  const outputs = servers.map(({ name, tiers }) => ({ name, tiers, publicIp: "127.0.0.1" }));
  const resources = [
    { urn: top, custom: false, type: "pulumi:pulumi:Stack", outputs: { servers: outputs } },
    { urn: provider, custom: true, id, type: "pulumi:providers:command", inputs: { version: "1.2.1" } },
    ...servers.flatMap(({ name, tiers, port }) => [
      {
        urn: urn("one-server-web:aws:Server", name),
        ...{ custom: false, type: "one-server-web:aws:Server", parent: top },
        ...{ inputs: { name, tiers }, outputs: { name, tiers, zone: "us-east-1a", platform: "aws" } },
      },
      {
        urn: urn("one-server-web:server:Provision$command:remote:Command", `${name}-provision`),
        ...{ custom: true, id: `${name}-provision`, type: "command:remote:Command", parent: top },
        provider: `${provider}::${id}`,
        inputs: { create: "true", connection: { host: "127.0.0.1", port, dialErrorLimit: 0 } },
      },
    ]),
  ];
  return JSON.stringify({
    version: 3,
    deployment: { manifest: { time: new Date().toISOString() }, resources },
  });
}

describe("programs that work on a stack", function () {
  this.timeout(120_000);
  const clone = new Clone();
  const folder = mkdtempSync(join(tmpdir(), "team-backend-"));
  /** What a person of a team sets who keeps stacks in a backend of files with one passphrase. */
  const team = { PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: "of the team" };
  const held = (where: string, stack: string) =>
    existsSync(join(where, `.pulumi/stacks/one-server-web/${stack}.json`));
  const own = join(clone.folder, ".local/backend");
  const must = async (env: NodeJS.ProcessEnv, program: string, ...args: readonly string[]): Promise<Ran> => {
    const ran = await clone.run(program, args, { env });
    assert.equal(ran.code, 0, ran.output);
    return ran;
  };
  const resources = () => {
    const state = JSON.parse(readFileSync(join(folder, ".pulumi/stacks/one-server-web/prod.json"), "utf8"));
    return (state.checkpoint.latest.resources ?? []).length as number;
  };
  const importState = async () => {
    writeFileSync(join(clone.folder, "state.json"), deployment("prod"));
    await must(team, "pulumi", "stack", "import", "-s", "prod", "--file", "state.json");
  };

  before(async () => {
    await must(team, "pulumi", "stack", "init", "prod");
    await importState();
  });
  after(() => {
    clone.remove();
    rmSync(folder, { recursive: true });
  });

  it("are led to the backend and the passphrase of the environment, and leave nothing of their own", () => {
    assert.ok(held(folder, "prod"));
    assert.ok(!held(own, "prod"));
    assert.equal(existsSync(join(clone.folder, ".local/passphrase")), false);
  });

  it("status shows every server", async () => {
    const { code, stdout } = await clone.run("status", ["-s", "prod", "--json"], { env: team });
    assert.equal(code, 1);
    const statuses = JSON.parse(stdout) as Status[];
    for (const { name, port } of servers) {
      const text = statuses.find(({ server }) => server === name)?.faults[0]?.text ?? "";
      assert.match(text, new RegExp(`127\\.0\\.0\\.1:${port}\\b`), name);
    }
  });

  for (const [program, args, port] of [
    ["releases", [], 2],
    ["rollback", [], 2],
    ["backup", [], 4],
    ["restore", ["--to", "latest"], 4],
  ] as const) {
    const tier = port === 4 ? "the database is" : "releases go live";
    it(`${program} goes where ${tier}`, async () => {
      const ran = await clone.run(program, [...args, "-s", "prod"], { env: team });
      assert.equal(ran.code, 1, ran.output);
      assert.match(ran.output, new RegExp(`127\\.0\\.0\\.1:${port}\\b`));
      assert.doesNotMatch(ran.output, new RegExp(`127\\.0\\.0\\.1:(?!${port}\\b|3\\b)\\d`));
    });
  }

  it("settings of the stack are read and written there as well", async () => {
    await must(team, "pulumi", "config", "set", "keepReleases", "7", "-s", "prod");
    assert.match((await must(team, "pulumi", "config", "get", "keepReleases", "-s", "prod")).stdout, /^7$/m);
    const check = await clone.run("policy-check", ["--stack", "prod"], { env: team });
    assert.match(check.output, /alone holds database/);
  });

  it("say that the passphrase is another one, and whose", async () => {
    const env = { ...team, PULUMI_CONFIG_PASSPHRASE: "another" };
    const { code, output } = await clone.run("pulumi", ["config", "get", "x", "-s", "prod"], { env });
    assert.notEqual(code, 0);
    assert.match(output, /incorrect passphrase|not found/);
    const started = await clone.run("start", ["-s", "prod"], { env });
    assert.equal(started.code, 1);
    assert.match(
      started.output,
      /^PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE is not the passphrase/m,
    );
  });

  it("take a passphrase from a file", async () => {
    const file = join(clone.folder, "team-passphrase");
    writeFileSync(file, "of the team");
    const env = { PULUMI_BACKEND_URL: team.PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE: file };
    await must(env, "pulumi", "config", "set", "--secret", "alertEnvironment", '{"A": "b"}', "-s", "prod");
    assert.match(
      (await must(team, "pulumi", "config", "get", "alertEnvironment", "-s", "prod")).stdout,
      /"A": "b"/,
    );
    await must(team, "pulumi", "config", "rm", "alertEnvironment", "-s", "prod");
  });

  it("make no stack that is not there, and say where they looked", async () => {
    const lost = await clone.run("status", ["-s", "prod"]);
    assert.equal(lost.code, 1);
    assert.match(lost.output, /^there is no stack "prod" in this clone's backend \(\.local\/backend\)/);
    assert.ok(!held(own, "prod"));
    const typed = await clone.run("status", ["-s", "prdo"], { env: team });
    assert.equal(typed.code, 1);
    assert.match(typed.output, new RegExp(`^there is no stack "prdo" in the backend file://${folder}`));
  });

  it("find a stack by the login of a person's own CLI, which leaves the embedded site alone", async () => {
    const credentials = mkdtempSync(join(tmpdir(), "login-"));
    writeFileSync(join(credentials, "credentials.json"), JSON.stringify({ current: `file://${folder}` }));
    const env = { PULUMI_CREDENTIALS_PATH: credentials, PULUMI_CONFIG_PASSPHRASE: "of the team" };
    try {
      const { stdout } = await clone.run("status", ["-s", "prod", "--json"], { env });
      assert.equal((JSON.parse(stdout) as Status[]).length, servers.length);
      const local = await clone.run("status", [], { env });
      assert.match(local.output, /^there is no stack "local" in this clone's backend/);
    } finally {
      rmSync(credentials, { recursive: true });
    }
  });

  it("preview leaves nothing behind when Ctrl-C ends it, and ends with 130", async () => {
    mkdirSync(join(clone.folder, "temporary"));
    const env = { TMPDIR: join(clone.folder, "temporary") };
    const left = () => readdirSync(env.TMPDIR).filter((name) => name.startsWith("one-server-web")).length;
    let pressed = false;
    const ran = await clone.run("preview", ["-s", "prod", "--offline"], {
      env,
      onOutput: (output, pid) => {
        if (pressed || !/OFFLINE/.test(output)) return;
        pressed = true;
        const press = () => (left() > 0 ? process.kill(-pid, "SIGINT") : setTimeout(press, 20));
        press();
      },
    });
    assert.equal(ran.code, 130, ran.output);
    assert.equal(left(), 0);
    assert.doesNotMatch(ran.output, / at .*\.ts:\d+/);
  });

  describe("npm stop", () => {
    it("destroys nothing for a name without --stack", async () => {
      const { code, output } = await clone.run("stop", ["prod"], { env: team });
      assert.equal(code, 2);
      assert.match(output, /^Unexpected argument 'prod'; did you mean --stack prod\?\n\nusage: npm stop/);
      assert.ok(resources() > 0);
    });

    it("says what it would destroy, and destroys nothing where nobody can be asked", async () => {
      const { code, output } = await clone.run("stop", ["-s", "prod"], { env: team });
      assert.equal(code, 2);
      assert.match(output, /the stack prod in the backend file:.*: 8 resources\n/);
      assert.match(output, /database-1 at 127\.0\.0\.1 \(database\): the machine, the database\n/);
      assert.match(output, /backups: none/);
      assert.match(output, /nothing was destroyed: npm stop -- -s prod --yes/);
      assert.ok(resources() > 0);
    });

    /** What a person at a terminal types. */
    const typed = (answer: string) =>
      clone.command("script", ["-qec", `node scripts/run.mjs stop -s prod`, "/dev/null"], {
        env: team,
        input: `${answer}\n`,
      });

    it("destroys nothing when a person types something else than the stack's name", async () => {
      const { code, output } = await typed("y");
      assert.match(output, /Type prod to destroy it: /);
      assert.match(output, /nothing was destroyed/);
      assert.equal(code, 1);
      assert.ok(resources() > 0);
    });

    it("destroys what a person named, and asks nobody with --yes", async () => {
      const { code, output } = await typed("prod");
      assert.equal(code, 0, output);
      assert.equal(resources(), 0);
      await importState();
      assert.match((await must(team, "stop", "-s", "prod", "--yes")).output, /took down the stack prod/);
      assert.equal(resources(), 0);
    });

    it("has nothing to do where the embedded site was never made", async () => {
      assert.match((await must({}, "stop")).output, /^nothing was there to take down/);
    });
  });
});

describe("every program of this project", function () {
  this.timeout(120_000);
  const clone = new Clone();
  after(() => clone.remove());
  const scripts = JSON.parse(readFileSync(join(clone.folder, "package.json"), "utf8")).scripts as object;
  /** What npm runs, as scripts/run.mjs is told; the CLI answers for itself. */
  const programs = Object.values(scripts)
    .map((line: string) => line.replace("node scripts/run.mjs ", ""))
    .filter((program) => /^[a-z:-]+$/.test(program) && program !== "pulumi");
  const run = (program: string, args: readonly string[]) =>
    clone.command(process.execPath, ["scripts/run.mjs", program, ...args]);

  /** Arguments without a name beyond those that a program takes. */
  const stray: Readonly<Record<string, readonly string[]>> = {
    "policy:publish": ["acme", "other"],
    "policy:survey": ["states", "other"],
    rollback: ["0123456789ab", "other"],
  };

  it("refuses what it does not know, with its usage and 2, and changes nothing", async () => {
    assert.ok(programs.length > 18, programs.join());
    for (const program of programs) {
      for (const args of [stray[program] ?? ["nonsense"], ["--nonsense"]]) {
        const { code, stdout, output } = await run(program, args);
        assert.deepEqual([code, stdout], [2, ""], `${program} ${args.join(" ")}: ${output}`);
        assert.match(output, /\n\nusage: npm (run )?[a-z:]+/, program);
      }
    }
    assert.equal(existsSync(join(clone.folder, ".local")), false);
  });

  it("explains itself", async () => {
    for (const program of programs) {
      const { code, stdout, output } = await run(program, ["--help"]);
      assert.equal(code, 0, output);
      assert.match(stdout, new RegExp(`^usage: npm (run )?${program}\\b`), program);
    }
  });
});
