import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Clone } from "../support/clone";

describe("a test's copy of a work tree in which npm start ran", () => {
  const source = mkdtempSync(join(tmpdir(), "work-tree-"));
  const write = (file: string, text: string) => writeFileSync(join(source, file), text);
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { cwd: source });
  let copy: Clone;
  const text = (file: string) => readFileSync(join(copy.folder, file), "utf8");

  before(() => {
    mkdirSync(join(source, "node_modules"));
    write("Pulumi.local.yaml", "config:\n  a:domain: www.foobar.com\n");
    write(
      "Pulumi.prod.yaml",
      "encryptionsalt: v1:committed\nconfig:\n  a:b: c\n  a:password:\n    secure: v1:x\n",
    );
    write("index.ts", "committed");
    write("gone.ts", "committed");
    write(".gitignore", ".local\nnode_modules\n");
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--message", "all");
    write("Pulumi.local.yaml", "config:\n  a:platform: ssh\nencryptionsalt: v1:of-this-clone\n");
    write("Pulumi.own.yaml", "encryptionsalt: v1:of-another-stack\n");
    write("index.ts", "as it is now");
    write("new.ts", "not committed yet");
    rmSync(join(source, "gone.ts"));
    mkdirSync(join(source, ".local"));
    write(".local/passphrase", "secret");
    copy = new Clone(source);
  });
  after(() => {
    copy.remove();
    rmSync(source, { recursive: true });
  });

  it("has the files as they are now", () => {
    assert.deepEqual([text("index.ts"), text("new.ts")], ["as it is now", "not committed yet"]);
    assert.equal(existsSync(join(copy.folder, "gone.ts")), false);
  });

  it("has the settings of the last commit, and no salt, secret or passphrase", () => {
    assert.equal(text("Pulumi.local.yaml"), "config:\n  a:domain: www.foobar.com\n");
    assert.equal(text("Pulumi.prod.yaml"), "config:\n  a:b: c\n");
    for (const file of ["Pulumi.own.yaml", ".local"])
      assert.equal(existsSync(join(copy.folder, file)), false, file);
  });
});
