import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { releaseStaleLocks } from "../../scripts/cli/project/locks";

describe("the lock of a killed run", () => {
  let backend: string;
  let folder: string;
  const lock = (name: string, content: unknown) => {
    const file = join(folder, name);
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  };
  beforeEach(() => {
    backend = mkdtempSync(join(tmpdir(), "backend-"));
    folder = join(backend, ".pulumi/locks/organization/one-server-web/local");
    mkdirSync(folder, { recursive: true });
  });
  afterEach(() => rmSync(backend, { recursive: true }));

  it("is removed when its process is gone", async () => {
    const { pid } = spawnSync("true");
    const file = lock("a.json", { pid, hostname: hostname() });
    await releaseStaleLocks(backend, "local");
    assert.equal(existsSync(file), false);
  });

  it("stays while its process is alive", async () => {
    const file = lock("a.json", { pid: process.pid, hostname: hostname() });
    await releaseStaleLocks(backend, "local");
    assert.equal(existsSync(file), true);
  });

  it("stays when another host holds it, or nobody can tell who", async () => {
    const { pid } = spawnSync("true");
    const files = [lock("a.json", { pid, hostname: "elsewhere" }), lock("b.json", "cut off {")];
    await releaseStaleLocks(backend, "local");
    for (const file of files) assert.equal(existsSync(file), true);
  });

  it("may not be there at all", async () => {
    await releaseStaleLocks(backend, "other");
  });
});
