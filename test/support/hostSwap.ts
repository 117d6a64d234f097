import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** Makes swap of a file and takes it back when its standard input ends, which it does however the test ends, killed included. */
const keeper = `
set -e
trap '' INT TERM HUP
trap 'swapoff "$1" 2>/dev/null || true; rm -f "$1"' EXIT
rm -f "$1"
(umask 077; fallocate --length "$2MiB" "$1")
mkswap "$1" >/dev/null
swapon "$1"
echo ready
cat >/dev/null
`;

/** Memory on disk that this host has while a test runs. */
export interface HostSwap {
  /** Takes it back, once nothing that needs it runs any more. */
  remove(): Promise<void>;
}

/**
 * Gives this host swap where it has none.
 * @param file where it lies; on a file system that takes swap files
 * @throws when the host refuses it, with what it says
 */
export async function giveHostSwap(file: string, mebibytes: number): Promise<HostSwap> {
  if (hostSwaps() > 0) return { remove: async () => {} };
  const child = spawn("bash", ["-c", keeper, "swap", file, String(mebibytes)], { detached: true });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let refused = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    refused += text;
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.stdout.once("data", () => resolve());
    child.once("close", () => reject(new Error(`this host takes no swap file: ${refused.trim()}`)));
  });
  return {
    remove: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** How many places this host swaps to. */
export function hostSwaps(): number {
  return readFileSync("/proc/swaps", "utf8").trim().split("\n").length - 1;
}
