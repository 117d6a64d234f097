import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deterministicArchive } from "../components/server/archive";
import { releaseName } from "../components/server/release";
import type { MarkedRelease } from "./load/releases";
import { ReleaseServer } from "./load/server";
import { StockServer } from "./load/stockServer";
import { type Result, writeResults } from "./results";
import { median, type Served, wrk } from "./serve/wrk";

// `npm run bench:serve [-- --seconds 8 --rounds 3 --long 60]`: the same pages served by this project's server, hardening and firewall
// included, and by the same packages in the distribution's stock configuration. Both speak HTTPS and stand side by side; they are
// loaded in turn, round by round, so that whatever else the host does meets both alike, and the medians of the rounds count.

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    rounds: { type: "string", default: "3" },
    long: { type: "string", default: "60" },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const long = Number(values.long);

/** Memory of both machines, MiB: enough for processes to be counted by cores. */
const memory = 8192;

const pages = {
  static: "/bench/1k.txt",
  select: "/bench/select.php",
  wait: "/bench/wait.php",
  sample: "/",
  fresh: "/bench/fresh.php",
} as const;
type Page = keyof typeof pages;

/** The sample site with the bench's pages in it. */
function benchSite(bundles: string): MarkedRelease {
  const folder = mkdtempSync(join(tmpdir(), "serve-"));
  try {
    cpSync(join(__dirname, "../site/php"), folder, { recursive: true });
    cpSync(join(__dirname, "serve/pages"), join(folder, "public/bench"), { recursive: true });
    writeFileSync(join(folder, "public/bench/1k.txt"), "x".repeat(1024));
    const archive = deterministicArchive(folder, { bundles });
    return { mark: "bench", release: releaseName(archive.hash), archive };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Loads one page; a few seconds before count for nothing, unless the start itself is measured. */
function load(
  server: ReleaseServer,
  page: Page,
  connections: number,
  duration = seconds,
  warm = true,
): Served {
  const url = `https://${server.target.address}${pages[page]}`;
  const at = { url, host: server.domain, connections };
  if (warm) wrk({ ...at, seconds: 2 });
  const served = wrk({ ...at, seconds: duration });
  console.log(
    `  ${url} with ${connections}: ${Math.round(served.perSecond)} a second, p99 ${served.p99} ms, ${served.failed} failed`,
  );
  return served;
}

interface Pair {
  readonly stock: Served;
  readonly ours: Served;
}

/** Loads both servers in turn; each figure is the median of the rounds. */
function pair(
  stock: readonly [ReleaseServer, Page],
  ours: readonly [ReleaseServer, Page],
  connections: number,
): Pair {
  const turns = Array.from({ length: rounds }, () => ({
    stock: load(...stock, connections),
    ours: load(...ours, connections),
  }));
  return { stock: median(turns.map((turn) => turn.stock)), ours: median(turns.map((turn) => turn.ours)) };
}

/** Failures of 512 connections on each page. */
function many(server: ReleaseServer): number {
  const each = (["static", "select", "wait", "sample"] as const).map((page) =>
    load(server, page, 512, long, false),
  );
  return each.reduce((sum, { failed }) => sum + failed, 0);
}

/** How often daemons had to be restarted, which is what follows when the kernel kills one. */
function killed(server: ReleaseServer): number {
  const restarts = server.on(
    "systemctl show --property NRestarts --value nginx mysql 'site-app@blue' 'site-app@green' | grep -v '^$' | paste -sd+ | sed 's/$/+0/'",
  );
  return restarts
    .trim()
    .split("+")
    .reduce((sum, count) => sum + Number(count), 0);
}

async function main(): Promise<void> {
  const stock = new StockServer({ network: "bsrv1", subnet: "10.91.1.0/24", memory });
  const server = new ReleaseServer({
    network: "bsrv2",
    subnet: "10.91.2.0/24",
    suite: "sid",
    runtime: "php",
    memory,
    settings: { ROLES: "base hardening tls nginx php-fpm mysql site" },
  });
  try {
    console.log("making both servers …");
    stock.create();
    stock.overwrite(benchSite(stock.bundles));
    server.create();
    const deployed = await server.deploy(benchSite(server.bundles));
    if (deployed.code !== 0) throw new Error(deployed.output);
    for (const each of [stock, server]) each.on("mysql site", entries);
    writeResults("serve", table(measure(stock, server)));
  } finally {
    stock.remove();
    server.remove();
  }
}

/** What visitors have written: as many entries as the sample page shows, and some more. */
const entries = `INSERT INTO entries (author, message) VALUES ${Array.from({ length: 20 }, (_, index) => `('visitor ${index}', 'was here')`).join()};`;

function measure(stock: StockServer, server: ReleaseServer): Figures {
  const both = (page: Page, connections: number) => pair([stock, page], [server, page], connections);
  const usual = { static: both("static", 32), select: both("select", 32), wait: both("wait", 64) };
  const sample = pair([server, "fresh"], [server, "sample"], 32);
  const failures = many(server);
  const restarts = killed(server);
  console.log("with its page cache …");
  server.provision({ PAGE_CACHE: "10s" });
  // The first of both starts with an empty cache, and nothing warms it before.
  const cached = load(server, "select", 32, seconds, false);
  return { ...usual, sample, failures, restarts, cached, file: load(server, "static", 32) };
}

interface Figures {
  readonly static: Pair;
  readonly select: Pair;
  readonly wait: Pair;
  /** The sample page beside the same page with a new connection to the database for each request. */
  readonly sample: Pair;
  readonly cached: Served;
  /** The file again, just after the cached page. */
  readonly file: Served;
  readonly failures: number;
  readonly restarts: number;
}

function table(figures: Figures): Result[] {
  const speed = (metric: string, { ours, stock }: Pair, goal: string): Result => ({
    metric,
    value: ours.perSecond,
    unit: "requests/s",
    baseline: stock.perSecond,
    ratio: ours.perSecond / stock.perSecond,
    goal,
  });
  const delay = (metric: string, { ours, stock }: Pair, goal: string): Result => ({
    metric: `${metric}, p99`,
    value: ours.p99,
    unit: "ms",
    baseline: stock.p99,
    ratio: ours.p99 / stock.p99,
    goal,
  });
  const cached = { ours: figures.cached, stock: figures.file };
  return [
    speed("1 KB static, 32 connections", figures.static, "not below stock"),
    delay("1 KB static, 32 connections", figures.static, "not above stock"),
    speed("PHP page with one SELECT, 32 connections", figures.select, "not below stock"),
    delay("PHP page with one SELECT, 32 connections", figures.select, "not above stock"),
    speed("the sample page, against a new connection a request", figures.sample, "1.8 times"),
    speed("PHP page that waits 100 ms, 64 connections", figures.wait, "8 times stock"),
    speed("page cache, cold start included, against static", cached, "0.85 of static"),
    {
      metric: "page cache, cold start included, p99",
      value: figures.cached.p99,
      unit: "ms",
      goal: "20 ms or less",
    },
    {
      metric: `512 connections, ${long} s on each of four pages: failures`,
      value: figures.failures,
      unit: "",
      goal: "0",
    },
    {
      metric: "512 connections: daemons that had to be restarted",
      value: figures.restarts,
      unit: "",
      goal: "0",
    },
  ];
}

void main();
