import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Server } from "../../components/platforms/server";
import { firewallRules } from "../../components/servers/firewall";
import { provisioningOrder } from "../../components/servers/order";
import { provisionInTurn } from "../../components/servers/provisionInTurn";
import { Survey } from "../../components/servers/survey";
import { readSettings } from "../../components/settings/settings";
import type { Tier } from "../../policy/vocabulary";
import { layouts } from "../support/layouts";
import { settingsSource } from "../support/settings";
import { serverScripts } from "../support/shell";

type Layout = Readonly<Record<string, readonly Tier[]>>;

describe("the order in which servers are provisioned", () => {
  const turns = (layout: Layout) =>
    provisioningOrder(Object.entries(layout).map(([serverName, tiers]) => ({ serverName, tiers }))).map(
      ({ server, after, alone }) =>
        `${server.serverName}${after === undefined ? "" : ` after ${after.serverName}`}${alone ? ", alone" : ""}`,
    );

  const expected: Readonly<Record<number, readonly string[]>> = {
    1: ["web-1, alone"],
    2: ["web-1, alone", "database-1, alone"],
    4: ["load-balancer-1, alone", "web-1", "web-2 after web-1", "database-1, alone"],
    7: [
      "load-balancer-1",
      "load-balancer-2 after load-balancer-1",
      "web-1",
      "web-2 after web-1",
      "database-1",
      "database-2 after database-1",
      "database-3 after database-2",
    ],
  };
  for (const [count, layout] of Object.entries(layouts)) {
    it(`is one at a time in each group of ${count}, and all groups at once`, () => {
      assert.deepEqual(turns(layout).sort(), [...(expected[Number(count)] ?? [])].sort());
    });
  }

  it("follows the numbers, whatever the order of the settings", () => {
    assert.deepEqual(turns({ "web-10": ["web"], "web-2": ["web"], "web-1": ["web"] }), [
      "web-1",
      "web-2 after web-1",
      "web-10 after web-2",
    ]);
  });

  it("takes the same tiers in another order for the same group", () => {
    assert.deepEqual(turns({ "web-1": ["web", "app"], "web-2": ["app", "web"] }), [
      "web-1",
      "web-2 after web-1",
    ]);
  });
});

/** Notes when each remote command begins and ends, and takes a while over it. */
class Clock implements pulumi.runtime.Mocks {
  readonly events: string[] = [];
  private open = 0;
  most = 0;

  async newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
    if (type === "command:remote:Command") {
      this.events.push(`begin ${name}`);
      this.open += 1;
      this.most = Math.max(this.most, this.open);
      await new Promise((resolve) => setTimeout(resolve, 30));
      this.open -= 1;
      this.events.push(`end ${name}`);
    }
    return { id: name, state: { ...inputs, stdout: "done" } };
  }

  call() {
    return {};
  }
}

async function provision(layout: Layout): Promise<Clock> {
  const clock = new Clock();
  await pulumi.runtime.setMocks(clock, "one-server-web", "test", false);
  const settings = readSettings(settingsSource({}, "test"));
  const edges = {
    readBeliefs: async () => undefined,
    dial: () => async () => undefined,
    freshMark: () => "00",
  };
  const machine = {
    connection: pulumi.secret({ host: "192.0.2.1" }),
    publicIp: pulumi.output("192.0.2.1"),
    privateIp: pulumi.output("192.0.2.1"),
    instanceId: pulumi.output("i-1"),
    size: pulumi.output("host"),
    login: pulumi.output("ssh"),
  };
  await pulumi.runtime.runInPulumiStack(async () => {
    const servers = Object.entries(layout).map(
      ([name, tiers]) =>
        new Server(name, { platform: "local", tiers, zone: "", admits: [] }, () => machine, {}),
    );
    provisionInTurn(servers, { settings, survey: new Survey(edges) }, {});
    return {};
  });
  await pulumi.runtime.disconnect();
  return clock;
}

describe("provisioning several servers", function () {
  this.timeout(20_000);

  for (const [count, layout] of Object.entries(layouts)) {
    it(`changes the next of a group of ${count} when the one before is healthy, and others meanwhile`, async () => {
      const { events, most } = await provision(layout);
      const at = (event: string) => {
        const index = events.indexOf(event);
        assert.ok(index >= 0, `${event} is not among ${events.join(", ")}`);
        return index;
      };
      const turns = provisioningOrder(
        Object.entries(layout).map(([serverName, tiers]) => ({ serverName, tiers })),
      );
      for (const { server, after } of turns) {
        if (after === undefined) continue;
        assert.ok(
          at(`end ${after.serverName}-healthy`) < at(`begin ${server.serverName}-provision`),
          `${server.serverName} did not wait for ${after.serverName}`,
        );
      }
      assert.equal(events.filter((event) => /^end .*-provision$/.test(event)).length, Number(count));
      assert.equal(most, turns.filter(({ after }) => after === undefined).length, "groups go side by side");
    });
  }

  it("asks no health of a server that nothing stands in for: a faulty release there is mended by the next one", async () => {
    const { events } = await provision(layouts[2] ?? {});
    assert.ok(!events.some((event) => event.endsWith("-healthy")), events.join(", "));
  });
});

describe("a server's own firewall", () => {
  const rule = (from: "anyone" | Tier, port: number, protocol: "tcp" | "udp" = "tcp") => ({
    ...{ name: "a", description: "b" },
    ...{ from, protocol, port },
  });
  const addresses: Partial<Record<Tier, string[]>> = {
    app: ["10.0.0.6", "10.0.0.5", "10.0.0.5", "2001:db8::5"],
    database: ["10.0.0.9"],
  };
  const rules = (...admits: Parameters<typeof firewallRules>[0]) =>
    firewallRules(admits, (tier) => addresses[tier] ?? []).split("\n");

  it("lets visitors in from anywhere", () => {
    assert.deepEqual(rules(rule("anyone", 80), rule("anyone", 443), rule("anyone", 443, "udp")), [
      "tcp dport 80 accept",
      "tcp dport 443 accept",
      "udp dport 443 accept",
    ]);
  });

  it("lets other servers in by their addresses, each once and in the same order", () => {
    assert.deepEqual(rules(rule("app", 3306), rule("database", 33061)), [
      "ip saddr { 10.0.0.5, 10.0.0.6 } tcp dport 3306 accept",
      "ip6 saddr { 2001:db8::5 } tcp dport 3306 accept",
      "ip saddr { 10.0.0.9 } tcp dport 33061 accept",
    ]);
  });

  it("opens no port to visitors on a server that they have no business with", () => {
    const template = readFileSync(join(serverScripts, "roles/hardening/firewall.nft"), "utf8");
    const database = template.replace("{{FIREWALL_RULES}}", rules(rule("app", 3306)).join("\n"));
    const open = database
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => /\bdport\b/.test(line) && !line.startsWith("#"))
      .filter((line) => !line.startsWith("udp sport 67") && !line.startsWith("udp dport 546"));
    assert.deepEqual(open, [
      "tcp dport { {{SSH_PORTS}} } jump ssh",
      "ip saddr { 10.0.0.5, 10.0.0.6 } tcp dport 3306 accept",
      "ip6 saddr { 2001:db8::5 } tcp dport 3306 accept",
    ]);
  });

  it("lets nobody in where no server holds the tier", () => {
    assert.deepEqual(rules(rule("cache", 6379)), [""]);
  });
});
