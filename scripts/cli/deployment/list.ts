/** A release on a server, as `release.sh list --json` tells it. */
export interface ListedRelease {
  readonly release: string;
  /** `ready`: its app server still runs, so that going back to it is a matter of a moment. */
  readonly state: "live" | "ready" | "kept" | "failed";
  /** Seconds since 1970: when it went live last, or was unpacked. */
  readonly time: number;
  /** Why it failed, or empty. */
  readonly reason: string;
}

/** One run of release.sh, as its records tell it. */
export interface ReleaseRecord {
  readonly time: string;
  readonly action: string;
  readonly release: string;
  readonly previous: string;
  readonly result: "live" | "done" | "unchanged" | "failed" | "refused" | "interrupted";
  readonly step: string;
  readonly seconds: number;
  readonly who: string;
  readonly message: string;
}

/** The records in a text of one JSON object a line; a line cut off by a full disk is left out. */
export function parseRecords(text: string): ReleaseRecord[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line.trim() === "" ? [] : [JSON.parse(line) as ReleaseRecord];
    } catch {
      return [];
    }
  });
}

/** Releases and runs of one server, for people. */
export function showReleases(
  server: string,
  releases: readonly ListedRelease[],
  records: readonly ReleaseRecord[],
): string {
  const meaning = {
    live: "live",
    ready: "ready: back at once",
    kept: "kept",
    failed: "failed, never gone back to",
  };
  return [
    `${server}: releases, the last one to go live first`,
    ...releases.map(
      ({ release, state, time, reason }) =>
        `  ${release.padEnd(14)} ${local(time * 1000)}  ${meaning[state]}${reason === "" ? "" : `: ${reason}`}`,
    ),
    ...(releases.length === 0 ? ["  none yet: npm run deploy"] : []),
    "",
    `${server}: the last runs`,
    ...records.map(showRecord).map((line) => `  ${line}`),
    ...(records.length === 0 ? ["  none yet"] : []),
  ].join("\n");
}

/** Who did what, when, how long it took, and where it failed. */
export function showRecord(record: ReleaseRecord): string {
  const { time, action, release, result, step, seconds, who, message } = record;
  const ended = ["live", "done", "unchanged"].includes(result) ? result : `${result} at its step ${step}`;
  const why = message === "" ? "" : `: ${message.split("\n")[0]}`;
  return `${local(Date.parse(time))}  ${action} ${release} by ${who}: ${ended} after ${seconds.toFixed(1)} s${why}`;
}

function local(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
