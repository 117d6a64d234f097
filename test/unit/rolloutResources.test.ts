import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Server } from "../../components/platforms/server";
import type { RolloutInput } from "../../components/servers/releasePlan";
import { rollout } from "../../components/servers/rollout";
import { Survey } from "../../components/servers/survey";
import { readSettings } from "../../components/settings/settings";
import { settingsSource } from "../support/settings";

interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What is registered for a release on so many servers, in order, and what the program says is live. */
async function made(count: number): Promise<{ resources: Made[]; live: string }> {
  const resources: Made[] = [];
  const mocks: pulumi.runtime.Mocks = {
    newResource({ type, name, inputs }) {
      resources.push({ type, name, inputs: inputs as Made["inputs"] });
      return { id: name, state: { ...inputs, stdout: "done" } };
    },
    call: () => ({}),
  };
  await pulumi.runtime.setMocks(mocks, "one-server-web", "test", false);
  const edges = {
    readBeliefs: async () => undefined,
    dial: () => async () => undefined,
    freshMark: () => "00",
  };
  let live: Promise<string> | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    const servers = Array.from({ length: count }, (_, index) => {
      const address = `192.0.2.${index + 1}`;
      const machine = {
        connection: pulumi.secret({ host: address, privateKey: "a private key" }),
        publicIp: pulumi.output(address),
        privateIp: pulumi.output(address),
        instanceId: pulumi.output(`i-${index + 1}`),
        size: pulumi.output("host"),
        login: pulumi.output("ssh"),
      };
      const args = { platform: "local", tiers: ["web", "app"], zone: "", admits: [] } as const;
      return new Server(`web-${index + 1}`, args, () => machine, {});
    });
    const settings = readSettings(settingsSource({}, "test"));
    const release = rollout({ servers, provisions: [], settings, survey: new Survey(edges) }, {});
    live = new Promise((resolve) => release.apply(resolve));
    return {};
  });
  await pulumi.runtime.disconnect();
  return { resources, live: (await live) ?? "" };
}

describe("the resources of a release", function () {
  this.timeout(20_000);
  const commands = (resources: readonly Made[]) =>
    resources.filter(({ type }) => type.startsWith("command:")).map(({ type, name }) => `${type} ${name}`);

  it("are an upload and one command on a single server, as in version 0.1.0", async () => {
    const { resources, live } = await made(1);
    assert.deepEqual(commands(resources), [
      "command:remote:CopyToRemote web-1-upload",
      "command:remote:Command web-1-deploy",
    ]);
    assert.match(live, /^[0-9a-f]{12}$/);
  });

  it("are an upload to each of several servers, and one command that drives them all", async () => {
    const { resources, live } = await made(3);
    assert.deepEqual(commands(resources), [
      ...["web-1", "web-2", "web-3"].map((name) => `command:remote:CopyToRemote ${name}-upload`),
      "command:local:Command rollout",
    ]);
    const { create, stdin, triggers } = resources.at(-1)?.inputs ?? {};
    assert.equal(create, `node --import tsx scripts/cli/rollout.ts ${live}`);
    assert.deepEqual(triggers, ["i-1", "i-2", "i-3"]);
    const text = (stdin as { value?: string }).value ?? String(stdin);
    const input = JSON.parse(text) as RolloutInput;
    assert.deepEqual(
      input.servers.map(({ name, connection }) => [name, (connection as { host: string }).host]),
      [
        ["web-1", "192.0.2.1"],
        ["web-2", "192.0.2.2"],
        ["web-3", "192.0.2.3"],
      ],
    );
  });
});
