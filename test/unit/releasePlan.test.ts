import assert from "node:assert/strict";
import type { Report } from "../../components/servers/ask";
import { planRelease, planReleaseOn } from "../../components/servers/release";
import { parseRecords, showRecord, showReleases } from "../../scripts/cli/deployment/list";

const archive = {
  hash: "95274b356bd9c2fe3c6c64bf1a5d884ffa436f2d45428c4614f0fc0bc7177a45",
  digest: "ab".repeat(32),
};

describe("what is done to put a release live", () => {
  it("uploads the folder under its hash and has the server check what arrived", () => {
    assert.deepEqual(planRelease(archive), {
      release: "95274b356bd9",
      upload: ".one-server-web-release-95274b356bd9.tar.gz",
      command:
        `/opt/one-server-web/release.sh deploy 95274b356bd9 --archive "$HOME/.one-server-web-release-95274b356bd9.tar.gz" ` +
        `--digest ${"ab".repeat(32)}`,
    });
  });

  it("uploads nothing for another release that is on the server", () => {
    assert.deepEqual(planRelease(archive, "0123456789ab"), {
      release: "0123456789ab",
      upload: undefined,
      command: "/opt/one-server-web/release.sh deploy 0123456789ab",
    });
  });

  it("uploads the folder when the release that is asked for is the folder's own", () => {
    assert.deepEqual(planRelease(archive, "95274b356bd9"), planRelease(archive));
  });
});

describe("what is done where the server is not as the stack's state says", () => {
  const usual = planRelease(archive);
  const { digest } = archive;
  const freshMark = "0f0f0f0f";
  const believed = {
    commands: { "web-1-deploy": { text: `sudo -n ${usual.command}`, inputDigest: "", machine: "i-1" } },
    copies: { "web-1-upload": { remotePath: usual.upload ?? "", hash: archive.hash } },
  };
  const seen = (reported: Report | undefined, pinned?: string) =>
    planReleaseOn("web-1", archive, pinned, { believed, reported, freshMark, owner: "" });
  const report = (release: string | undefined, digests: Record<string, string>): Report => ({
    facts: release === undefined ? {} : { release },
    digests,
  });
  const there = { [usual.upload ?? ""]: digest };

  it("is nothing new where it is, or does not say", () => {
    for (const reported of [undefined, report("95274b356bd9", there), report(undefined, there)]) {
      assert.deepEqual(seen(reported), { ...usual, warning: undefined });
    }
  });

  it("is the release once more where another one is live, and it is said", () => {
    const { command, warning } = seen(report("0123456789ab", there));
    assert.equal(command, `${usual.command}\n# run ${freshMark}`);
    assert.equal(
      warning,
      "web-1 has drifted: 0123456789ab is live, and this stack deployed 95274b356bd9; this update mends it",
    );
    assert.match(
      seen(report("", there)).warning ?? "",
      /no release is live, and this stack deployed 95274b356bd9/,
    );
  });

  it("is nothing special where the live release is the one that the settings pin", () => {
    const { command, warning } = seen(report("0123456789ab", there), "0123456789ab");
    assert.deepEqual([command, warning], ["/opt/one-server-web/release.sh deploy 0123456789ab", undefined]);
  });

  it("is another upload, and the release from there, where the upload is gone", () => {
    const { upload, command, warning } = seen(report("95274b356bd9", {}));
    assert.equal(upload, ".one-server-web-release-95274b356bd9.0f0f0f0f.tar.gz");
    assert.ok(command.includes(`--archive "$HOME/${upload}" --digest ${digest}`), command);
    assert.match(warning ?? "", /the uploaded release is not in the login's home folder/);
  });
});

describe("what people are shown of releases", () => {
  const record = {
    time: "2026-11-23T08:42:43Z",
    action: "deploy",
    release: "ffff2825ad38",
    previous: "dc2afddf43c3",
    result: "failed",
    step: "gate",
    seconds: 11.6,
    who: "ann@desk",
    message: "not fit\nand more",
  } as const;

  it("is who did what, how long it took and where it failed", () => {
    assert.match(
      showRecord(record),
      /deploy ffff2825ad38 by ann@desk: failed at its step gate after 11\.6 s: not fit$/,
    );
    assert.match(showRecord({ ...record, result: "live", message: "" }), /: live after 11\.6 s$/);
  });

  it("leaves out a record that a full disk cut off", () => {
    assert.equal(parseRecords(`${JSON.stringify(record)}\n{"time":"2026-`).length, 1);
  });

  it("names each release's state", () => {
    const text = showReleases(
      "web-1",
      [{ release: "ffff2825ad38", state: "failed", time: 1795423291, reason: "broken" }],
      [],
    );
    assert.match(text, /ffff2825ad38 .*failed, never gone back to: broken/);
    assert.match(text, /the last runs\n {2}none yet/);
  });
});
