import assert from "node:assert/strict";
import { type Facts, judge, judgeCopy, marked, markOf } from "../../components/servers/drift";
import { runShell } from "../support/shell";

const fresh = "0f0f0f0f";
const settings = { settings: "S1", bundle: "B1", owner: "one-server-web/prod 1a2b3c4d" };
const other = { ...settings, owner: "one-server-web/test 99999999" };

describe("a command that was done on a server", () => {
  const cases: readonly (readonly [
    title: string,
    believed: (Facts & { mark: string }) | undefined,
    reported: Facts | undefined,
    wanted: Facts,
    mark: string,
    drifted: readonly string[],
  ])[] = [
    ["is new to the stack", undefined, undefined, settings, "", []],
    ["is new to the stack, and another stack's server", undefined, other, settings, "", []],
    ["is as the state says", { ...settings, mark: "" }, settings, settings, "", []],
    ["is as the state says since it was mended", { ...settings, mark: "1a" }, settings, settings, "1a", []],
    ["can't be asked about", { ...settings, mark: "1a" }, undefined, settings, "1a", []],
    [
      "will run anyway, because a setting changed",
      { ...settings, mark: "1a" },
      settings,
      { ...settings, settings: "S2" },
      "1a",
      [],
    ],
    [
      "never came to its end: nothing is recorded",
      { ...settings, mark: "" },
      { settings: "", bundle: "", owner: "" },
      settings,
      fresh,
      ["settings", "bundle", "owner"],
    ],
    [
      "was followed by other settings",
      { ...settings, mark: "1a" },
      { ...settings, settings: "S9" },
      settings,
      fresh,
      ["settings"],
    ],
    ["was followed by another stack's", { ...settings, mark: "" }, other, settings, fresh, ["owner"]],
    [
      "was followed by other settings, and the settings changed too",
      { ...settings, mark: "" },
      { ...settings, settings: "S9" },
      { ...settings, settings: "S2" },
      fresh,
      ["settings"],
    ],
    [
      "was done by a run that was killed before it could say so",
      { ...settings, mark: "" },
      { ...settings, settings: "S2" },
      { ...settings, settings: "S2" },
      "",
      [],
    ],
    [
      "was rolled back by hand",
      { release: "bbbb", mark: "" },
      { release: "aaaa" },
      { release: "bbbb" },
      fresh,
      ["release"],
    ],
    [
      "was rolled back, as the settings say",
      { release: "bbbb", mark: "" },
      { release: "aaaa" },
      { release: "aaaa" },
      "",
      [],
    ],
    [
      "lost its release",
      { release: "bbbb", mark: "" },
      { release: "" },
      { release: "bbbb" },
      fresh,
      ["release"],
    ],
  ];
  for (const [title, believed, reported, wanted, mark, drifted] of cases) {
    it(`${drifted.length === 0 ? "keeps its mark" : "gets another mark"}: it ${title}`, () => {
      assert.deepEqual(judge(believed, reported, wanted, fresh), { mark, drifted });
    });
  }

  it("keeps the mark that it got, run after run", () => {
    const first = judge({ ...settings, mark: "" }, other, settings, fresh);
    const second = judge({ ...settings, mark: first.mark }, settings, settings, "1e1e1e1e");
    assert.equal(second.mark, fresh);
  });

  it("carries its mark where the shell does not see it", () => {
    const command = "echo one\necho two";
    assert.equal(marked(command, ""), command);
    assert.equal(markOf(command), "");
    assert.equal(markOf(marked(command, fresh)), fresh);
    assert.equal(runShell([], marked(command, fresh)).output, "one\ntwo\n");
  });
});

describe("a file that was copied to a server", () => {
  const wanted = { remotePath: "scripts.tar.gz", hash: "H1", digest: "D1" };
  const believed = { remotePath: "scripts.tar.gz", hash: "H1" };
  const again = { remotePath: `scripts.${fresh}.tar.gz`, drifted: true };
  const same = { remotePath: "scripts.tar.gz", drifted: false };
  const cases: readonly (readonly [
    title: string,
    believed: Parameters<typeof judgeCopy>[0],
    digests: Facts | undefined,
    believedDigest: string | undefined,
    verdict: ReturnType<typeof judgeCopy>,
  ])[] = [
    ["is new to the stack", undefined, undefined, undefined, same],
    ["is there", believed, { "scripts.tar.gz": "D1" }, "D1", same],
    ["can't be asked about", believed, undefined, "D1", same],
    ["is gone, or in another login's home", believed, {}, "D1", again],
    ["is another one", believed, { "scripts.tar.gz": "D9" }, "D1", again],
    ["was packed elsewhere into other bytes", believed, { "scripts.tar.gz": "D0" }, "D0", same],
    ["has another content now, and is copied anyway", { ...believed, hash: "H0" }, {}, "D0", same],
    [
      "was copied a second time, and is there",
      { remotePath: "scripts.1a2b3c4d.tar.gz", hash: "H1" },
      { "scripts.1a2b3c4d.tar.gz": "D1" },
      "D1",
      { remotePath: "scripts.1a2b3c4d.tar.gz", drifted: false },
    ],
    [
      "was copied a second time, and is gone",
      { remotePath: "scripts.1a2b3c4d.tar.gz", hash: "H1" },
      {},
      "D1",
      again,
    ],
    ["is of another release", { remotePath: "release-0.tar.gz", hash: "H1" }, {}, "D1", same],
  ];
  for (const [title, copy, digests, believedDigest, verdict] of cases) {
    it(`${verdict.drifted ? "is copied again" : "stays"}: it ${title}`, () => {
      assert.deepEqual(judgeCopy(copy, digests, wanted, believedDigest, fresh), verdict);
    });
  }
});
