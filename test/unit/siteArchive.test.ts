import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { gitIgnored, siteArchive } from "../../components/servers/siteArchive";
import { readValues } from "../../components/settings/read";

describe("the site's folder", () => {
  let work: string;
  let begun: string;
  beforeEach(() => {
    begun = process.cwd();
    work = mkdtempSync(join(tmpdir(), "site-"));
    mkdirSync(join(work, "here"));
    process.chdir(join(work, "here"));
  });
  afterEach(() => {
    process.chdir(begun);
    rmSync(work, { recursive: true });
  });

  function folder(files: Record<string, string>): string {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(work, "site", file)), { recursive: true });
      writeFileSync(join(work, "site", file), content);
    }
    return join(work, "site");
  }
  const names = (path: string, exclude: readonly string[] = []): string[] =>
    execFileSync("tar", ["-tzf", siteArchive({ folder: path, exclude }).path], { encoding: "utf8" })
      .trim()
      .split("\n");

  it("that is a git repository is uploaded without what git ignores, and a log in it makes no new release", () => {
    const path = folder({
      ".gitignore": ".env\nnode_modules/\n*.log\n/public/build/\n",
      ".env": "SECRET=1",
      "node_modules/a/b.js": "",
      "public/build/c.js": "",
      "public/index.php": "",
      "kept.log": "in the repository",
      "debug.log": "one",
      "vendor/.gitignore": "cache\n",
      "vendor/cache/d": "",
    });
    execFileSync("git", ["init", "-q", path]);
    execFileSync("git", ["-C", path, "add", "--force", "kept.log"]);
    assert.deepEqual(gitIgnored(path).sort(), [
      ".env",
      "debug.log",
      "node_modules",
      "public/build",
      "vendor/cache",
    ]);
    const all = ["./.gitignore", "./kept.log", "./public/", "./public/index.php"];
    assert.deepEqual(names(path), [...all, "./vendor/", "./vendor/.gitignore"]);
    assert.ok(names(path, ["!/public/build"]).includes("./public/build/c.js"));
    const { hash } = siteArchive({ folder: path, exclude: [] });
    writeFileSync(join(path, "debug.log"), "one, two");
    assert.equal(siteArchive({ folder: path, exclude: [] }).hash, hash);
  });

  it("that is a git repository can be uploaded by someone who does not own it, and hooks of it are not run", () => {
    const path = folder({ ".gitignore": "x\n", x: "", y: "" });
    execFileSync("git", ["init", "-q", path]);
    execFileSync("git", ["-C", path, "config", "core.fsmonitor", `touch ${work}/was-run; false`]);
    if (process.getuid?.() === 0) execFileSync("chown", ["-R", "65534:65534", path]);
    assert.deepEqual(gitIgnored(path), ["x"]);
    assert.throws(() => execFileSync("test", ["-e", join(work, "was-run")]));
  });

  it("that can't be uploaded is refused on one line with the setting, before a server is touched", () => {
    const path = folder({ "a.txt": "" });
    symlinkSync("/etc/passwd", join(path, "out"));
    assert.throws(
      () => siteArchive({ folder: path, exclude: [] }),
      (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(
          error.message,
          /^one-server-web:site can't be packed: .*out: a link to \/etc\/passwd, outside the folder; copy/,
        );
        assert.ok(!error.message.includes("\n"));
        return true;
      },
    );
    assert.deepEqual(names(path, ["out"]), ["./a.txt"]);
  });

  const read = (settings: Record<string, string>) =>
    readValues({
      config: Object.fromEntries(
        Object.entries({ ...settings, databasePassword: "correct horse battery" }).map(([key, value]) => [
          `p:${key}`,
          value,
        ]),
      ),
      secretKeys: ["p:databasePassword"],
      project: "p",
      stack: "s",
      projectFolder: work,
    }).known;

  it("can be served whole, as a WordPress archive or plain PHP is; of an application in Python that would be its source", () => {
    folder({ "index.php": "" });
    assert.equal(read({ site: "site", documentRoot: "." }).documentRoot, ".");
    assert.throws(
      () => read({ site: "site", documentRoot: ".", runtime: "python" }),
      /documentRoot is "\.", which would give visitors the application's source; put the files/,
    );
    assert.throws(() => read({ site: "site", documentRoot: ".." }), /documentRoot is "\.\."/);
    assert.throws(() => read({ site: "site", documentRoot: "./x" }), /or \. for the whole folder/);
  });
});
