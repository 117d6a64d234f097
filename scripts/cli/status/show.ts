import { showRecord } from "../deployment/list";
import type { Disk, Facts } from "./facts";
import { type Fault, utc } from "./judge";

/** One server's answer, or why there is none. */
export type Status =
  | { readonly server: string; readonly facts: Facts; readonly faults: readonly Fault[] }
  | { readonly server: string; readonly faults: readonly Fault[] };

/** A server for people: what it is, how it is, and in words what is not as it should be. */
export function showStatus(status: Status): string {
  const { server, faults } = status;
  const judged = faults.map(faultLine);
  if (!("facts" in status)) return [`${server}:`, ...judged].join("\n");
  const rows = rowsOf(status.facts).map(([name, value]) => `  ${name.padEnd(14)}${value}`);
  const verdict = judged.length === 0 ? ["  all is well"] : judged;
  return [`${server}: ${status.facts.system}`, ...rows, ...verdict].join("\n");
}

/** A fault on a line of its own. */
export function faultLine({ level, text }: Fault): string {
  return `  ${level === "wrong" ? "WRONG" : "WARNING"}: ${text}`;
}

/** What is shown of a server, each fact with its name; a name may stand several times. */
export function rowsOf(facts: Facts): [string, string][] {
  const { memory, units } = facts;
  return [
    [
      "versions",
      Object.entries(facts.versions)
        .map((pair) => pair.join(" "))
        .join(", "),
    ],
    ["up", `${duration(facts.upSeconds)}, kernel ${facts.kernel}`],
    ["load", `${facts.load.join(" ")} on ${facts.cores} cores`],
    ["memory", `${memory.available} MiB of ${memory.total} available${swap(memory)}`],
    ...facts.disks.map((disk): [string, string] => ["disk", showDisk(disk)]),
    ...(facts.certificate === undefined ? [] : [row("certificate", showCertificate(facts))]),
    ...(facts.backup === undefined ? [] : [row("backup", showBackup(facts.backup))]),
    row("units", `${units.filter(({ state }) => state === "active").length} of ${units.length} active`),
    ...releaseRows(facts),
  ];
}

const row = (name: string, value: string): [string, string] => [name, value];

/** Of a server that serves the site. */
function releaseRows({ health, release, colour, records = [] }: Facts): [string, string][] {
  const last = records.at(-1);
  const failed = records.findLast(({ result }) => ["failed", "interrupted"].includes(result));
  return [
    ...(health === undefined
      ? []
      : [
          row(
            "health",
            `${health.path} answers ${health.status || "nothing"} after ${health.milliseconds} ms`,
          ),
        ]),
    ...(release === undefined ? [] : [row("release", release === "" ? "none" : `${release} on ${colour}`)]),
    ...(last === undefined ? [] : [row("last run", showRecord(last))]),
    ...(failed === undefined || failed === last ? [] : [row("last failure", showRecord(failed))]),
  ];
}

function swap({ swapTotal, swapFree }: Facts["memory"]): string {
  return swapTotal === 0 ? "" : `, ${swapTotal - swapFree} of ${swapTotal} MiB swap in use`;
}

function showDisk({ path, size, available, usedPercent }: Disk): string {
  return `${path} ${usedPercent ?? "?"} % full, ${(available / 1024).toFixed(1)} of ${(size / 1024).toFixed(1)} GiB left`;
}

function showCertificate({ certificate, time }: Facts): string {
  if (certificate === null || certificate === undefined) return "none";
  const days = Math.floor((certificate.until - time) / 86_400);
  return `${days} days left, until ${utc(certificate.until)}, by ${certificate.issuer}`;
}

function showBackup(backup: NonNullable<Facts["backup"]> | null): string {
  if (backup === null) return "not set up";
  return backup.last === null
    ? "none yet"
    : `${utc(backup.last)}${backup.check === "" ? "" : `: ${backup.check}`}`;
}

/** `3 days`, `5 hours` or `12 minutes`. */
function duration(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, "days"],
    [3600, "hours"],
    [60, "minutes"],
  ];
  const [length, name] = units.find(([unit]) => seconds >= 2 * unit) ?? ([1, "seconds"] as const);
  return `${Math.floor(seconds / length)} ${name}`;
}
