import assert from "node:assert/strict";
import { join } from "node:path";
import { assess } from "../../policy/assess";
import { readState } from "../../policy/readState";
import { topology } from "../../policy/topology";
import { type AwsPlugin, startAwsPlugin } from "../../scripts/cli/preview/awsPlugin";
import { projectFolder } from "../../scripts/cli/project/folders";
import { PolicyStack } from "../support/policyStack";
import { AwsStack } from "./awsStack";

const servers = `
import * as pulumi from "@pulumi/pulumi";

class Server extends pulumi.ComponentResource {
  constructor(name: string, facts: pulumi.Inputs) {
    super("one-server-web:local:Server", name, facts);
    this.registerOutputs(facts);
  }
}

const tiers = new pulumi.Config().require("tiers").split(" ");
tiers.forEach((tier, index) => {
  const name = "server-" + (index + 1);
  new Server(name, { name, tiers: tier.split("+"), zone: "host", platform: "local" });
});
`;

describe("the policy pack in the real engine", function () {
  this.timeout(240_000);
  const stack = new PolicyStack(servers);
  before(() => stack.create());
  beforeEach(() => stack.tiers("web+app+database"));
  after(() => stack.remove());

  it("says at preview what stands alone, and the next rung with its command", async () => {
    const { code, output } = await stack.withPack(["preview"]);
    assert.equal(code, 0, output);
    assert.match(output, /\[advisory\].*single-point-of-failure.*server-1/);
    assert.match(output, /server-1 \(server\) alone holds web server, app server and database/);
    assert.match(output, /Next is split-database: 99\.0025 %/);
    assert.match(output, /pulumi config set rung split-database && pulumi up/);
    assert.doesNotMatch(output, /can't run policy/, "an unknown value ended a policy");
  });

  it("refuses a preview below the rung that is asked for, and lets one at it pass", async () => {
    const targets = { targets: { minimumRung: "load-balanced" } };
    const low = await stack.withPack(["preview"], targets);
    assert.notEqual(low.code, 0, low.output);
    assert.match(low.output, /\[mandatory\].*targets/);
    assert.match(low.output, /targets\.minimumRung is load-balanced, but the site stands on single/);
    await stack.tiers(
      "load-balancer",
      "load-balancer",
      "web+app",
      "web+app",
      "database",
      "database",
      "database",
    );
    const high = await stack.withPack(["preview"], targets);
    assert.equal(high.code, 0, high.output);
    assert.doesNotMatch(high.output, /alone holds/);
  });

  it("stops an update at its preview, before anything is made", async () => {
    const { code, output } = await stack.withPack(["up", "--yes"], {
      targets: { minimumRung: "load-balanced" },
    });
    assert.notEqual(code, 0, output);
    assert.match(output, /\[mandatory\].*targets/);
    const exported = await stack.must("stack", "export", "-s", "dev");
    assert.doesNotMatch(exported.output, /one-server-web:local:Server/);
  });

  it("refuses wrong configuration before anything is made", async () => {
    for (const [config, says] of [
      [{ targets: { minimumRung: "top" } }, /minimumRung/],
      [{ "dns-ttl": { maximumTtl: "soon" } }, /maximumTtl/],
      [{ "single-point-of-failure": { exemptions: [{ resource: "server-1" }] } }, /reason|until/],
      [
        {
          "single-point-of-failure": {
            exemptions: [{ resource: "server-1", reason: "a hobby of one person", until: "tomorrow" }],
          },
        },
        /until/,
      ],
    ] as const) {
      const { code, output } = await stack.withPack(["preview"], config);
      assert.notEqual(code, 0, output);
      assert.match(output, says);
    }
  });

  it("leaves an exempted server out until the exemption ends", async () => {
    const exemption = { resource: "server-1", reason: "a hobby of one person" };
    const exempt = (until: string) => ({
      "single-point-of-failure": { exemptions: [{ ...exemption, until }] },
    });
    const now = await stack.withPack(["preview"], exempt("2999-12-31"));
    assert.equal(now.code, 0, now.output);
    assert.doesNotMatch(now.output, /alone holds/);
    const later = await stack.withPack(["preview"], exempt("2020-12-31"));
    assert.match(later.output, /alone holds[\s\S]*The exemption "a hobby of one person" ended on 2020-12-31/);
  });

  it("sees in a report on a preview what servers are, as the pack does", async () => {
    await stack.tiers("load-balancer", "load-balancer", "web+app", "web+app", "database");
    const views = await stack.previewed();
    const servers = views.filter(({ type }) => type.endsWith(":Server"));
    assert.deepEqual(Object.fromEntries(servers.map(({ name, properties }) => [name, properties.tiers])), {
      ...{ "server-1": ["load-balancer"], "server-2": ["load-balancer"], "server-3": ["web", "app"] },
      ...{ "server-4": ["web", "app"], "server-5": ["database"] },
    });
    const { rung, upgradePath } = assess(topology(views));
    assert.equal(rung, "load-balanced");
    const names = upgradePath.singlePointsOfFailure.flatMap((point) => point.names);
    assert.ok(names.includes("server-5"), names.join());
    const { output } = await stack.withPack(["preview"]);
    assert.match(output, /server-5 \(server\) alone holds database/);
    assert.equal(output.match(/alone holds/g)?.length, 1, output);
  });

  it("says the same at an update, and about a stack that is there already", async () => {
    const up = await stack.withPack(["up", "--yes", "--skip-preview"]);
    assert.equal(up.code, 0, up.output);
    assert.match(up.output, /server-1 \(server\) alone holds web server, app server and database/);
    const analyzed = await stack.run(
      "policy",
      "analyze",
      "--policy-pack",
      join(projectFolder, "policy"),
      "-s",
      "dev",
    );
    assert.match(analyzed.output, /server-1 \(server\) alone holds web server, app server and database/);
    assert.match(analyzed.output, /The site stands on the rung single/);
    const exported = await stack.must("stack", "export", "-s", "dev");
    const { rung, upgradePath } = assess(topology(readState(exported.output, "the export")));
    assert.equal(rung, "single");
    assert.deepEqual(upgradePath.singlePointsOfFailure[0]?.names, ["server-1"]);
    const unchanged = await stack.previewed();
    assert.deepEqual(assess(topology(unchanged)), assess(topology(readState(exported.output, "the export"))));
  });
});

describe("remediations in the real engine", function () {
  this.timeout(240_000);
  const stack = new PolicyStack(`
import * as aws from "@pulumi/aws";

new aws.ec2.Instance("web", { ami: "ami-0123456789abcdef0", instanceType: "t3.small", tags: { Owner: "web team" } });
`);
  let plugin: AwsPlugin;
  before(async () => {
    plugin = await startAwsPlugin(projectFolder, { AWS_PLUGIN_WORLD: join(stack.folder, "world") });
    await stack.create(plugin.environment);
    await stack.must("config", "set", "aws:region", "us-east-1", "-s", "dev");
  });
  after(async () => {
    await plugin?.stop();
    stack.remove();
  });

  it("put right what is certain, when they are asked to", async () => {
    const advice = await stack.withPack(["preview"]);
    assert.equal(advice.code, 0, advice.output);
    assert.match(advice.output, /\[advisory\].*instance-metadata-v1.*web/);
    const config = { "instance-metadata-v1": "remediate", "missing-tags": "remediate" };
    const { code, output } = await stack.withPack(["preview", "--diff"], config);
    assert.equal(code, 0, output);
    assert.match(output, /\[remediate\].*instance-metadata-v1/);
    assert.match(output, /httpTokens\s*: "required"/);
    assert.match(output, /Name\s*: "web"/);
    assert.match(output, /Owner\s*: "web team"/);
  });
});

describe("the policy pack on this project's stack on AWS", function () {
  this.timeout(240_000);
  const stack = new AwsStack();
  before(() => stack.create());
  after(() => stack.remove());

  it("judges a preview with unknown values: one server, seen once, and no policy ended by an unknown", async () => {
    const { code, output } = await stack.preview("--policy-pack", "policy");
    assert.equal(code, 0, output);
    assert.match(output, /alone holds web server, app server and database/);
    assert.equal(output.match(/alone holds/g)?.length, 1, output);
    assert.match(output, /The site stands on the rung single: 99\.5 %/);
    assert.doesNotMatch(output, /can't run policy/);
    assert.doesNotMatch(output, /\[mandatory\]/);
  });
});
