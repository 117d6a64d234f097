import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeLine } from "../../support/beforeLine";
import type { Ran } from "../../support/load/server";
import { underLoad } from "../../support/load/underLoad";
import { whole } from "../../support/whole";
import { complete } from "./deaths";
import { disks, type FaultyServer, load } from "./faultyServer";

/** A disk that runs full before a line of shell, what the run says then, and which release is live. */
const moments: readonly (readonly [
  disk: keyof typeof disks,
  before: string,
  says: RegExp,
  live: "old" | "new",
])[] = [
  ["state", "begin unpack", /releases\/running can't be written: is the disk full/, "old"],
  ["state", "write_contract", /\.env can't be written: is the disk full/, "old"],
  ["state", 'write_private "$STATE/$1.settings"', /\.settings can't be written: is the disk full/, "old"],
  ["state", 'mark "$release" ready', /\.ready can't be written: is the disk full/, "old"],
  ["state", "database_dump", /can't be dumped before the migration.* is the disk full/, "old"],
  ["state", 'mark "$release" migrated', /\.migrated can't be written: is the disk full/, "old"],
  ["state", 'write_file "$SWITCHING"', /switching can't be written: is the disk full/, "old"],
  ["webServer", 'write_file "$file"', /active\.conf can't be written: is the disk full/, "old"],
  ["state", "begin finish", /releases\/running can't be written: is the disk full/, "new"],
  ["state", 'mark "$2" live', /\.live can't be written: is the disk full/, "new"],
];

/** Disks that run full, before and during a deployment. */
export function testFullDisks(server: FaultyServer): void {
  it("on a full disk says so before anything is touched, and half-way", async () => {
    const folder = disks.releases;
    server.on(`fallocate -l 200M ${folder}/.filler`);
    try {
      await server.refuses(server.next(), /MiB free, \d+ are needed/);
      // Without the check up front, the disk runs full while the release is unpacked.
      server.tune("FREE_MIB=-1000");
      server.on(`fallocate -l $(($(df --output=avail -B1 ${folder} | tail -n 1) - 8192)) ${folder}/.more`);
      await server.refuses(
        server.next((site) => writeFileSync(join(site, "public/big.txt"), "big ".repeat(50_000))),
        /can't be unpacked/,
      );
    } finally {
      server.on(`rm -f ${folder}/.filler ${folder}/.more`);
    }
    await server.deploySound();
  });

  for (const [disk, before, says, live] of moments) {
    it(`whose disk ${disks[disk]} is full before "${before}" leaves one whole release, says so on one line, and the next run goes on`, async () => {
      const serving = server.liveRelease();
      const sound = server.next();
      const command = server.upload(sound);
      const filling = beforeLine(server, before, `/run/fill ${disks[disk]}`);
      let ran: Ran | undefined;
      try {
        const report = await underLoad(server, load, async () => {
          ran = await server.run(`${filling} ${command}`);
        });
        whole(report);
      } finally {
        server.empty(disks[disk]);
      }
      assert.equal(ran?.code, 1, ran?.output);
      const errors = ran.output.split("\n").filter((line) => /error|No space/i.test(line));
      assert.equal(errors.filter((line) => line.startsWith("error: ")).length, 1, ran.output);
      assert.match(errors.at(-1) ?? "", says);
      assert.equal(server.liveRelease(), live === "old" ? serving : sound.release);
      const report = await underLoad(server, load, async () => {
        const again = await server.run(command);
        assert.equal(again.code, 0, again.output);
      });
      whole(report);
      complete(server, sound.release, serving);
    });
  }

  it("is not held up by a full disk of the server's settings, which only provisioning writes", async () => {
    server.on(`/run/fill ${disks.settings}`);
    try {
      await server.deploySound();
      assert.throws(
        () => server.provision({ KEEP_RELEASES: "7" }),
        /\nerror: \/etc\/one-server-web\/\S+ can't be written: is the disk full.*\n$/,
      );
    } finally {
      server.empty(disks.settings);
    }
    server.provision();
    await server.deploySound();
  });

  it("keeps its records readable after a disk that was full", async () => {
    const before = server.records().length;
    server.on(`printf '{"time":"2026-' >> ${disks.state}/releases/records.jsonl`);
    const sound = await server.deploySound();
    assert.equal(server.records().length, before + 1);
    assert.equal(server.lastRecord().release, sound.release);
  });
}
