import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached, cacheFolder, contentKey, isComplete } from "../../scripts/engine/cache";
import { isStale, processIdentity, withLock } from "../../scripts/engine/lock";

describe("the cache", () => {
  let folder: string;
  let item: string;
  const silent = () => undefined;
  const make = (content: string) => async (temporary: string) =>
    writeFileSync(join(temporary, "file"), content);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cache-"));
    item = join(folder, "item");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("lies where XDG says, and in ~/.cache when that says nothing or nonsense", () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: "/x", HOME: "/h" }), "/x/one-server-web");
    assert.equal(cacheFolder({ HOME: "/h" }), "/h/.cache/one-server-web");
    assert.equal(cacheFolder({ XDG_CACHE_HOME: "relative", HOME: "/h" }), "/h/.cache/one-server-web");
  });

  it("names content by all of its parts and where they end", () => {
    assert.match(contentKey(["a"]), /^[0-9a-f]{16}$/);
    assert.notEqual(contentKey(["ab", "c"]), contentKey(["a", "bc"]));
    assert.equal(contentKey(["a", Buffer.from("b")]), contentKey(["a", "b"]));
  });

  it("makes a thing once", async () => {
    assert.equal(await cached(item, make("one"), silent), item);
    await cached(item, make("two"), silent);
    assert.equal(readFileSync(join(item, "file"), "utf8"), "one");
    assert.deepEqual(readdirSync(folder), ["item"], "no lock and no temporary folder stays");
  });

  it("makes a thing once for two at the same time", async () => {
    let times = 0;
    const slow = async (temporary: string) => {
      times += 1;
      await new Promise((resolve) => setImmediate(resolve));
      writeFileSync(join(temporary, "file"), "x");
    };
    await Promise.all([cached(item, slow, silent), cached(item, slow, silent)]);
    assert.equal(times, 1);
  });

  it("never takes half a thing for a whole one", async () => {
    await assert.rejects(
      cached(
        item,
        async (temporary) => {
          writeFileSync(join(temporary, "file"), "half");
          throw new Error("interrupted");
        },
        silent,
      ),
      /interrupted/,
    );
    assert.equal(existsSync(item), false);
    assert.deepEqual(readdirSync(folder), []);
  });

  for (const [damage, act] of [
    ["a file is gone", () => rmSync(join(item, "file"))],
    ["a file was cut", () => writeFileSync(join(item, "file"), "wh")],
    ["the marker is gone", () => rmSync(join(item, "complete.json"))],
    ["the marker was cut", () => writeFileSync(join(item, "complete.json"), '{"fi')],
  ] as const) {
    it(`makes a thing anew when ${damage}`, async () => {
      await cached(item, make("whole"), silent);
      assert.equal(isComplete(item), true);
      act();
      assert.equal(isComplete(item), false);
      await cached(item, make("again"), silent);
      assert.equal(readFileSync(join(item, "file"), "utf8"), "again");
    });
  }

  it("clears what a killed run left behind", async () => {
    const { pid } = spawnSync("true");
    mkdirSync(`${item}.making-${pid}-1`);
    writeFileSync(`${item}.lock`, `${pid}-1`);
    await cached(item, make("x"), silent);
    assert.deepEqual(readdirSync(folder), ["item"]);
  });
});

describe("a lock", () => {
  const gone = spawnSync("true").pid;
  const cases = [
    { title: "this process", content: processIdentity(process.pid), stale: false },
    { title: "a process that has ended", content: `${gone}-5`, stale: true },
    { title: "a process whose number another one has now", content: `${process.pid}-5`, stale: true },
    { title: "nobody", content: "", stale: true },
    { title: "init, which is not ours", content: processIdentity(1), stale: false },
  ];
  for (const { title, content, stale } of cases) {
    it(`of ${title} is ${stale ? "stale" : "held"}`, () => assert.equal(isStale(content), stale));
  }

  it("is gone after work that failed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lock-"));
    const path = join(folder, "lock");
    await assert.rejects(
      withLock(
        path,
        () => undefined,
        async () => Promise.reject(new Error("no")),
      ),
      /no/,
    );
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });
});
