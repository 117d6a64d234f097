import { WrongUse } from "../scripts/cli/project/faults";
import type { MarkedRelease } from "../test/support/load/releases";
import { ReleaseServer } from "../test/support/load/server";
import { StockServer } from "../test/support/load/stockServer";
import { testNetwork } from "../test/support/networks";
import { runBench } from "./bench";
import { writeResults } from "./results";
import { type Figures, table } from "./serve/figures";
import { failuresOfMany, load, type Pair, type Plan, pair, restarts } from "./serve/load";
import { type Page, sampleSite, wordPress, wordPressEnvironment } from "./serve/sites";

const usage = `usage: npm run bench:serve [-- --seconds 8] [--rounds 3] [--long 60]

Measures the same pages served by this project's server, hardening and firewall included, and by the same packages in the distribution's
stock configuration. Both speak HTTPS and stand side by side; they are loaded in turn, round by round, and the medians of the rounds count.

      --seconds SECONDS   how long each load takes
      --rounds COUNT      how many loads of each page
      --long SECONDS      how long many connections are held
  -h, --help              this text`;

const options = {
  seconds: { type: "string", default: "8" },
  rounds: { type: "string", default: "3" },
  long: { type: "string", default: "60" },
} as const;

/** How many app processes pages that compute are served by where it says so: five a core. */
const fewer = "10";

/** Memory of both machines, MiB: enough for processes to be counted by cores. */
const memory = 8192;

/** What visitors have written: as many entries as the sample page shows, and some more. */
const entries = `INSERT INTO entries (author, message) VALUES ${Array.from({ length: 20 }, (_, index) => `('visitor ${index}', 'was here')`).join()};`;

interface Both {
  readonly stock: StockServer;
  readonly server: ReleaseServer;
}

function plan(values: Readonly<Record<keyof Plan, string>>): Plan {
  const number = (name: keyof Plan) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) {
      throw new WrongUse(`--${name} is ${values[name]}: expected a whole number from 1, such as --${name} 8`);
    }
    return value;
  };
  return { seconds: number("seconds"), rounds: number("rounds"), long: number("long") };
}

async function deploy({ stock, server }: Both, site: MarkedRelease): Promise<void> {
  stock.overwrite(site);
  const deployed = await server.deploy(site);
  if (deployed.code !== 0) throw new Error(deployed.output);
}

async function make(both: Both): Promise<void> {
  console.log("making both servers …");
  both.stock.create();
  both.server.create();
  await deploy(both, sampleSite(both.server.bundles));
  for (const each of [both.stock, both.server]) each.on("mysql site", entries);
}

async function measure({ stock, server }: Both, plan: Plan): Promise<Figures> {
  const both = (page: Page, connections: number): Promise<Pair> =>
    pair([stock, page], [server, page], connections, plan);
  const usual = {
    static: await both("static", 32),
    select: await both("select", 32),
    wait: await both("wait", 64),
    sample: await pair([server, "fresh"], [server, "sample"], 32, plan),
  };
  // Fewer processes, for pages that compute: see the setting appProcesses.
  server.provision({ APP_PROCESSES: fewer });
  const selectByFew = await both("select", 32);
  const sampleByFew = await pair([server, "fresh"], [server, "sample"], 32, plan);
  server.provision();
  let failures = await failuresOfMany(server, ["static", "select", "wait", "sample"], plan);
  console.log("with WordPress …");
  await deploy({ stock, server }, wordPress(server, server.bundles));
  const front = await both("wordPress", 32);
  failures += await failuresOfMany(server, ["wordPress"], plan);
  server.provision({ APP_PROCESSES: fewer });
  const wordPressByFew = await both("wordPress", 32);
  const killed = restarts(server);
  console.log("with its page cache …");
  server.provision({ PAGE_CACHE: "10s" });
  // Each page's first load starts with an empty cache, and nothing warms it before.
  const cached = await load([server, "select"], 32, plan.seconds, { cold: true });
  const file = await load([server, "static"], 32, plan.seconds);
  const cachedWordPress = await load([server, "wordPress"], 32, plan.seconds, { cold: true });
  return {
    ...usual,
    selectByFew,
    sampleByFew,
    wordPress: front,
    wordPressByFew,
    cached,
    file,
    cachedWordPress,
    failures,
    restarts: killed,
  };
}

async function main(wanted: Plan): Promise<void> {
  const stock = new StockServer({
    ...testNetwork("bsrv1"),
    memory,
    environment: wordPressEnvironment,
  });
  const server = new ReleaseServer({
    ...testNetwork("bsrv2"),
    suite: "sid",
    runtime: "php",
    memory,
    settings: { ROLES: "base hardening tls nginx php-fpm mysql site" },
  });
  try {
    await make({ stock, server });
    writeResults("serve", table(await measure({ stock, server }, wanted), wanted));
  } finally {
    stock.remove();
    server.remove();
  }
}

void runBench(usage, options, { programs: [["wrk", "wrk"]], machines: true }, (values) => {
  const wanted = plan(values);
  return () => main(wanted);
});
