import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";

/** Style, pictures and script of the sample sites by name; site/php's are the source. */
function assetsOf(runtime: string): Record<string, string> {
  const folder = join(projectFolder, "site", runtime, "public/assets");
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

describe("the sample sites", () => {
  // Each site's folder stands alone, for a release holds nothing from outside it: so the files are copies, and this keeps them the same.
  it("look the same: cp site/php/public/assets/* site/python/public/assets/", () => {
    assert.ok(Object.keys(assetsOf("php")).length > 0);
    assert.deepEqual(assetsOf("python"), assetsOf("php"));
  });
});
