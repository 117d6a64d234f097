import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";

const roots = ["index.ts", "components", "policy", "scripts", "test", "bench"];

/** What dependency-cruiser says of the imports below these files and folders. */
function cruise(...files: readonly string[]) {
  const program = join("node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const args = [program, "--config", ".dependency-cruiser.cjs", ...files];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: projectFolder,
    encoding: "utf8",
  });
  return { status, text: `${stdout}${stderr}` };
}

describe("the structure", () => {
  it("has imports in the directions of .dependency-cruiser.cjs alone, and no circles", () => {
    const { status, text } = cruise(...roots);
    assert.equal(status, 0, text);
    const modules = Number(/(\d+) modules/.exec(text)?.[1]);
    assert.ok(modules > 300, `dependency-cruiser looked at ${modules} modules only: ${text}`);
  }).timeout(60_000);
});
