import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const mebibyte = 2 ** 20;

/** The control group that limits a local machine's memory, in the old or the new layout. */
export class MemoryGroup {
  private constructor(
    private readonly folder: string,
    private readonly old: boolean,
  ) {}

  /** @returns undefined where this host limits no memory that way */
  static of(network: string, name: string): MemoryGroup | undefined {
    const machine = `${network}-${name}`;
    const folders = [
      `memory/one-server-web/${machine}`,
      `one-server-web/${machine}`,
      `machine.slice/one-server-web-${machine}.service`,
    ].map((folder) => join("/sys/fs/cgroup", folder));
    for (const folder of folders) {
      if (existsSync(join(folder, "memory.memsw.limit_in_bytes"))) return new MemoryGroup(folder, true);
      if (existsSync(join(folder, "memory.swap.max"))) return new MemoryGroup(folder, false);
    }
    return undefined;
  }

  /** What it may hold in memory, MiB. */
  get limit(): number {
    return this.number(this.old ? "memory.limit_in_bytes" : "memory.max") / mebibyte;
  }

  /** @param swappiness how readily it swaps, 0 to 100; the new layout has one for the whole host, which is left */
  allowSwap(mebibytes: number, swappiness: number): void {
    if (this.old) {
      this.write("memory.memsw.limit_in_bytes", (this.limit + mebibytes) * mebibyte);
      this.write("memory.swappiness", swappiness);
    } else {
      this.write("memory.swap.max", mebibytes * mebibyte);
    }
  }

  /** What its processes hold in memory now, files that the kernel keeps for them not counted, MiB. */
  get held(): number {
    return this.count("memory.stat", this.old ? "total_rss" : "anon") / mebibyte;
  }

  /** What lies in swap now, MiB. */
  get swapped(): number {
    return (
      (this.old ? this.count("memory.stat", "total_swap") : this.number("memory.swap.current")) / mebibyte
    );
  }

  /** How many of its processes the kernel has killed because memory was short. */
  get killed(): number {
    return this.count(this.old ? "memory.oom_control" : "memory.events", "oom_kill");
  }

  /** How often it came to its limit. */
  get reached(): number {
    return this.old ? this.number("memory.failcnt") : this.count("memory.events", "max");
  }

  private read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  private number(file: string): number {
    return Number(this.read(file));
  }

  private count(file: string, name: string): number {
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(this.read(file))?.[1]);
  }

  private write(file: string, value: number): void {
    writeFileSync(join(this.folder, file), String(value));
  }
}
