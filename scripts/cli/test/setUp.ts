import { join } from "node:path";
import { type HostProgram, provide } from "../project/hostNeeds";
import { Progress, standardScreen } from "../project/progress";
import { ensureAuditors } from "./auditors";

/** What a kind of tests needs from the host. */
const programs: Readonly<Record<string, readonly HostProgram[]>> = {
  project: [["shellcheck", "shellcheck"]],
  engine: [["sshd", "openssh-server"]],
  machines: [
    ["curl", "curl"],
    ["dig", "bind9-dnsutils"],
    ["pip3", "python3-pip"],
  ],
  browser: [["chromium", "chromium"]],
};

/** Gets what the tests in these files need: Debian packages, the Pulumi engine, the tree that machines are copied from. */
export async function setUp(files: readonly string[]): Promise<void> {
  const progress = new Progress(standardScreen());
  const has = (kind: string) => files.some((file) => file.startsWith(join("test", kind)));
  try {
    const needed = Object.keys(programs).filter(has);
    const needs = {
      programs: needed.flatMap((kind) => programs[kind] ?? []),
      engine: has("engine") || has("machines"),
      machines: has("machines"),
    };
    await provide(needs, "The tests", progress);
    if (has("machines")) {
      progress.now("auditors of servers");
      await ensureAuditors();
    }
  } finally {
    progress.close();
  }
}
