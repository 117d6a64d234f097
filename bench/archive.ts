import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deterministicArchive } from "../components/servers/archive";
import { goal, type Result } from "../test/support/load/result";
import { runBench } from "./bench";
import { writeResults } from "./results";

const usage = `usage: npm run bench:archive

Measures what packing the site's folder takes, of 50,000 files: WordPress with its extensions has a fifth of that.

  -h, --help   this text`;

const files = 50_000;
const filesAFolder = 100;

/** Files of 1 to 20 KiB, together half a gigabyte, as code and pictures are. */
function makeFolder(folder: string): void {
  const content = Buffer.alloc(20 * 1024);
  for (let index = 0; index < files; index += 1) {
    const parent = join(folder, `f${Math.floor(index / filesAFolder)}`);
    if (index % filesAFolder === 0) mkdirSync(parent, { recursive: true });
    content.write(`file ${index}: ${Math.sin(index)}\n`.repeat(20));
    writeFileSync(join(parent, `${index}.php`), content.subarray(0, 1024 * (1 + (index % 20))));
  }
}

function seconds(act: () => void): number {
  const began = performance.now();
  act();
  return (performance.now() - began) / 1000;
}

async function main(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "bench-archive-"));
  try {
    const folder = join(work, "site");
    makeFolder(folder);
    const pack = () =>
      void deterministicArchive(folder, { bundles: join(work, "bundles"), exclude: ["*.log"] });
    const before = process.memoryUsage().rss;
    const first = seconds(pack);
    const again = seconds(pack);
    // https://nodejs.org/api/process.html#processresourceusage: in KiB
    const memory = (process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20;
    const results: Result[] = [
      {
        metric: "50,000 files packed for the first time",
        value: first,
        unit: "s",
        goal: goal("60 s", "value", "at most", 60),
      },
      {
        metric: "the same, nothing changed",
        value: again,
        unit: "s",
        goal: goal("10 s", "value", "at most", 10),
      },
      {
        metric: "memory that it takes",
        value: memory,
        unit: "MiB",
        goal: goal("500 MiB", "value", "at most", 500),
      },
    ];
    writeResults("archive", results);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

void runBench(usage, {}, {}, () => main);
