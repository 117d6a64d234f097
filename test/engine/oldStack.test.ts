import assert from "node:assert/strict";
import { projectFolder } from "../../scripts/cli/project/folders";
import { Clone } from "../support/clone";
import { kept, losses, version010, version010Missing } from "../support/oldVersion";
import { AwsStack } from "./awsStack";

/** What runs on a server is left out here: there is none behind this account's addresses. */
const onPaper = ["--exclude", "**command:remote:**", "--exclude-dependents"];

describe(`a stack of version 0.1.0 on AWS, on paper${version010Missing === undefined ? "" : ` (skipped: ${version010Missing})`}`, function () {
  this.timeout(300_000);
  let stack: AwsStack;
  let resources: string[] = [];

  before(async function () {
    if (version010Missing !== undefined) return this.skip();
    stack = new AwsStack({}, new Clone(projectFolder, version010));
    await stack.create();
    await stack.up("--skip-preview", ...onPaper);
    const { stdout } = await stack.must("stack", "export", "-s", "prod");
    const { deployment } = JSON.parse(stdout) as {
      deployment: { resources: { urn: string; type: string }[] };
    };
    resources = deployment.resources
      .filter(({ type }) => !type.startsWith("pulumi:providers:"))
      .map(({ urn }) => urn);
    assert.ok(resources.length > 80, `${resources.length} resources`);
    stack.clone.update();
  });
  after(() => stack?.remove());

  it("is previewed by this version with nothing replaced and nothing deleted", async () => {
    const { code, output, stdout } = await stack.preview("--json", "--show-sames");
    assert.equal(code, 0, output);
    assert.deepEqual(losses(stdout), []);
    const stay = new Set(kept(stdout));
    assert.deepEqual(
      resources.filter((urn) => !stay.has(urn)),
      [],
    );
  });

  it("is brought up to this version with every instance, volume, address and record where it was", async () => {
    const before = stack.events().length;
    await stack.up("--skip-preview", ...onPaper);
    const changed = stack.events().slice(before);
    assert.deepEqual(
      changed.filter(({ action }) => action !== "create" && action !== "update"),
      [],
    );
  });
});
