import { execFileSync } from "node:child_process";

/** Elastic IPs as AWS makes them: the address is translated to the machine's private one, so it moves without the machines' knowing. */
export class Addresses {
  constructor(private readonly network: string) {}

  /** Replaces all translations at once. */
  point(pairs: readonly { publicIp: string; privateIp: string }[]): void {
    const rules = pairs
      .map(({ publicIp, privateIp }) => `ip daddr ${publicIp} dnat to ${privateIp}`)
      .join("\n");
    const table = `ip ${addressTable(this.network)}`;
    if (pairs.length === 0) {
      execFileSync("nft", ["-f", "-"], { input: `table ${table}\ndelete table ${table}\n` });
      return;
    }
    const chains = ["output", "prerouting"].map(
      (hook) => `chain ${hook} {\ntype nat hook ${hook} priority -100; policy accept;\n${rules}\n}`,
    );
    const ruleset = `table ${table}\ndelete table ${table}\ntable ${table} {\n${chains.join("\n")}\n}\n`;
    execFileSync("nft", ["-f", "-"], { input: ruleset });
  }
}

/** The table that holds a network's translations: whoever made the network removes it. */
export function addressTable(network: string): string {
  return `aws_plugin_${network}`;
}
