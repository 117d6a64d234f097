import type { Facts } from "./facts";

/** Something that a person should know: `wrong` needs one now, a `warning` will. */
export interface Fault {
  readonly level: "wrong" | "warning";
  /** What is so, and what to do. */
  readonly text: string;
}

const day = 86_400;

/** Everything about a server that is not as it should be, the worst first. */
export function judge(facts: Facts): Fault[] {
  const faults = [
    ...service(facts),
    ...units(facts),
    ...certificate(facts),
    ...disks(facts),
    ...backup(facts),
    ...burden(facts),
    ...facts.alerts.map((text) => wrong(`alert: ${text}`)),
  ];
  return [
    ...faults.filter(({ level }) => level === "wrong"),
    ...faults.filter(({ level }) => level !== "wrong"),
  ];
}

const wrong = (text: string): Fault => ({ level: "wrong", text });
const warning = (text: string): Fault => ({ level: "warning", text });

function service({
  release,
  maintenance = false,
  health,
  records,
  restartRequired,
  securityArchive,
}: Facts): Fault[] {
  const last = records?.at(-1);
  const failed = last !== undefined && ["failed", "interrupted"].includes(last.result);
  return [
    ...(release === "" && !maintenance ? [wrong("no release is live: npm run deploy")] : []),
    ...(maintenance ? [warning("in maintenance: visitors get 503 with Retry-After")] : []),
    ...(health === undefined || health.status === 200 || maintenance || release === ""
      ? []
      : [wrong(`${health.path} answers ${health.status === 0 ? "nothing" : health.status}, expected 200`)]),
    ...(failed
      ? [
          warning(
            `the last ${last.action} ${last.result} at its step ${last.step}: ${last.message.split("\n")[0]}`,
          ),
        ]
      : []),
    ...(restartRequired ? [warning("an upgrade takes effect at the next restart of the server")] : []),
    ...(securityArchive !== false
      ? []
      : [
          warning(
            "none of its package archives has security upgrades, so none are installed automatically (Debian sid has no such archive)",
          ),
        ]),
  ];
}

function units({ units: own, failedUnits }: Facts): Fault[] {
  const names = new Set(own.map(({ unit }) => unit));
  return [
    ...own
      .filter(({ state }) => state !== "active")
      .map(({ unit, state }) => wrong(`${unit} is ${state}: journalctl -u ${unit} on the server`)),
    ...own
      .filter(({ state, restarts }) => state === "active" && (restarts ?? 0) > 0)
      .map(({ unit, restarts }) => warning(`${unit} ended unexpectedly and was restarted ${restarts} times`)),
    ...failedUnits
      .filter((unit) => !names.has(unit))
      .map((unit) => warning(`${unit} has failed: journalctl -u ${unit} on the server`)),
  ];
}

/** Clients of authorities renew at a third of the life; at a fifth that has failed for a while. */
function certificate({ certificate: shown, time }: Facts): Fault[] {
  if (shown === undefined) return [];
  if (shown === null) return [wrong("nothing shows a certificate at port 443")];
  const left = shown.until - time;
  const share = left / (shown.until - shown.from);
  const ends = `the certificate ${left < 0 ? "ended" : "ends"} on ${utc(shown.until)}`;
  if (left < 0) return [wrong(ends)];
  if (share < 0.1) return [wrong(`${ends} and was not renewed`)];
  return share < 0.2 ? [warning(`${ends} and was not renewed yet`)] : [];
}

/** Of a disk that is nearly full the database is the first to stop. */
function disks({ disks: all }: Facts): Fault[] {
  return all.flatMap(({ path, usedPercent, inodesPercent }) =>
    [
      { percent: usedPercent, of: "full" },
      { percent: inodesPercent, of: "out of inodes" },
    ].flatMap(({ percent, of }) => {
      const text = `the disk ${path} is ${percent} % ${of}`;
      if ((percent ?? 0) >= 97) return [wrong(text)];
      return (percent ?? 0) >= 90 ? [warning(text)] : [];
    }),
  );
}

/** Nightly backups are late after a day and the hours that one may take. */
function backup({ backup: kept, time }: Facts): Fault[] {
  if (kept === undefined) return [];
  if (kept === null) return [warning("there are no backups: set backupRepository and backupPassword")];
  if (kept.failed) return [wrong(`the backup of ${utc(kept.failed.time)} failed: ${kept.failed.reason}`)];
  if (kept.last === null) return [warning("there is no backup yet: npm run backup makes one now")];
  return time - kept.last > 1.5 * day
    ? [wrong(`the last good backup is of ${utc(kept.last)}: npm run backup says what is wrong`)]
    : [];
}

function burden({ load, cores, memory }: Facts): Fault[] {
  const [, , long = 0] = load;
  const free = memory.available / memory.total;
  return [
    ...(long > 2 * cores ? [warning(`the load is ${long} on ${cores} cores over 15 minutes`)] : []),
    ...(free < 0.1 ? [warning(`${memory.available} MiB of ${memory.total} are available`)] : []),
  ];
}

/** `2026-11-23 12:00 UTC` */
export function utc(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
