import assert from "node:assert/strict";
import * as fc from "fast-check";
import { difference, sameValue } from "../../scripts/engine/difference";
import {
  assetArchive,
  assetOrArchive,
  containsSecret,
  containsUnknown,
  fileAsset,
  isSecret,
  isUnknown,
  reveal,
  secret,
  secretTexts,
  UNKNOWN,
  type Value,
} from "../../scripts/engine/values";

describe("values of the engine", () => {
  it("tells secrets, and keeps one that is marked already", () => {
    assert.equal(isSecret(secret("a")), true);
    assert.equal(isSecret("a"), false);
    assert.deepEqual(secret(secret("a")), secret("a"));
    assert.equal(containsSecret({ list: [{ deep: secret(1) }] }), true);
    assert.equal(containsSecret({ list: [{ deep: 1 }] }), false);
  });

  it("opens secrets wherever they lie", () => {
    assert.deepEqual(reveal({ a: secret("x"), b: [secret({ c: secret(2) })] }), { a: "x", b: [{ c: 2 }] });
  });

  it("tells what is not known yet, also inside a secret", () => {
    assert.equal(isUnknown(UNKNOWN), true);
    assert.equal(isUnknown(secret(UNKNOWN)), true);
    assert.equal(isUnknown("known"), false);
    assert.equal(containsUnknown({ a: [1, { b: secret(UNKNOWN) }] }), true);
    assert.equal(containsUnknown({ a: [1, { b: null }] }), false);
  });

  it("finds the texts inside secrets, and no others", () => {
    assert.deepEqual(secretTexts({ open: "o", hidden: secret(["a", { b: "c" }]), list: [secret("d")] }), [
      "a",
      "c",
      "d",
    ]);
  });

  it("reads assets and archives, an empty text too", () => {
    assert.deepEqual(assetOrArchive(fileAsset("/etc/hosts", "aa")), {
      kind: "asset",
      hash: "aa",
      path: "/etc/hosts",
    });
    const text = { ...(fileAsset("", "bb") as object), text: "" } as Value;
    assert.deepEqual(assetOrArchive(text), { kind: "asset", hash: "bb", text: "" });
    assert.equal(assetOrArchive(assetArchive({}, "cc"))?.kind, "archive");
    assert.equal(assetOrArchive({ path: "/etc/hosts" }), undefined);
    assert.equal(assetOrArchive("text"), undefined);
  });
});

describe("the difference between inputs", () => {
  const cases: { title: string; olds: Value; news: Value; found: string[] }[] = [
    { title: "nothing", olds: { a: 1, b: [1, { c: "x" }] }, news: { a: 1, b: [1, { c: "x" }] }, found: [] },
    { title: "a missing value and null", olds: { a: null }, news: {}, found: [] },
    { title: "a secret of the same value", olds: { a: secret("x") }, news: { a: "x" }, found: [] },
    { title: "a changed secret", olds: { a: secret("x") }, news: { a: secret("y") }, found: ["update a"] },
    { title: "something new", olds: {}, news: { a: "x" }, found: ["add a"] },
    { title: "something gone", olds: { a: "x" }, news: {}, found: ["delete a"] },
    {
      title: "a part of an object",
      olds: { a: { b: 1, c: 1 } },
      news: { a: { b: 2 } },
      found: ["update a.b", "delete a.c"],
    },
    {
      title: "a part of a list",
      olds: { t: [1, 2] },
      news: { t: [1, 3, 4] },
      found: ["update t[1] replace", "add t[2] replace"],
    },
    {
      title: "a key that is no word",
      olds: { a: { "b.c": 1 } },
      news: { a: { "b.c": 2 } },
      found: ['update a["b.c"]'],
    },
    { title: "an object in a text's place", olds: { a: "x" }, news: { a: { b: 1 } }, found: ["update a"] },
    {
      title: "something unknown",
      olds: { t: ["x"] },
      news: { t: [UNKNOWN] },
      found: ["update t[0] replace"],
    },
    {
      title: "a file moved",
      olds: { a: fileAsset("/a", "1") },
      news: { a: fileAsset("/b", "1") },
      found: [],
    },
    {
      title: "a file's content",
      olds: { a: fileAsset("/a", "1") },
      news: { a: fileAsset("/a", "2") },
      found: ["update a"],
    },
    { title: "outputs are not inputs", olds: { a: 1, out: "x" }, news: { a: 1 }, found: [] },
  ];
  for (const { title, olds, news, found } of cases) {
    it(`finds ${title}`, () => {
      const changes = difference(
        olds as { [key: string]: Value },
        news as { [key: string]: Value },
        ["a", "b", "t"],
        ["t"],
      );
      const words = changes.map(
        ({ change, path, replace }) => `${change} ${path}${replace ? " replace" : ""}`,
      );
      assert.deepEqual(words, found);
    });
  }

  it("is none between a value and itself, whatever it is, secret or not", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(sameValue(value as Value, secret(value as Value)), true);
      }),
    );
  });
});
