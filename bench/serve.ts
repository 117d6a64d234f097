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
import { type Served, wrk } from "./serve/wrk";

// `npm run bench:serve [-- --seconds 8 --long 60]`: the same pages served by this project's server and by the same packages in the
// distribution's stock configuration, over HTTPS, one after the other, each machine alone at its turn.

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "8" }, long: { type: "string", default: "60" } },
});
const seconds = Number(values.seconds);
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
    `  ${pages[page]} with ${connections}: ${Math.round(served.perSecond)} a second, p99 ${served.p99} ms, ${served.failed} failed`,
  );
  return served;
}

interface Figures {
  readonly static: Served;
  readonly select: Served;
  readonly wait: Served;
}

function usual(server: ReleaseServer): Figures {
  return {
    static: load(server, "static", 32),
    select: load(server, "select", 32),
    wait: load(server, "wait", 64),
  };
}

/** Names of processes that the kernel has killed for want of memory, and failures of 512 connections on each page. */
function many(server: ReleaseServer): number {
  const each = (["static", "select", "wait", "sample"] as const).map((page) =>
    load(server, page, 512, long, false),
  );
  return each.reduce((sum, { failed }) => sum + failed, 0);
}

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
  let usualWay: Figures;
  try {
    console.log("the packages in stock configuration …");
    stock.create();
    stock.overwrite(benchSite(stock.bundles));
    usualWay = usual(stock);
  } finally {
    stock.remove();
  }
  const server = new ReleaseServer({
    network: "bsrv2",
    subnet: "10.91.2.0/24",
    suite: "sid",
    runtime: "php",
    memory,
  });
  try {
    console.log("this project …");
    server.create();
    const deployed = await server.deploy(benchSite(server.bundles));
    if (deployed.code !== 0) throw new Error(deployed.output);
    const ours = usual(server);
    const sample = load(server, "sample", 32);
    const fresh = load(server, "fresh", 32);
    const failures = many(server);
    const restarts = killed(server);
    console.log("with its page cache …");
    server.provision({ PAGE_CACHE: "10s" });
    const cached = load(server, "select", 32, seconds, false);
    writeResults("serve", table(usualWay, ours, { sample, fresh, cached, failures, restarts }));
  } finally {
    server.remove();
  }
}

interface More {
  readonly sample: Served;
  readonly fresh: Served;
  readonly cached: Served;
  readonly failures: number;
  readonly restarts: number;
}

function table(stock: Figures, ours: Figures, more: More): Result[] {
  const speed = (metric: string, value: Served, baseline: Served, goal: string): Result => ({
    metric,
    value: value.perSecond,
    unit: "requests/s",
    baseline: baseline.perSecond,
    ratio: value.perSecond / baseline.perSecond,
    goal,
  });
  const delay = (metric: string, value: Served, baseline: Served, goal: string): Result => ({
    metric: `${metric}, p99`,
    value: value.p99,
    unit: "ms",
    baseline: baseline.p99,
    ratio: value.p99 / baseline.p99,
    goal,
  });
  return [
    speed("1 KB static, 32 connections", ours.static, stock.static, "not below stock"),
    delay("1 KB static, 32 connections", ours.static, stock.static, "not above stock"),
    speed("PHP page with one SELECT, 32 connections", ours.select, stock.select, "not below stock"),
    delay("PHP page with one SELECT, 32 connections", ours.select, stock.select, "not above stock"),
    speed("the sample page, against a new connection a request", more.sample, more.fresh, "1.8 times"),
    speed("PHP page that waits 100 ms, 64 connections", ours.wait, stock.wait, "8 times stock"),
    speed("page cache, cold start included, against static", more.cached, ours.static, "0.85 of static"),
    {
      metric: "page cache, cold start included, p99",
      value: more.cached.p99,
      unit: "ms",
      goal: "20 ms or less",
    },
    {
      metric: `512 connections, ${long} s on each of four pages: failures`,
      value: more.failures,
      unit: "",
      goal: "0",
    },
    {
      metric: "512 connections: daemons that had to be restarted",
      value: more.restarts,
      unit: "",
      goal: "0",
    },
  ];
}

void main();
