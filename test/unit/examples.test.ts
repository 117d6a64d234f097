import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { exampleConfig, exampleSite, examples } from "../support/examples";
import { plainSettings } from "../support/settings";

const readme = readFileSync(join(projectFolder, "examples/README.md"), "utf8");

describe("the examples", () => {
  const folder = mkdtempSync(join(tmpdir(), "example-"));
  mkdirSync(join(folder, "public"));
  after(() => rmSync(folder, { recursive: true }));

  for (const name of examples) {
    it(`have settings for ${name} that the program takes, with the environment that README.md sets`, () => {
      const [environment] = /\{"SITE_SECRET.*?\}/.exec(readme) ?? [];
      assert.ok(environment);
      const config = exampleConfig(name);
      assert.equal(join(projectFolder, String(config.site)), exampleSite(name));
      // WordPress itself is no part of the example.
      const { site } = plainSettings({ ...config, site: folder, environment });
      const read = readFileSync(join(exampleSite(name), config.migrate?.split(" ").at(-1) ?? ""), "utf8");
      for (const variable of Object.keys(site.environment).filter((key) => key.startsWith("ADMIN_")))
        assert.ok(read.includes(variable), variable);
    });
  }
});
