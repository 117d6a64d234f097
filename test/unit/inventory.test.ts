import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { collectResources } from "../../components/inventory";
import { choosePlatform } from "../../components/platforms/choose";
import { visitors } from "../../components/rungs/visitors";
import { readSettings } from "../../components/settings/settings";
import { assess } from "../../policy/assess";
import type { ResourceView } from "../../policy/resources";
import { type Topology, topology } from "../../policy/topology";
import { type PlatformName, platforms, type Tier } from "../../policy/vocabulary";
import { projectFolder } from "../../scripts/cli/project/folders";
import { keyPair } from "../support/keyPair";
import { layouts } from "../support/layouts";
import { MockState } from "../support/mockState";

const pair = keyPair();
const printedPair = `${pair.private.trim()}\n${pair.public} one-server-web\n`;

/** Answers as the providers do: at preview with what the program itself knows. */
class Providers implements pulumi.runtime.Mocks {
  constructor(private readonly preview: boolean) {}

  newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
    const id = `${name}-id`;
    return { id, state: this.preview ? inputs : { ...inputs, ...this.decided(type, name, inputs) } };
  }

  private decided(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
    if (type === "aws:ec2/eip:Eip")
      return { publicIp: `198.51.100.${name.length}`, allocationId: `eip-${name}` };
    if (type === "aws:ec2/eipAssociation:EipAssociation") return { publicIp: `198.51.100.${name.length}` };
    if (type === "aws:ec2/vpc:Vpc") return { ipv6CidrBlock: "2600:1f18:1234:5600::/56" };
    if (type === "aws:ec2/instance:Instance") {
      return { arn: `arn:${name}`, ipv6Addresses: [`2600:1f18:1234:5600::${name.length}`] };
    }
    if (!type.startsWith("command:")) return { arn: `arn:${name}` };
    const create = String(inputs.create);
    const printed = create.includes("machine.sh")
      ? { address: `10.90.0.${name.length}`, hostKey: pair.public, instanceId: `machine-${name}` }
      : create.includes("network.sh")
        ? { dnsServer: "10.90.0.1:53" }
        : { publicKey: pair.public, privateKey: pair.private };
    return { stdout: create.includes("scripts/local") ? JSON.stringify(printed) : printedPair, stderr: "" };
  }

  call({ token }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
    const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
    if (token.includes("getAvailabilityZones")) return { names: zones };
    if (token.includes("getInstanceTypeOfferings")) return { locations: zones };
    return { insecureValue: "ami-0a123456789abcdef" };
  }
}

function settingsOf(platform: PlatformName, layout: Readonly<Record<string, readonly Tier[]>>) {
  const machines = Object.entries(layout).map(([name, tiers], index) => ({
    name,
    tiers,
    address: `203.0.113.${index + 1}`,
    privateKey: pair.private,
    hostKey: pair.public,
  }));
  const all: Record<string, string> = {
    platform,
    databasePassword: "correct horse battery",
    ...(platform === "local" ? {} : { acmeEmail: "admin@foobar.com" }),
    ...(platform === "ssh" ? { servers: JSON.stringify(machines) } : {}),
    ...(platform === "aws" ? { allowedSshCidrs: '["203.0.113.0/24"]' } : {}),
  };
  const named = Object.entries(all).map(([key, value]) => [`one-server-web:${key}`, value]);
  return readSettings({
    config: { ...Object.fromEntries(named), ...(platform === "aws" ? { "aws:region": "us-east-1" } : {}) },
    secretKeys: ["one-server-web:databasePassword", "one-server-web:servers"],
    project: "one-server-web",
    stack: "test",
    projectFolder,
  });
}

/** Makes the servers, and gives them as the program sees them and as the engine keeps them. */
async function build(
  platform: PlatformName,
  layout: Readonly<Record<string, readonly Tier[]>>,
  preview: boolean,
) {
  await pulumi.runtime.setMocks(new Providers(preview), "one-server-web", "test", preview);
  const state = new MockState();
  pulumi.runtime.setAllConfig(platform === "aws" ? { "aws:region": "us-east-1" } : {});
  let inventory: Promise<ResourceView[]> = Promise.resolve([]);
  await pulumi.runtime.runInPulumiStack(async () => {
    const resources = collectResources();
    const chosen = choosePlatform(settingsOf(platform, layout));
    const front = Object.values(layout).some((tiers) => tiers.includes("load-balancer"))
      ? "load-balancer"
      : "web";
    const servers = Object.entries(layout).map(([name, tiers]) => {
      const admits = tiers.includes(front) ? visitors(false) : [];
      return chosen.server(
        name,
        { tiers, size: undefined, keepsData: tiers.includes("database"), admits },
        {},
      );
    });
    const [first] = servers;
    assert.ok(first);
    chosen.names(["www.foobar.com"], first.endpoint, {});
    inventory = resources();
    return {};
  });
  await pulumi.runtime.disconnect();
  return { state, inventory: await inventory };
}

/** The tiers of each server, as the assessment reads them. */
function tiersByServer({ groups }: Topology): Record<string, readonly Tier[]> {
  const servers = groups.flatMap(({ members }) => members).filter(({ type }) => type.endsWith(":Server"));
  return Object.fromEntries(servers.map(({ name, tiers }) => [name, tiers]));
}

describe("what the program says of its servers", function () {
  this.timeout(20_000);

  for (const platform of platforms)
    for (const [count, layout] of Object.entries(layouts))
      for (const phase of ["preview", "update"])
        it(`is what the pack says of ${count} on ${platform} at ${phase}`, async () => {
          const { state, inventory } = await build(platform, layout, phase === "preview");
          const [own, pack] = [inventory, state.views()].map((views) => topology(views));
          assert.ok(own && pack);
          assert.deepEqual(assess(own), assess(pack));
          assert.deepEqual(tiersByServer(own), layout);
        });
});
