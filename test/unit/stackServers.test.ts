import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asRoot } from "../../scripts/cli/deployment/remote";
import { type Deployment, serversOf } from "../../scripts/cli/deployment/servers";
import { describeHoldings, isEmbedded } from "../../scripts/cli/project/destruction";
import type { Properties } from "../../scripts/engine/values";

/** A stack's exported state with these entries in its output `servers`, each provisioned at an address of its own. */
function state(servers: readonly Properties[]): Deployment {
  const command = (name: string, index: number) => ({
    urn: `urn:pulumi:prod::one-server-web::one-server-web:server:Provision$command:remote:Command::${name}-provision`,
    type: "command:remote:Command",
    inputs: {
      // As `pulumi stack export --show-secrets` writes a secret.
      connection: {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        plaintext: JSON.stringify({ host: `192.0.2.${index + 1}`, user: "ubuntu", privateKey: "KEY" }),
      },
    },
  });
  return {
    deployment: {
      resources: [
        { urn: "urn:…::stack", type: "pulumi:pulumi:Stack", outputs: { servers: [...servers] } },
        ...servers.map(({ name }, index) => command(String(name), index)),
      ],
    },
  };
}

describe("the servers of a stack", () => {
  it("are found with what they hold and how they are reached", () => {
    const found = serversOf(
      state([
        { name: "balancer-1", tiers: ["load-balancer"] },
        { name: "web-1", tiers: ["web", "app"] },
        { name: "database-1", tiers: ["database"] },
      ]),
    );
    assert.deepEqual(
      found.map(({ name, tiers, endpoint: { host, user } }) => [name, tiers, host, user]),
      [
        ["balancer-1", ["load-balancer"], "192.0.2.1", "ubuntu"],
        ["web-1", ["web", "app"], "192.0.2.2", "ubuntu"],
        ["database-1", ["database"], "192.0.2.3", "ubuntu"],
      ],
    );
  });

  for (const [title, text, kept, says] of [
    ["theirs", "p/own 01", "p/own 01", undefined],
    [
      "another stack's by now",
      "p/own 01",
      "p/other 02",
      /^this server belongs to another stack now, p\/other: nothing/,
    ],
    ["of version 0.1.0", undefined, "p/own 01", undefined],
    ["not marked", "p/own 01", "", undefined],
  ] as const) {
    it(
      `are asked to do something only where they are ${says === undefined ? title : "not"} ${says === undefined ? "" : title}`.trim(),
      () => {
        const folder = mkdtempSync(join(tmpdir(), "owner-"));
        try {
          writeFileSync(join(folder, "owner"), kept);
          const command = asRoot("echo done", text).replaceAll("/var/lib/one-server-web", folder);
          const ran = spawnSync("sh", ["-c", command.replace('"$(id -u)" != 0', '"" != ""')], {
            encoding: "utf8",
          });
          if (says === undefined) assert.deepEqual([ran.stdout, ran.status], ["done\n", 0]);
          else {
            assert.deepEqual([ran.stdout, ran.status], ["", 1]);
            assert.match(ran.stderr, says);
          }
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    );
  }

  it("are found in a stack that version 0.1.0 brought up", () => {
    const [server] = serversOf(state([{ name: "web-1", tier: "web, app, database" }]));
    assert.deepEqual(server?.tiers, ["web", "app", "database"]);
  });

  it("are not taken for one another, as web-1 for web-10", () => {
    const [first] = serversOf(state([{ name: "web-10" }, { name: "web-1" }]));
    assert.deepEqual([first?.name, first?.endpoint.host], ["web-10", "192.0.2.1"]);
  });

  it("are reached by a key that is a secret within an open connection", () => {
    const { deployment } = state([{ name: "web-1" }]);
    const [stack, command] = deployment?.resources ?? [];
    assert.ok(stack && command);
    const connection = { host: "192.0.2.7", privateKey: { plaintext: '"KEY"' } };
    const [server] = serversOf({
      deployment: { resources: [stack, { ...command, inputs: { connection } }] },
    });
    assert.deepEqual([server?.endpoint.host, server?.endpoint.privateKey], ["192.0.2.7", "KEY"]);
  });

  it("are none where nothing was provisioned yet", () => {
    assert.deepEqual([...serversOf({}), ...serversOf({ deployment: {} })], []);
    const { deployment } = state([{ name: "web-1" }]);
    assert.deepEqual(serversOf({ deployment: { resources: deployment?.resources?.slice(0, 1) ?? [] } }), []);
  });
});

describe("what npm stop would destroy", () => {
  const server = {
    name: "web-1",
    address: "192.0.2.1",
    platform: "local",
    tiers: ["web", "app", "database"] as const,
  };
  const own = {
    stack: "local",
    backend: { kind: "own" } as const,
    resources: 22,
    servers: [server],
    backups: undefined,
  };

  it("is destroyed without a question only where it is the site embedded in this clone", () => {
    assert.equal(isEmbedded(own), true);
    assert.equal(isEmbedded({ ...own, stack: "prod" }), false);
    assert.equal(isEmbedded({ ...own, servers: [{ ...server, platform: "aws" }] }), false);
    assert.equal(isEmbedded({ ...own, servers: [server, { ...server, platform: "ssh" }] }), false);
    assert.equal(isEmbedded({ ...own, backend: { kind: "chosen", url: "s3://team" } }), false);
  });

  it("is said with each server, its address, its data and its backups", () => {
    assert.equal(
      describeHoldings({
        ...own,
        stack: "prod",
        backend: { kind: "chosen", url: "s3://team" },
        servers: [
          { ...server, platform: "aws" },
          { ...server, name: "web-2", address: "192.0.2.2", platform: "aws", tiers: ["web", "app"] },
        ],
        backups: "s3:https://s3.amazonaws.com/backups",
      }),
      [
        "the stack prod in the backend s3://team: 22 resources",
        "  web-1 at 192.0.2.1 (web server, app server, database): the machine, the database, what was uploaded",
        "  web-2 at 192.0.2.2 (web server, app server): the machine, what was uploaded",
        "  backups: s3:https://s3.amazonaws.com/backups, which stays",
      ].join("\n"),
    );
  });

  for (const [what, platform, backups, says] of [
    ["that there is none", "aws", undefined, /\n {2}backups: none$/],
    [
      "that it lies on the server itself",
      "aws",
      "/var/backups/site",
      /\/var\/backups\/site on the server itself, which is destroyed with it$/,
    ],
    [
      "that one's own machine stays, with it",
      "ssh",
      "/var/backups/site",
      /the machine and what is on it stay\n.*on the server itself, which stays$/,
    ],
  ] as const) {
    it(`says of a backup ${what}`, () => {
      assert.match(describeHoldings({ ...own, servers: [{ ...server, platform }], backups }), says);
    });
  }
});
