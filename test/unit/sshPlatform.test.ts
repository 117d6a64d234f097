import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "../../components/platforms/platform";
import { zoneLine } from "../../components/platforms/ssh/dns";
import { findServer, SshPlatform } from "../../components/platforms/ssh/platform";
import { machineIdentity } from "../../components/platforms/ssh/server";
import { readSettings, type SshServerSettings } from "../../components/settings/settings";
import { projectFolder } from "../../scripts/cli/project/folders";
import { keyPair } from "../support/keyPair";

const pair = keyPair();
const otherPair = keyPair();

/** What the scripts that make certificates print. */
const printed = JSON.stringify({ certificate: "CERTIFICATE\n", privateKey: "KEY" });

function platform(servers: object[], settings: Readonly<Record<string, string>> = {}): SshPlatform {
  const all = {
    platform: "ssh",
    acmeEmail: "admin@foobar.com",
    databasePassword: "correct horse battery",
    servers: JSON.stringify(servers),
    ...settings,
  };
  return new SshPlatform(
    readSettings({
      config: Object.fromEntries(Object.entries(all).map(([key, value]) => [`one-server-web:${key}`, value])),
      secretKeys: ["one-server-web:databasePassword", "one-server-web:servers"],
      project: "one-server-web",
      stack: "own",
      projectFolder,
    }),
  );
}

const server = { address: "203.0.113.7", privateKey: pair.private, hostKey: `${pair.public} a comment` };

const web = { tiers: ["web"], size: undefined, keepsData: false, admits: [] } as const;

/** What names point at: these addresses. */
function addresses(...ipv4: string[]): Endpoint {
  return { target: { addresses: ipv4.map((address) => ({ ipv4: pulumi.output(address) })) }, tls: "servers" };
}

function known<Value>(output: pulumi.Input<Value>): Promise<Value> {
  return (pulumi.output(output) as unknown as { promise(): Promise<Value> }).promise();
}

describe("the platform ssh", () => {
  before(async () => {
    const mocks: pulumi.runtime.Mocks = {
      newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, stdout: printed, stderr: "" } }),
      call: () => ({}),
    };
    await pulumi.runtime.setMocks(mocks, "one-server-web", "own", false);
  });

  after(() => pulumi.runtime.disconnect());

  it("hands over how a server is reached, with its host key, and keeps the private key secret", async () => {
    const made = platform([{ ...server, user: "debian", port: 2222 }]).server("web-1", web, {});
    const { host, port, user, hostKey } = await known(made.connection);
    assert.deepEqual([host, port, user, hostKey], [server.address, 2222, "debian", server.hostKey]);
    assert.equal(await pulumi.isSecret(pulumi.output(made.connection)), true);
    assert.equal(await pulumi.isSecret(made.publicIp), false);
    assert.equal(await known(made.login), "ssh -p 2222 debian@203.0.113.7");
  });

  it("has other servers come by the private address where there is one", async () => {
    const peers = (more: object) =>
      known(platform([{ ...server, ...more }]).server("web-1", web, {}).privateIp);
    assert.equal(await peers({}), "203.0.113.7");
    assert.equal(await peers({ privateAddress: "10.0.0.7" }), "10.0.0.7");
  });

  it("goes through a bastion host, unlocks keys, and points names at the public address", async () => {
    const bastion = { ...server, address: "203.0.113.9", user: "jump", port: 2222 };
    const settings = { ...server, address: "10.0.0.5", publicAddress: "198.51.100.1", bastion };
    const made = platform([settings]).server("web-1", web, {});
    const { host, proxy } = await known(made.connection);
    const hop = await known(proxy ?? assert.fail("no bastion host"));
    assert.deepEqual(
      [host, hop.host, hop.user, hop.port, hop.hostKey],
      ["10.0.0.5", "203.0.113.9", "jump", 2222, server.hostKey],
    );
    assert.equal(await pulumi.isSecret(pulumi.output(made.connection)), true);
    assert.equal(await known(made.publicIp), "198.51.100.1");
    assert.equal(await known(made.privateIp), "10.0.0.5");
    assert.equal(await known(made.login), "ssh -J jump@203.0.113.9:2222 -p 22 root@10.0.0.5");
  });

  it("takes another machine behind the same address for another one, and a comment for nothing", () => {
    assert.equal(machineIdentity(server.hostKey), machineIdentity(pair.public));
    assert.notEqual(machineIdentity(pair.public), machineIdentity(otherPair.public));
  });

  it("finds each server by its name, whatever the order, and says which one is missing", async () => {
    const servers = [
      { ...server, name: "web-2", tiers: ["web"] },
      { ...server, name: "web-1", tiers: ["web"], address: "203.0.113.8", hostKey: otherPair.public },
    ];
    const made = platform(servers);
    const addresses = ["web-1", "web-2"].map((name) => made.server(name, web, {}).publicIp);
    assert.deepEqual(await Promise.all(addresses.map(known)), ["203.0.113.8", "203.0.113.7"]);
    assert.throws(
      () => made.server("web-3", web, {}),
      (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(
          error.message,
          /^one-server-web:servers names web-2, web-1 and no web-3; the rung single needs web-3 with the tiers web; add or correct it/,
        );
        return true;
      },
    );
  });

  const one: SshServerSettings = {
    ...{ address: server.address, hostKey: server.hostKey, user: "root", port: 22 },
    privateKey: pulumi.secret(server.privateKey),
  };
  const all = ["web", "app", "database"] as const;
  const found: readonly (readonly [
    title: string,
    settings: Pick<SshServerSettings, "name" | "tiers">,
    wanted: string,
    result: "found" | RegExp,
  ])[] = [
    ["a single one without a name, as ever", {}, "web-1", "found"],
    ["no second one without a name", {}, "database-1", /^has one server without a name$/],
    ["a single one by its name", { name: "web-1" }, "web-1", "found"],
    ["a single one of another name", { name: "web-2" }, "web-1", /^names web-2 and no web-1$/],
    ["one with the same tiers", { name: "web-1", tiers: ["database", "app", "web"] }, "web-1", "found"],
    ["one with other tiers", { name: "web-1", tiers: ["web"] }, "web-1", /^has web-1 with the tiers web$/],
  ];
  for (const [title, settings, wanted, result] of found) {
    it(`takes or refuses ${title}`, () => {
      const machine = findServer([{ ...one, ...settings }], wanted, all);
      if (result === "found") assert.equal(typeof machine, "object");
      else assert.match(String(machine), result);
    });
  }

  it("prints the records to set, AAAA for an IPv6 address", async () => {
    const made = platform([server]);
    made.names(["www.foobar.com"], addresses("203.0.113.7", "2001:db8::7"), {});
    assert.deepEqual(await known(made.outputs.dnsRecords), [
      "www.foobar.com. 300 IN A 203.0.113.7",
      "www.foobar.com. 300 IN AAAA 2001:db8::7",
    ]);
    assert.equal(zoneLine("foobar.com", "A", "203.0.113.7"), "foobar.com. 300 IN A 203.0.113.7");
  });

  it("prints none where the settings say so", () => {
    assert.deepEqual(platform([server], { dns: "none" }).outputs, {});
  });

  it("asks a public authority for certificates, or the stack's own", async () => {
    const certificate = (settings?: Record<string, string>) =>
      platform([server], settings).certificate(["www.foobar.com"], addresses("203.0.113.7"), {});
    assert.equal(certificate().source, "acme");
    const own = certificate({ certificates: "local" });
    assert.ok(own.source === "local");
    assert.equal(await known(own.certificate), "CERTIFICATE\nCERTIFICATE\n", "its own and the authority's");
    assert.equal(await pulumi.isSecret(pulumi.output(own.privateKey)), true);
  });
});
