import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { giveHostSwap, type HostSwap } from "../../support/hostSwap";
import type { ReleaseServer } from "../../support/load/server";
import type { MemoryGroup } from "../../support/memoryGroup";
import { runShell, serverScripts } from "../../support/shell";

/** The load of many visitors while something is done, and what must be so afterwards. */
export interface Load {
  underVisits(visitors: number, doing: () => Promise<void>): Promise<void>;
  assertNothingKilled(): void;
}

/** The tests of a machine whose memory is short for a moment. Its swap is the host's: a container can't have any of its own. */
export function testSwap(server: ReleaseServer, groupOf: () => MemoryGroup | undefined, load: Load): void {
  const swap = swapOfServer(1024);
  let host: HostSwap | undefined;
  let group: MemoryGroup;

  before("the host has swap, and lets the machine use as much as its server would make", async function () {
    const found = groupOf();
    const given = await giveHostSwap(`/var/tmp/one-server-web-swap-${process.pid}`, swap).catch(
      (error: Error) => error.message,
    );
    if (typeof given !== "string") host = given;
    if (found === undefined || typeof given === "string") {
      console.log(
        `    skipped: ${found === undefined ? "this host counts no swap of a control group" : given}`,
      );
      return this.skip();
    }
    group = found;
    group.allowSwap(swap, swappiness());
  });
  after("the pages come back and the swap goes", async () => {
    server.on("systemctl stop memory-held 2>/dev/null || true");
    await host?.remove();
  });

  it("serves 512 visitors while something else holds all memory that was left: it swaps a little, and nothing is killed", async () => {
    holdMemory(server, group.limit - group.held);
    let most = 0;
    const look = setInterval(() => {
      most = Math.max(most, group.swapped);
    }, 100);
    await load.underVisits(512, () => pause(8000)).finally(() => clearInterval(look));
    load.assertNothingKilled();
    assert.equal(server.on("systemctl is-active memory-held").trim(), "active");
    assert.ok(group.reached > 0, "memory was short");
    // What all processes of the pages hold at once is 200 MiB more than at rest (measured), and that much has to give way.
    assert.ok(most > 0 && most < swap / 4, `${Math.round(most)} MiB of ${swap} were swapped`);
  });
}

/** How much swap, in MiB, the server's own functions make on a machine of that memory, with two cores and room on its disk. */
function swapOfServer(memory: number): number {
  const sized = `size_machine ${memory} 2 'base nginx php-fpm mysql site' php | sed -n 's/^SWAP_MIB=//p'`;
  const { code, output, error } = runShell(["lib/sizing"], `swap_to_make "$(${sized})" 0 20480 machine`);
  assert.equal(code, 0, error);
  const swap = Number(output);
  assert.ok(swap > 0, output);
  return swap;
}

/** What the server's settings ask of its kernel. */
function swappiness(): number {
  const settings = readFileSync(join(serverScripts, "roles/base/sysctl.conf"), "utf8");
  return Number(/^vm\.swappiness = (\d+)$/m.exec(settings)?.[1]);
}

/** Memory that is written once and never used again, as by something that waits. */
function holdMemory(server: ReleaseServer, mebibytes: number): void {
  const size = Math.round(mebibytes);
  server.on(
    "cat > /run/hold.php",
    `<?php $held = str_repeat('x', ${size} << 20); touch('/run/memory-held'); sleep(600);`,
  );
  server.on("systemd-run --quiet --unit=memory-held php -d memory_limit=-1 /run/hold.php");
  server.on("timeout 60 sh -c 'until [ -e /run/memory-held ]; do sleep 0.1; done'");
}
