import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Report } from "../../components/servers/ask";
import {
  planRelease,
  planReleaseOn,
  planRollout,
  type RolloutInput,
  releaseContract,
  releaseName,
  uploadPath,
} from "../../components/servers/releasePlan";
import { parseRecords, showRecord, showReleases } from "../../scripts/cli/deployment/list";
import { type Config, plainSettings } from "../support/settings";

const archive = {
  hash: "95274b356bd9c2fe3c6c64bf1a5d884ffa436f2d45428c4614f0fc0bc7177a45",
  digest: "ab".repeat(32),
};

describe("a release's name", () => {
  const contract = { text: "HEALTH_PATH='/healthz'\n", key: "correct horse battery staple" };
  const name = releaseName(archive.hash, contract);

  it("is the same for the same files and settings, and for nothing else", () => {
    assert.match(name, /^[0-9a-f]{12}$/);
    assert.equal(releaseName(archive.hash, { ...contract }), name);
    assert.notEqual(releaseName("00".repeat(32), contract), name);
    assert.notEqual(releaseName(archive.hash, { ...contract, text: "HEALTH_PATH='/up'\n" }), name);
  });

  it("cannot be computed from files and settings alone", () => {
    assert.notEqual(releaseName(archive.hash, { ...contract, key: "another key" }), name);
    const plain = createHash("sha256").update(`${archive.hash}\n${contract.text}`).digest("hex");
    assert.notEqual(name, plain.slice(0, 12));
  });

  it("changes with each setting that belongs to a release, and with no other", () => {
    const named = (config: Config) => releaseName(archive.hash, releaseContract(plainSettings(config)));
    const usual = named({});
    const own: Config = {
      healthPath: "/up",
      documentRoot: "src",
      migrate: "true",
      sharedPaths: '["uploads"]',
      environment: '{"GREETING": "hello"}',
      workers: '{"mail": "php bin/mail.php"}',
      cron: '{"clean": {"schedule": "hourly", "command": "true"}}',
      maximumUpload: "64",
      requestTimeout: "120",
      application: "site:application",
      interface: "asgi",
    };
    for (const [setting, value] of Object.entries(own))
      assert.notEqual(named({ [setting]: value }), usual, setting);
    for (const others of [{ http3: "true" }, { keepReleases: "7" }, { pageCache: "10s" }, { aliases: "[]" }])
      assert.equal(named(others), usual, JSON.stringify(others));
  });
});

describe("what is done to put a release live", () => {
  const contract = { text: "HEALTH_PATH='/healthz'\n", key: "correct horse battery staple" };
  const release = releaseName(archive.hash, contract);

  it("uploads the folder under its hash, has the server check what arrived, and gives the settings by standard input", () => {
    assert.equal(uploadPath(archive), ".one-server-web-release-95274b356bd9.tar.gz");
    assert.deepEqual(planRelease(archive, contract), {
      release,
      upload: uploadPath(archive),
      command:
        `/opt/one-server-web/release.sh deploy ${release} --archive "$HOME/.one-server-web-release-95274b356bd9.tar.gz" ` +
        `--digest ${"ab".repeat(32)} --settings`,
      stdin: contract.text,
    });
  });

  it("uploads the same files once, whatever settings go with them", () => {
    const other = planRelease(archive, { ...contract, text: "" });
    assert.notEqual(other.release, release);
    assert.match(other.command, /--archive "\$HOME\/\.one-server-web-release-95274b356bd9\.tar\.gz"/);
  });

  it("names no files for another release that is on the server, with its settings", () => {
    assert.deepEqual(planRelease(archive, contract, "0123456789ab"), {
      release: "0123456789ab",
      upload: uploadPath(archive),
      command: "/opt/one-server-web/release.sh deploy 0123456789ab",
      stdin: "",
    });
  });

  it("takes the folder when the release that is asked for is the folder's own", () => {
    assert.deepEqual(planRelease(archive, contract, release), planRelease(archive, contract));
  });
});

describe("what is done where the server is not as the stack's state says", () => {
  const contract = { text: "HEALTH_PATH='/healthz'\n", key: "correct horse battery staple" };
  const usual = planRelease(archive, contract);
  const { digest } = archive;
  const freshMark = "0f0f0f0f";
  const believed = {
    commands: { "web-1-deploy": { text: `sudo -n ${usual.command}`, inputDigest: "", machine: "i-1" } },
    copies: { "web-1-upload": { remotePath: usual.upload, hash: archive.hash } },
    databases: ["web-1"],
  };
  const seen = (reported: Report | undefined, pinned?: string) =>
    planReleaseOn("web-1", archive, contract, pinned, { believed, reported, freshMark, owner: "" });
  const report = (release: string | undefined, digests: Record<string, string>): Report => ({
    facts: release === undefined ? {} : { release },
    digests,
  });
  const there = { [usual.upload]: digest };

  it("is nothing new where it is, or does not say", () => {
    for (const reported of [undefined, report(usual.release, there), report(undefined, there)]) {
      assert.deepEqual(seen(reported), { ...usual, warning: undefined });
    }
  });

  it("is the release once more where another one is live, and it is said", () => {
    const { command, warning } = seen(report("0123456789ab", there));
    assert.equal(command, `${usual.command}\n# run ${freshMark}`);
    assert.equal(
      warning,
      `web-1 has drifted: 0123456789ab is live, and this stack deployed ${usual.release}; this update mends it`,
    );
    assert.match(
      seen(report("", there)).warning ?? "",
      new RegExp(`no release is live, and this stack deployed ${usual.release}`),
    );
  });

  it("is nothing special where the live release is the one that the settings pin", () => {
    const { command, warning } = seen(report("0123456789ab", there), "0123456789ab");
    assert.deepEqual([command, warning], ["/opt/one-server-web/release.sh deploy 0123456789ab", undefined]);
  });

  it("is another upload, and the release from there, where the upload is gone", () => {
    const { upload, command, warning } = seen(report(usual.release, {}));
    assert.equal(upload, ".one-server-web-release-95274b356bd9.0f0f0f0f.tar.gz");
    assert.ok(command.includes(`--archive "$HOME/${upload}" --digest ${digest}`), command);
    assert.match(warning ?? "", /the uploaded release is not in the login's home folder/);
  });
});

describe("a rollout over several servers", () => {
  const contract = { text: "HEALTH_PATH='/healthz'\n", key: "correct horse battery staple" };
  const release = releaseName(archive.hash, contract);
  const target = (name: string, reported: string | undefined = undefined) => ({
    name,
    connection: { host: name },
    upload: uploadPath(archive),
    reported,
  });
  const facts = { pinned: undefined, believed: undefined, freshMark: "0f0f0f0f" };
  const command = `node --import tsx scripts/cli/rollout.ts ${release}`;
  const plan = (
    reported: readonly (string | undefined)[],
    given: { pinned?: string | undefined; believed?: string } = {},
  ) =>
    planRollout(
      reported.map((name, index) => target(`web-${index + 1}`, name)),
      archive,
      contract,
      { ...facts, ...given },
    );

  it("is one command with all that is secret on its standard input", () => {
    const planned = plan([undefined, undefined]);
    assert.deepEqual([planned.command, planned.warnings], [command, []]);
    const input = JSON.parse(planned.stdin) as RolloutInput;
    const files = `--archive "$HOME/${uploadPath(archive)}" --digest ${archive.digest}`;
    assert.deepEqual(input, {
      release,
      servers: [
        { name: "web-1", connection: { host: "web-1" }, files },
        { name: "web-2", connection: { host: "web-2" }, files },
      ],
      settings: contract.text,
    });
  });

  it("brings neither files nor settings to a pinned release", () => {
    const input = JSON.parse(plan([undefined], { pinned: "0123456789ab" }).stdin) as RolloutInput;
    assert.deepEqual(input, {
      release: "0123456789ab",
      servers: [{ name: "web-1", connection: { host: "web-1" }, files: "" }],
    });
  });

  it("is run again when a server has another release than the state says, and keeps its mark afterwards", () => {
    const drifted = plan([release, "0123456789ab"], { believed: command });
    assert.equal(drifted.command, `${command}\n# run 0f0f0f0f`);
    assert.match(drifted.warnings.join(), /web-2 has drifted: 0123456789ab is live, and this stack deployed/);
    const settled = plan([release, release], { believed: drifted.command });
    assert.deepEqual([settled.command, settled.warnings], [drifted.command, []]);
  });

  it("is run anyway when the settings ask for another release, which is no drift", () => {
    const before = command.replace(release, "0123456789ab");
    const planned = plan(["0123456789ab", "0123456789ab"], { believed: before });
    assert.deepEqual([planned.command, planned.warnings], [command, []]);
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
