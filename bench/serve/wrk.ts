import { type ChildProcess, spawn } from "node:child_process";
import { text as streamText } from "node:stream/consumers";

/** What one load of wrk gave. */
export interface Served {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly slowest: number;
  /** Answers that were not 2xx or 3xx, and connections that failed. */
  readonly failed: number;
}

export interface WrkLoad {
  readonly url: string;
  readonly host: string;
  readonly connections: number;
  readonly seconds: number;
  /** Whether answers may be compressed, as browsers ask. */
  readonly packed: boolean;
}

/**
 * Runs wrk against a machine of this host.
 * @throws Error when wrk says nothing, or is interrupted.
 */
export async function wrk({ url, host, connections, seconds, packed }: WrkLoad): Promise<Served> {
  const headers = [`Host: ${host}`, ...(packed ? ["Accept-Encoding: gzip, deflate, br"] : [])];
  const args = ["-t2", `-c${connections}`, `-d${seconds}s`, "--timeout", "20s", "--latency"];
  for (const header of headers) args.push("-H", header);
  args.push(url);
  const child = spawn("wrk", args, { stdio: ["ignore", "pipe", "inherit"] });
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    child.kill("SIGINT");
  };
  process.once("SIGINT", interrupt);
  try {
    const [text, code] = await Promise.all([streamText(child.stdout), ended(child)]);
    if (interrupted) throw new Error("interrupted");
    if (code !== 0) throw new Error(`wrk ended with ${code}: ${text}`);
    return parseWrk(text);
  } finally {
    process.off("SIGINT", interrupt);
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`wrk can't run (apt-get install wrk): ${error.message}`)));
    child.on("close", resolve);
  });
}

/** The figures in what wrk prints. */
export function parseWrk(text: string): Served {
  const find = (pattern: RegExp) => pattern.exec(text)?.[1];
  const perSecond = find(/^Requests\/sec:\s+([\d.]+)/m);
  if (perSecond === undefined) throw new Error(`wrk gave no figures: ${text}`);
  const socket =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const failed = Number(find(/Non-2xx or 3xx responses: (\d+)/) ?? 0);
  return {
    perSecond: Number(perSecond),
    p99: milliseconds(find(/^\s+99%\s+(\S+)/m) ?? ""),
    slowest: milliseconds(find(/^\s+Latency\s+\S+\s+\S+\s+(\S+)/m) ?? ""),
    failed: socket.reduce((sum, count) => sum + Number(count), failed),
  };
}

/** The middle of each figure by itself; failures are added up. */
export function median(loads: readonly Served[]): Served {
  const middle = (figure: (served: Served) => number) =>
    loads.map(figure).sort((a, b) => a - b)[Math.floor(loads.length / 2)] ?? Number.NaN;
  return {
    perSecond: middle(({ perSecond }) => perSecond),
    p99: middle(({ p99 }) => p99),
    slowest: middle(({ slowest }) => slowest),
    failed: loads.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** `4.40ms`, `912.00us` or `1.20s`. */
function milliseconds(text: string): number {
  const [, value = "", unit = ""] = /^([\d.]+)(us|ms|s|m)$/.exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };
  return Number(value) * (factors[unit] ?? Number.NaN);
}
