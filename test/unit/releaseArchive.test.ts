import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ArchiveEntry,
  contentTime,
  deterministicArchive,
  hashEntries,
} from "../../components/servers/archive";

describe("a folder packed for a server", () => {
  let work: string;
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), "archive-"));
  });
  afterEach(() => rmSync(work, { recursive: true }));

  /** A folder with these files: name → content. */
  function folder(name: string, files: Record<string, string>): string {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(join(work, name, file, ".."), { recursive: true });
      writeFileSync(join(work, name, file), content);
    }
    return join(work, name);
  }
  const pack = (path: string, exclude: string[] = []) =>
    deterministicArchive(path, { exclude, bundles: join(work, `bundles-${Math.random()}`) });
  const listing = (path: string) =>
    spawnSync("tar", ["-tzf", path], { encoding: "utf8" }).stdout.trim().split("\n");

  it("is the same bytes for the same content, whenever and in whatever order it was written", () => {
    const first = folder("first", { "a.txt": "one", "b/c.txt": "two", "@d": "three" });
    const second = folder("second", { "@d": "three", "b/c.txt": "two", "a.txt": "one" });
    utimesSync(join(second, "a.txt"), 1, 1);
    chmodSync(join(second, "b/c.txt"), 0o600);
    assert.equal(pack(first).hash, pack(second).hash);
    assert.equal(pack(first).digest, pack(second).digest);
  });

  const changes: readonly (readonly [what: string, change: (path: string) => void])[] = [
    ["a changed byte", (path) => writeFileSync(join(path, "a.txt"), "onf")],
    ["another name", (path) => writeFileSync(join(path, "e.txt"), "one")],
    ["the right to be run", (path) => chmodSync(join(path, "a.txt"), 0o755)],
    ["an empty folder", (path) => mkdirSync(join(path, "empty"))],
    ["a link", (path) => symlinkSync("a.txt", join(path, "link"))],
  ];
  for (const [what, change] of changes) {
    it(`has another hash for ${what}`, () => {
      const path = folder("site", { "a.txt": "one" });
      const before = pack(path).hash;
      change(path);
      assert.notEqual(pack(path).hash, before);
    });
  }

  it("leaves out what is excluded, by name anywhere and by path", () => {
    const path = folder("site", {
      "a.txt": "1",
      ".git/config": "2",
      "b/.git/x": "3",
      "var/cache/y": "4",
      "b/cache/z": "5",
    });
    assert.deepEqual(listing(pack(path, ["var/cache"]).path), [
      "./a.txt",
      "./b/",
      "./b/cache/",
      "./b/cache/z",
      "./var/",
    ]);
  });

  it("gives a file of the same size and another content another time, so that caches see the change", () => {
    const entry = (content: string): ArchiveEntry => ({ path: "a.css", type: "file", mode: 0o644, content });
    assert.notEqual(contentTime(entry("one")).getTime(), contentTime(entry("two")).getTime());
    assert.equal(
      contentTime(entry("one")).getTime(),
      contentTime({ ...entry("one"), path: "b.css" }).getTime(),
    );
    assert.ok(contentTime(entry("one")).getTime() < Date.parse("2011-01-01"));
  });

  it("refuses what can't be a site, and says why", () => {
    assert.throws(() => pack(join(work, "nowhere")), /nowhere: no such folder/);
    mkdirSync(join(work, "bare"));
    assert.throws(() => pack(join(work, "bare")), /no files in it/);
    const leading = folder("leading", { "a.txt": "one" });
    symlinkSync("/etc/passwd", join(leading, "out"));
    assert.throws(() => pack(leading), /a link to \/etc\/passwd, outside the folder/);
    const pipe = folder("pipe", { "a.txt": "one" });
    spawnSync("mkfifo", [join(pipe, "fifo")]);
    assert.throws(() => pack(pipe), /fifo: neither a file, a folder nor a link/);
  });

  it("hashes names and contents apart: no content can pose as a name", () => {
    const file = (path: string, content: string): ArchiveEntry => ({
      path,
      type: "file",
      mode: 0o644,
      content,
    });
    assert.notEqual(hashEntries([file("a", 'b","file')]), hashEntries([file('a","file', "b")]));
  });
});
