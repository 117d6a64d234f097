import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { LocalPlatform } from "../../components/platforms/local/platform";

const privateKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n-----END OPENSSH PRIVATE KEY-----\n";

/** What each script prints, by a word of the command that runs it. */
const printed: Readonly<Record<string, object>> = {
  "keypair.sh": { publicKey: "ssh-ed25519 AAAA one-server-web", privateKey },
  "network.sh": { dnsServer: "10.90.0.1:53" },
  "machine.sh": {
    address: "10.90.0.10",
    hostKey: "ssh-ed25519 BBBB",
    instanceId: "6f1c2b1e-0000-4000-8000-000000000001",
  },
  "dns.sh": { hostname: "www.foobar.com", type: "A", address: "10.90.0.10", ttl: 5 },
  "certificate-authority.sh create": { certificate: "AUTHORITY\n", privateKey: "AUTHORITY KEY\n" },
  "certificate-authority.sh sign": { certificate: "LEAF\n", privateKey: "LEAF KEY\n" },
};

interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** Stands in for the engine: notes what is registered, and answers as the scripts do. At preview they print nothing yet. */
class Engine implements pulumi.runtime.Mocks {
  readonly made: Made[] = [];

  constructor(private readonly preview: boolean) {}

  newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
    this.made.push({ type, name, inputs });
    const create = typeof inputs.create === "string" ? inputs.create : "";
    const answer = Object.entries(printed).find(([word]) => create.includes(word))?.[1];
    const stdout = answer === undefined || this.preview ? {} : { stdout: JSON.stringify(answer) };
    return { id: `${name}-id`, state: { ...inputs, ...stdout } };
  }

  call(): Record<string, never> {
    return {};
  }

  of(type: string, name: string): Made {
    const found = this.made.find((made) => made.type === type && made.name === name);
    assert.ok(found, `no ${type} named ${name} was made`);
    return found;
  }

  command(name: string): Record<string, unknown> {
    return this.of("command:local:Command", name).inputs;
  }
}

/** Builds what the rung `single` asks for, on an engine that is a mock. */
async function build(preview: boolean, memory?: number) {
  const engine = new Engine(preview);
  await pulumi.runtime.setMocks(engine, "one-server-web", "test", preview);
  // The module is loaded after the mocks are set, as a program would be.
  const { LocalPlatform } = await import("../../components/platforms/local/platform.js");
  const platform: LocalPlatform = new LocalPlatform({
    suite: "sid",
    network: "test",
    subnet: "10.90.0.0/24",
    ...(memory === undefined ? {} : { memory }),
  });
  const server = platform.server(
    "web-1",
    { tiers: ["web", "app", "database"], size: undefined, keepsData: true, admits: [] },
    {},
  );
  platform.names(["www.foobar.com"], server.endpoint, {});
  const certificate = platform.certificate(["www.foobar.com", "foobar.com"], server.endpoint, {});
  assert.equal(certificate.source, "local");
  await pulumi.runtime.disconnect();
  return { engine, platform, server, certificate };
}

/** The output's value, as a program's `apply` would see it. */
function resolved<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return (output as unknown as { promise(): Promise<Value> }).promise();
}

function isSecret(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isSecret: Promise<boolean> }).isSecret;
}

function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

describe("the platform local, as resources", () => {
  it("hands over how the machine is reached, with its host key, and keeps the private key secret", async () => {
    const { server } = await build(false);
    assert.deepEqual(await resolved(server.connection), {
      host: "10.90.0.10",
      port: 22,
      user: "root",
      privateKey,
      hostKey: "ssh-ed25519 BBBB",
      dialErrorLimit: 60,
      perDialTimeout: 15,
    });
    assert.equal(await isSecret(server.connection), true);
    assert.equal(await isSecret(server.publicIp), false);
    assert.equal(await isSecret(server.instanceId), false);
    assert.equal(await resolved(server.login), "scripts/host/machine.sh login test web-1");
  });

  it("registers what policies read", async () => {
    const { engine, platform } = await build(false);
    for (const type of ["Server", "DnsRecord", "Network", "KeyPair", "CertificateAuthority", "Certificate"]) {
      assert.ok(engine.made.some((made) => made.type === `one-server-web:local:${type}`));
    }
    assert.equal(await resolved(platform.dnsServer), "10.90.0.1:53");
  });

  it("passes values by the environment, never by the command's text", async () => {
    const { engine } = await build(false, 1024);
    const { HOST_BOOT, ...environment } = engine.command("web-1").environment as Record<string, string>;
    assert.match(HOST_BOOT ?? "", /^[0-9a-f-]{36}$/, "runs again after the host has started anew");
    assert.equal((engine.command("network").environment as Record<string, string>).HOST_BOOT, HOST_BOOT);
    assert.deepEqual(environment, {
      NETWORK: "test",
      MACHINE: "web-1",
      SUITE: "sid",
      NUMBER: "10",
      AUTHORIZED_KEY: "ssh-ed25519 AAAA one-server-web",
      MEMORY: "1024",
    });
    for (const { inputs } of engine.made) {
      for (const text of [inputs.create, inputs.delete].filter((text) => typeof text === "string")) {
        assert.doesNotMatch(text, /10\.90|AAAA|foobar/);
        assert.match(text, /^scripts\/local\//, "paths start from the project's folder, in every clone");
      }
    }
  });

  it("makes a machine anew with its network only: a changed setting alone never loses its data", async () => {
    const { engine } = await build(false);
    assert.deepEqual(engine.command("web-1").triggers, ["network-id"]);
    assert.deepEqual(engine.command("network").triggers, undefined);
    assert.deepEqual(engine.command("www.foobar.com").triggers, ["network-id", "www.foobar.com", "A"]);
    assert.equal(engine.command("key-pair").triggers, undefined);
  });

  it("keeps what prints keys out of the log", async () => {
    const { engine } = await build(false);
    for (const name of ["key-pair", "certificate-authority", "certificate"]) {
      assert.equal(engine.command(name).logging, "none", name);
    }
  });

  it("signs for all names, and hands over the chain and the authority in plain, the key as a secret", async () => {
    const { certificate, engine } = await build(false);
    assert.equal(
      engine.command("certificate").create,
      "scripts/local/certificate-authority.sh sign $HOSTNAMES",
    );
    assert.deepEqual(engine.command("certificate").environment, { HOSTNAMES: "www.foobar.com foobar.com" });
    assert.ok(certificate.source === "local");
    assert.equal(await resolved(certificate.certificate), "LEAF\nAUTHORITY\n");
    assert.equal(await isSecret(certificate.certificate), false);
    assert.equal(await resolved(certificate.authority), "AUTHORITY\n");
    assert.equal(await isSecret(certificate.authority), false);
    assert.equal(await isSecret(certificate.privateKey), true);
  });

  it("waits at preview for what the machine will say, and says what is known", async () => {
    const { server, platform } = await build(true);
    for (const output of [server.connection, server.publicIp, server.instanceId, platform.dnsServer]) {
      assert.equal(await isKnown(output), false);
    }
    assert.equal(await resolved(server.size), "host");
    assert.equal(await resolved(server.zone), "this-host");
  });
});
