import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectFolder } from "../../scripts/cli/project/folders";
import { keyPair } from "./keyPair";

export interface ScriptRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of scripts/host to its end, whatever that is. */
export function runScript(script: string, ...args: readonly string[]): ScriptRun {
  const ran = spawnSync(join(projectFolder, "scripts/host", script), args, { encoding: "utf8" });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

/** As runScript; must succeed. @returns what it printed */
export function script(name: string, ...args: readonly string[]): string {
  const { code, stdout, stderr } = runScript(name, ...args);
  assert.equal(code, 0, `${name} ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return stdout;
}

/** Starts one of scripts/host in a process group of its own, to be killed as a whole. */
export function startScript(name: string, ...args: readonly string[]) {
  const child = spawn(join(projectFolder, "scripts/host", name), args, { detached: true, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  return {
    /** SIGKILL to it and to everything that it started and did not detach. */
    kill: async () => {
      process.kill(-(child.pid ?? 0), "SIGKILL");
      await ended;
    },
  };
}

/** An SSH key pair for the length of a test file. */
export class TestKey {
  private readonly folder = mkdtempSync(join(tmpdir(), "one-server-web-key-"));
  readonly publicKey: string;

  constructor() {
    const { public: publicKey, private: privateKey } = keyPair();
    writeFileSync(this.file, privateKey, { mode: 0o600 });
    this.publicKey = publicKey;
  }

  get file(): string {
    return join(this.folder, "key");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Runs a command over SSH, only when the machine shows this very host key. */
  ssh(machine: Machine, command: string): ScriptRun {
    const known = spawnSync("bash", [
      "-c",
      'printf "%s %s\n" "$1" "$2" >"$3"',
      "-",
      machine.address,
      machine.hostKey,
      `${this.file}.known`,
    ]);
    assert.equal(known.status, 0);
    const options = [
      "-o",
      "BatchMode=yes",
      "-o",
      "StrictHostKeyChecking=yes",
      "-o",
      `UserKnownHostsFile=${this.file}.known`,
    ];
    const args = ["-i", this.file, ...options, "-o", "ConnectTimeout=10", `root@${machine.address}`, command];
    const ran = spawnSync("ssh", args, { encoding: "utf8" });
    return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
  }
}

/** What `machine.sh create` prints. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly hostKey: string;
  readonly instanceId: string;
}

/** Everything on this host that bears a network's name: processes, mounts, interfaces, firewall tables, groups and files. */
export function tracesOf(network: string): string[] {
  const table = `one_server_web_${network.replaceAll("-", "_")}`;
  const questions: readonly (readonly [what: string, command: string])[] = [
    [
      "process",
      `ps -eo pid,stat,args | grep -E '[-/= ]${network}([-/ ]|$)' | grep -E 'nspawn|dnsmasq|supervise' | grep -v grep | awk '$2 !~ /^Z/'`,
    ],
    ["mount", `grep -F '/networks/${network}/' /proc/self/mountinfo`],
    ["interface", `ip -oneline link show | grep -E '(osw|vb)-${network}([-:@]|$)'`],
    ["firewall", `nft list tables | grep -w '${table}'`],
    ["group", `find /sys/fs/cgroup -path '*one-server-web/${network}-*' -type d -print -quit`],
    [
      "file",
      `find /var/lib/one-server-web /run/one-server-web /run/systemd/nspawn -name '${network}' -o -name '${network}-*' 2>/dev/null`,
    ],
  ];
  return questions.flatMap(([what, command]) => {
    const { stdout } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
    return stdout.split("\n").flatMap((line) => (line === "" ? [] : [`${what}: ${line}`]));
  });
}
