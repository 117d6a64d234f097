import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { projectFolder } from "../../scripts/cli/project/folders";

describe("an error that ends the program", () => {
  it("is shown although its stack names a file right inside a scope's folder", () => {
    const program = `
      const { showErrorsPlainly } = require("./components/errorText.ts");
      showErrorsPlainly();
      const error = new Error("no key pair", { cause: new Error("no ssh-keygen") });
      error.stack = "Error: no key pair\\n    at apply (/a/node_modules/@pulumi/output.ts:1:1)";
      console.log(require("node:util").inspect(error, { colors: true }));
    `;
    const ran = spawnSync(process.execPath, ["--require", "tsx/cjs", "--eval", program], {
      cwd: projectFolder,
      encoding: "utf8",
      timeout: 20_000,
    });
    assert.match(
      ran.stdout,
      /^Error: no key pair\n.*output\.ts:1:1\)\ncaused by Error: no ssh-keygen/,
      ran.stderr,
    );
  }).timeout(30_000);
});
