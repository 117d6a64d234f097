import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLI_VERSION, COMMAND_VERSION } from "../../scripts/engine/versions";

describe("the engine's versions", () => {
  const project = join(__dirname, "..", "..");
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  const goModule = readFileSync(join(project, "scripts/engine/cli/go.mod"), "utf8");

  it("are those of npm's packages", () => {
    assert.equal({ ...dependencies, ...devDependencies }.pulumi, CLI_VERSION);
    assert.equal(dependencies["@pulumi/command"], COMMAND_VERSION);
  });

  it("are those of the Go module", () => {
    for (const module of ["pkg", "sdk"]) {
      assert.match(goModule, new RegExp(`github\\.com/pulumi/pulumi/${module}/v3 v${CLI_VERSION}\\b`));
    }
    assert.match(goModule, /^tool github\.com\/pulumi\/pulumi\/pkg\/v3\/cmd\/pulumi$/m);
  });
});
