import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ask } from "../scripts/cli/project/answer";
import { projectFolder } from "../scripts/cli/project/folders";
import { Clone } from "../test/support/clone";
import { eventually } from "../test/support/eventually";
import { keyPair } from "../test/support/keyPair";
import { goal, type Result } from "../test/support/load/result";
import { testNetwork } from "../test/support/networks";
import { runBench } from "./bench";
import { writeResults } from "./results";

const usage = `usage: npm run bench:provision

Times how long a fresh machine takes from "pulumi up" to the first correct HTTPS page, beside one bare apt-get install of the same
packages on another fresh machine (the floor), and an "up" with nothing to do.

  -h, --help   this text`;

const floorNetwork = { ...testNetwork("benchf"), machine: "floor", number: "10" };
const { network: stack, subnet } = testNetwork("benchp");
const packages = "nginx php-fpm php-mysql mysql-server";

function script(name: string, ...args: readonly string[]): void {
  const ran = spawnSync(join(projectFolder, "scripts/host", name), args, { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`${name} ${args.join(" ")}: ${ran.stderr}`);
}

/** Seconds of `apt-get update` and one `apt-get install` on a fresh machine. */
function floor(): number {
  const { network: name, subnet, machine, number } = floorNetwork;
  script("network.sh", "create", name, "--subnet", subnet, "--owner", "bench");
  try {
    script(
      "machine.sh",
      "create",
      name,
      machine,
      "--suite",
      "sid",
      "--number",
      number,
      "--authorized-key",
      keyPair().public,
    );
    const started = performance.now();
    const install = `apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ${packages}`;
    script("machine.sh", "exec", name, machine, "sh", "-c", install);
    return (performance.now() - started) / 1000;
  } finally {
    script("network.sh", "destroy", name, "--machines");
  }
}

/** Seconds from the start of `pulumi up` to the first correct page, and of three further `up`s with nothing to do. */
async function ours(): Promise<{ firstPage: number; wholeUp: number; nothingToDo: number }> {
  const clone = new Clone();
  try {
    await clone.pulumi("stack", "select", "--create", stack);
    await configure(clone);
    const up = ["up", "--yes", "--skip-preview", "--non-interactive", "--policy-pack", "policy", "-s", stack];
    const started = performance.now();
    const running = clone.pulumi(...up);
    const page = firstPage(started);
    const wholeUp = (await running).milliseconds / 1000;
    const again: number[] = [];
    for (let run = 0; run < 3; run++) again.push((await clone.pulumi(...up)).milliseconds / 1000);
    return { firstPage: await page, wholeUp, nothingToDo: median(again) };
  } finally {
    await clone.run("stop", ["-s", stack, "--yes"]);
    clone.remove();
  }
}

async function configure(clone: Clone): Promise<void> {
  for (const [key, value] of [
    ["domain", "www.foobar.com"],
    ["migrate", "php bin/migrate.php"],
    ["network", stack],
    ["subnet", subnet],
  ] as const) {
    await clone.pulumi("config", "set", key, value, "-s", stack);
  }
  await clone.pulumi("config", "set", "--secret", "databasePassword", "for-this-bench-only", "-s", stack);
}

/** Asks for the page all the while; the certificate's validity is not what is timed here. */
async function firstPage(started: number): Promise<number> {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  return await eventually("the first correct page", 300, async () => {
    const answer = await ask("https://www.foobar.com/", subnet.replace("0/24", "1:53"));
    return answer.status === 200 && answer.body.includes("</html>")
      ? (performance.now() - started) / 1000
      : undefined;
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function main(): Promise<void> {
  console.log("the floor: apt-get install on a fresh machine …");
  const baseline = floor();
  console.log(`  ${baseline.toFixed(1)} s\npulumi up on another fresh machine …`);
  const { firstPage, wholeUp, nothingToDo } = await ours();
  const results: Result[] = [
    {
      metric: "pulumi up to the first correct HTTPS page",
      value: firstPage,
      unit: "s",
      baseline,
      ratio: firstPage / baseline,
      goal: goal("at most 1.5 times the floor", "ratio", "at most", 1.5),
    },
    { metric: "the whole of that pulumi up", value: wholeUp, unit: "s" },
    {
      metric: "pulumi up with nothing to do (median of 3)",
      value: nothingToDo,
      unit: "s",
      goal: goal("6 s or less", "value", "at most", 6),
    },
  ];
  writeResults("provision", results);
}

void runBench(usage, {}, { engine: true, machines: true }, () => main);
