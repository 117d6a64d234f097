import { parseRecords, type ReleaseRecord } from "../deployment/list";

/**
 * What a server says of itself: what `status.sh` prints. Times are seconds since 1970, sizes MiB. What is optional is said by servers with
 * the role that it belongs to.
 */
export interface Facts {
  readonly time: number;
  /** What it is set up as. */
  readonly roles?: readonly string[];
  readonly system: string;
  readonly kernel: string;
  readonly upSeconds: number;
  /** Of the web server, the language and the database, by their names. */
  readonly versions: Readonly<Record<string, string>>;
  /** Over 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly cores: number;
  readonly memory: {
    readonly total: number;
    readonly available: number;
    readonly swapTotal: number;
    readonly swapFree: number;
  };
  readonly disks: readonly Disk[];
  /** What visitors are shown; null when nothing answers. */
  readonly certificate?: { readonly from: number; readonly until: number; readonly issuer: string } | null;
  /** The health path as a visitor gets it; status 0 when nothing answers. */
  readonly health?: { readonly path: string; readonly status: number; readonly milliseconds: number };
  /** The units that the site stands on. */
  readonly units: readonly {
    readonly unit: string;
    readonly state: string;
    readonly restarts: number | null;
  }[];
  /** Every unit of the server that has failed. */
  readonly failedUnits: readonly string[];
  /**
   * Null where no backups are set up; `last` is null before the first. `check` is what its trial restore found, `failed` the last run,
   * if that failed.
   */
  readonly backup?: {
    readonly last: number | null;
    readonly check: string;
    readonly failed?: { readonly time: number; readonly reason: string } | null;
  } | null;
  /** What failed by itself and has not gone well since. */
  readonly alerts: readonly string[];
  /** Whether one of its archives has security upgrades, which then come by themselves. */
  readonly securityArchive?: boolean;
  readonly restartRequired: boolean;
  readonly maintenance?: boolean;
  /** The app server that serves, `blue` or `green`. */
  readonly colour?: string;
  /** The release that serves, or empty. */
  readonly release?: string;
  /** The last runs of release.sh, the newest last. */
  readonly records?: readonly ReleaseRecord[];
}

export interface Disk {
  readonly path: string;
  readonly size: number;
  readonly available: number;
  readonly usedPercent: number | null;
  readonly inodesPercent: number | null;
}

/**
 * Reads what `status.sh` printed.
 * @throws SyntaxError when it is no JSON.
 */
export function parseFacts(text: string): Facts {
  const { records, ...facts } = JSON.parse(text) as Omit<Facts, "records"> & { readonly records?: string };
  return records === undefined ? facts : { ...facts, records: parseRecords(records) };
}
