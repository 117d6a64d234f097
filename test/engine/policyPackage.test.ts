import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { PolicyStack } from "../support/policyStack";
import { runToEnd } from "../support/runToEnd";

const program = `
import * as pulumi from "@pulumi/pulumi";

class Server extends pulumi.ComponentResource {
  constructor(name: string, facts: pulumi.Inputs) {
    super("one-server-web:local:Server", name, facts);
    this.registerOutputs(facts);
  }
}

new Server("web", { name: "web", tiers: ["web", "app", "database"], zone: "host", platform: "local" });
`;

describe("the policy pack as another project installs it", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "policy-package-"));
  const installed = join(folder, "node_modules", "one-server-web-policy");
  const stack = new PolicyStack(program, installed);
  const npm = async (cwd: string, ...args: string[]) => {
    const ran = await runToEnd("npm", args, cwd);
    assert.equal(ran.code, 0, ran.output);
  };

  before(async () => {
    await npm(join(projectFolder, "policy"), "pack", "--pack-destination", folder);
    const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    writeFileSync(join(folder, "package.json"), '{"name": "another-project", "private": true}');
    await npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund", join(folder, tarball));
    await stack.create();
  });
  after(() => {
    stack.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it("holds what it needs at run time, and no packages of this project", () => {
    const files = readdirSync(installed);
    for (const file of ["PulumiPolicy.yaml", "README.md", "index.js", "pack.ts", "prices"])
      assert.ok(files.includes(file), file);
    assert.ok(!files.includes("node_modules"));
  });

  it("judges a preview from there", async () => {
    const { code, output } = await stack.withPack(["preview"]);
    assert.equal(code, 0, output);
    assert.match(output, /web \(server\) alone holds web server, app server and database/);
    const refused = await stack.withPack(["preview"], { targets: { minimumRung: "load-balanced" } });
    assert.notEqual(refused.code, 0, refused.output);
    assert.match(refused.output, /targets\.minimumRung is load-balanced, but the site stands on single/);
  });
});
