import assert from "node:assert/strict";
import { type Facts, parseFacts } from "../../scripts/cli/status/facts";
import { judge } from "../../scripts/cli/status/judge";
import { showStatus } from "../../scripts/cli/status/show";
import { showStatuses } from "../../scripts/cli/status/sideBySide";

const now = Date.UTC(2026, 10, 23, 12) / 1000;
const day = 86_400;

const sound: Facts = {
  time: now,
  system: "Debian GNU/Linux 13 (trixie)",
  kernel: "6.12.48",
  upSeconds: 3 * day,
  versions: { nginx: "1.26.3", PHP: "8.4.11", MariaDB: "11.8.3" },
  load: [0.5, 0.4, 0.3],
  cores: 2,
  memory: { total: 2048, available: 900, swapTotal: 2048, swapFree: 2000 },
  disks: [{ path: "/", size: 20_480, available: 10_240, usedPercent: 50, inodesPercent: 5 }],
  certificate: { from: now - 30 * day, until: now + 60 * day, issuer: "CN=E7,O=Let's Encrypt,C=US" },
  health: { path: "/healthz", status: 200, milliseconds: 12 },
  units: [{ unit: "nginx.service", state: "active", restarts: 0 }],
  failedUnits: [],
  backup: { last: now - day / 2, check: "5 tables, 3 MiB" },
  alerts: [],
  securityArchive: true,
  restartRequired: false,
  maintenance: false,
  colour: "blue",
  release: "95274b356bd9",
  records: [
    {
      time: "2026-11-23T08:42:43Z",
      action: "deploy",
      release: "95274b356bd9",
      previous: "",
      result: "live",
      step: "finish",
      seconds: 1.5,
      who: "ann@desk",
      message: "",
    },
  ],
};
const [record] = sound.records ?? [];
assert.ok(record);

describe("a server's status", () => {
  it("has nothing to say against a server that is sound", () => {
    assert.deepEqual(judge(sound), []);
  });

  const faults: readonly (readonly [string, Partial<Facts>, "wrong" | "warning", RegExp])[] = [
    [
      "a daemon is down",
      { units: [{ unit: "mysql.service", state: "failed", restarts: 5 }] },
      "wrong",
      /mysql\.service is failed: journalctl -u mysql/,
    ],
    [
      "a daemon was restarted",
      { units: [{ unit: "mysql.service", state: "active", restarts: 2 }] },
      "warning",
      /restarted 2 times/,
    ],
    ["another unit failed", { failedUnits: ["fstrim.service"] }, "warning", /fstrim\.service has failed/],
    [
      "the site answers 503",
      { health: { path: "/healthz", status: 503, milliseconds: 3 } },
      "wrong",
      /\/healthz answers 503, expected 200/,
    ],
    [
      "nobody answers",
      { health: { path: "/healthz", status: 0, milliseconds: 3 } },
      "wrong",
      /answers nothing/,
    ],
    ["there is no release", { release: "" }, "wrong", /no release is live: npm run deploy/],
    ["it is in maintenance", { maintenance: true, release: "" }, "warning", /in maintenance/],
    [
      "the certificate has ended",
      { certificate: { from: 0, until: now - 1, issuer: "" } },
      "wrong",
      /ended on 2026-11-23 11:59 UTC/,
    ],
    [
      "8 of a certificate's 90 days are left",
      { certificate: { from: now - 82 * day, until: now + 8 * day, issuer: "" } },
      "wrong",
      /was not renewed$/,
    ],
    [
      "17 of a certificate's 90 days are left",
      { certificate: { from: now - 73 * day, until: now + 17 * day, issuer: "" } },
      "warning",
      /not renewed yet/,
    ],
    ["no certificate is shown", { certificate: null }, "wrong", /nothing shows a certificate/],
    [
      "a disk is nearly full",
      { disks: [{ path: "/", size: 10, available: 1, usedPercent: 90, inodesPercent: 1 }] },
      "warning",
      /disk \/ is 90 % full/,
    ],
    [
      "a disk is full",
      { disks: [{ path: "/", size: 10, available: 0, usedPercent: 99, inodesPercent: null }] },
      "wrong",
      /disk \/ is 99 % full/,
    ],
    [
      "a disk has no inodes",
      { disks: [{ path: "/", size: 10, available: 5, usedPercent: 50, inodesPercent: 98 }] },
      "wrong",
      /98 % out of inodes/,
    ],
    ["backups are not set up", { backup: null }, "warning", /set backupRepository/],
    ["the first backup is to come", { backup: { last: null, check: "" } }, "warning", /no backup yet/],
    [
      "the last backup is old",
      { backup: { last: now - 2 * day, check: "" } },
      "wrong",
      /last good backup is of 2026-11-21 12:00 UTC/,
    ],
    [
      "something raised an alarm",
      { alerts: ["2026 one-server-web-backup failed: no space"] },
      "wrong",
      /alert: .*no space/,
    ],
    ["the load is high for long", { load: [1, 3, 4.5] }, "warning", /load is 4\.5 on 2 cores/],
    ["memory is short", { memory: { ...sound.memory, available: 100 } }, "warning", /100 MiB of 2048/],
    [
      "no security upgrades can come",
      { securityArchive: false },
      "warning",
      /none are installed automatically/,
    ],
    ["a restart is due", { restartRequired: true }, "warning", /next restart/],
    [
      "the last deployment failed",
      { records: [{ ...record, result: "failed", step: "gate", message: "not fit\nand" }] },
      "warning",
      /the last deploy failed at its step gate: not fit$/,
    ],
  ];
  for (const [when, change, level, text] of faults) {
    it(`says so when ${when}`, () => {
      const judged = judge({ ...sound, ...change });
      assert.equal(judged.length, 1, JSON.stringify(judged));
      assert.equal(judged[0]?.level, level);
      assert.match(judged[0]?.text ?? "", text);
    });
  }

  it("names what is wrong before what will be", () => {
    const judged = judge({ ...sound, backup: null, alerts: ["x"] });
    assert.deepEqual(
      judged.map(({ level }) => level),
      ["wrong", "warning"],
    );
  });

  it("is shown on one screen", () => {
    const text = showStatus({ server: "web-1", facts: sound, faults: [] });
    assert.match(text, /^web-1: Debian GNU\/Linux 13 \(trixie\)\n/);
    assert.match(text, /certificate {3}60 days left, until 2027-01-22 12:00 UTC, by CN=E7/);
    assert.match(text, /backup {8}2026-11-23 00:00 UTC: 5 tables, 3 MiB/);
    assert.match(text, /last run {6}.* deploy 95274b356bd9 by ann@desk: live after 1\.5 s/);
    assert.match(text, /\n {2}all is well$/);
  });

  it("is judged and shown by the roles that it has: a database says nothing of releases or a certificate", () => {
    const { certificate, health, maintenance, colour, release, records, ...common } = sound;
    const database: Facts = { ...common, roles: ["base", "mysql", "backup"], versions: { MySQL: "9.7.4" } };
    assert.deepEqual(judge(database), []);
    const text = showStatus({ server: "db-1", facts: database, faults: [] });
    assert.match(text, /versions {6}MySQL 9\.7\.4/);
    assert.match(text, /backup {8}2026-11-23/);
    assert.doesNotMatch(text, /certificate|health|release|last run/);
    assert.deepEqual(parseFacts(JSON.stringify(database)), database);
  });

  it("is marked in words, and shown for a server that can't be reached", () => {
    const faults = [{ level: "wrong", text: "web-1: no answer" }] as const;
    assert.equal(showStatus({ server: "web-1", faults }), "web-1:\n  WRONG: web-1: no answer");
  });

  it("is read from what the server prints, records cut off by a full disk left out", () => {
    const { records, ...facts } = sound;
    const text = JSON.stringify({ ...facts, records: `${JSON.stringify(records?.[0])}\n{"time":` });
    assert.deepEqual(parseFacts(text), sound);
  });
});

describe("the status of several servers", () => {
  const of = (server: string, facts: Partial<Facts> = {}) => {
    const all = { ...sound, ...facts };
    return { server, facts: all, faults: judge(all) };
  };
  const two = [of("web-1"), of("web-2", { release: "aaaaaaaaaaaa", load: [9, 9, 9] })];

  it("is shown side by side, and what is wrong below, by server", () => {
    const lines = showStatuses(two, 120).split("\n");
    assert.match(lines[0] ?? "", /^ +web-1 +web-2$/);
    assert.ok(
      lines.some((line) => /^release +95274b356bd9 on blue +aaaaaaaaaaaa on blue$/.test(line)),
      lines.join("\n"),
    );
    assert.ok(lines.every((line) => line.length <= 120));
    assert.deepEqual(lines.slice(-2), ["web-2:", "  WARNING: the load is 9 on 2 cores over 15 minutes"]);
  });

  it("shows a server that cannot be reached beside those that can", () => {
    const lost = { server: "web-3", faults: [{ level: "wrong" as const, text: "web-3: no answer" }] };
    const text = showStatuses([of("web-1"), lost], 120);
    assert.match(text, /^release +95274b356bd9 on blue +-$/m);
    assert.match(text, /\nweb-3:\n {2}WRONG: web-3: no answer$/);
  });

  it("says once that all is well", () => {
    assert.equal(showStatuses([of("web-1"), of("web-2")], 120).match(/all is well/g)?.length, 1);
  });

  it("is shown one below the other where there is no room, and for one server as ever", () => {
    assert.equal(showStatuses(two, 60), two.map(showStatus).join("\n\n"));
    assert.equal(showStatuses(two.slice(0, 1), 120), two.slice(0, 1).map(showStatus).join());
  });
});
