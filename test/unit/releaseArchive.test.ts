import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ArchiveEntry,
  contentTime,
  deterministicArchive,
  hashEntries,
  listEntries,
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

  it("understands patterns as .gitignore has them, with ! for what stays", () => {
    const path = folder("site", {
      "a.log": "1",
      "b/c.log": "2",
      "keep.log": "3",
      "node_modules/d/e.js": "4",
      "b/node_modules/f.js": "5",
      "index.php": "6",
    });
    assert.deepEqual(listing(pack(path, ["*.log", "!keep.log", "/node_modules/"]).path), [
      "./b/",
      "./b/node_modules/",
      "./b/node_modules/f.js",
      "./index.php",
      "./keep.log",
    ]);
  });

  it("leaves out what git ignores, but for what a pattern with ! names", () => {
    const path = folder("site", { "a.txt": "1", "public/build/b.js": "2", "public/c.css": "3" });
    const ignored = new Set(["public/build", "a.txt"]);
    const bundles = join(work, "bundles");
    const packed = (exclude: string[]) =>
      listing(deterministicArchive(path, { exclude, ignored, bundles }).path);
    assert.deepEqual(packed([]), ["./public/", "./public/c.css"]);
    assert.deepEqual(packed(["!public/build"]), [
      "./public/",
      "./public/build/",
      "./public/build/b.js",
      "./public/c.css",
    ]);
  });

  it("makes an absolute link inside the folder relative, wherever the folder lies and however it is reached", () => {
    const make = (name: string, root: string) => {
      const path = folder(name, { "storage/app/public/x.txt": "one", "public/index.php": "" });
      symlinkSync(join(root, "storage/app/public"), join(path, "public/storage"));
      symlinkSync(root, join(path, "self"));
      return path;
    };
    symlinkSync(join(work, "second"), join(work, "way"));
    const first = pack(make("first", join(work, "first")));
    const second = make("second", join(work, "way"));
    assert.equal(pack(second).hash, first.hash);
    assert.equal(pack(join(work, "way")).hash, first.hash);
    const out = join(work, "out");
    mkdirSync(out);
    spawnSync("tar", ["-xzf", first.path, "-C", out]);
    assert.equal(readlinkSync(join(out, "public/storage")), "../storage/app/public");
    assert.equal(readlinkSync(join(out, "self")), ".");
  });

  it("may be reached by a link to it", () => {
    const path = folder("site", { "a.txt": "one" });
    symlinkSync(path, join(work, "current"));
    assert.equal(pack(join(work, "current")).hash, pack(path).hash);
    assert.deepEqual(listing(pack(join(work, "current")).path), ["./a.txt"]);
  });

  it("is the same whether two equal files are one file with two names or not", () => {
    const first = folder("first", { "a.txt": "one", "b.txt": "one" });
    const second = folder("second", { "a.txt": "one" });
    linkSync(join(second, "a.txt"), join(second, "b.txt"));
    assert.equal(pack(second).digest, pack(first).digest);
  });

  it("may hold a file of more than 2 GiB", function () {
    this.timeout(60_000);
    const path = folder("site", { "video.mp4": "" });
    truncateSync(join(path, "video.mp4"), 2 ** 31 + 1);
    const [entry] = listEntries(path, {});
    // head -c 2147483649 /dev/zero | sha256sum
    assert.equal(entry?.content, "b8030a8ab89280935633d8d991da3d9907c0f12e8b6fc3bfc515f4d440872b6e");
  });

  it("does not fill the disk with folders packed earlier: ten stay, and what was used in the last hour", () => {
    const bundles = join(work, "bundles");
    const old = new Date(Date.now() - 7_200_000);
    const packed = Array.from({ length: 13 }, (_, index) => {
      const { path } = deterministicArchive(folder(`site-${index}`, { "a.txt": String(index) }), { bundles });
      if (index > 0) utimesSync(path, new Date(old.getTime() + index), new Date(old.getTime() + index));
      return path;
    });
    writeFileSync(join(bundles, `${"0".repeat(64)}.tar.gz.1234abcd`), "half");
    utimesSync(join(bundles, `${"0".repeat(64)}.tar.gz.1234abcd`), 1, 1);
    deterministicArchive(folder("site-0", { "a.txt": "0" }), { bundles });
    const left = readdirSync(bundles).map((name) => join(bundles, name));
    assert.deepEqual(left.sort(), [packed[0] ?? "", ...packed.slice(4)].sort());
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
