import assert from "node:assert/strict";
import { beforeLine } from "../../support/beforeLine";
import { underLoad } from "../../support/load/underLoad";
import { whole } from "../../support/whole";
import { type FaultyServer, load, release } from "./faultyServer";

/** A line of shell before which the deployment is killed, and the step that it had begun by then. */
const deaths: readonly (readonly [before: string, step: string])[] = [
  ["write_contract", "unpack"],
  ['write_private "$STATE/$1.settings"', "unpack"],
  ['mkdir "$folder"', "unpack"],
  ["chown", "unpack"],
  ["sync", "unpack"],
  ["database_dump", "safeguard"],
  ["run_logged", "migrate"],
  ['mark "$release" migrated', "migrate"],
  ["stop_colour", "drain"],
  ['point "$COLOURS/$colour" ', "start"],
  ["systemctl restart", "start"],
  ["gate ", "gate"],
  ["warm ", "gate"],
  ['write_file "$SWITCHING"', "switch"],
  ['write_file "$file"', "switch"],
  ["refusal=$(front_test)", "switch"],
  ["front_reload", "switch"],
  ["confirm ", "switch"],
  ['mark "$2" live', "finish"],
  ["move_tasks", "finish"],
  ["disable_colour", "finish"],
  ['rm -f "$SWITCHING"', "finish"],
  ["prune", "finish"],
];

/** SIGKILL at every step in turn. */
export function testDeaths(server: FaultyServer): void {
  for (const [before, step] of deaths) {
    it(`killed before "${before}" leaves one whole release, and the next run goes on`, async () => {
      const serving = server.liveRelease();
      const sound = server.next();
      const command = server.upload(sound);
      const killing = beforeLine(server, before, "kill -KILL $$");
      const report = await underLoad(server, load, async () => {
        const killed = await server.run(`${killing} ${command}`);
        assert.notEqual(killed.code, 0, killed.output);
        assert.doesNotMatch(killed.output, /error:/);
        const again = await server.run(command);
        assert.equal(again.code, 0, again.output);
        assert.match(again.output, new RegExp(`was interrupted at its step ${step}`));
      });
      whole(report);
      const served = Object.keys(report.summary.releases);
      assert.ok(
        served.every((name) => name === serving || name === sound.release),
        served.join(),
      );
      assert.equal(server.records().at(-2)?.result, "interrupted");
      complete(server, sound.release, serving);
    });
  }
}

/** A deployment has come to its end, whichever run got it there: live, first to start at boot, and with a way back. */
export function complete(server: FaultyServer, live: string, before: string): void {
  assert.equal(server.liveRelease(), live);
  const starting = server.on(
    "cd /etc/systemd/system/multi-user.target.wants; ls site-app@* | tr @. / | cut -d/ -f2 | while read -r colour; do readlink /srv/www/colours/$colour; done; readlink /srv/www/current",
  );
  assert.deepEqual(starting.trim().split("\n"), Array(2).fill(`/srv/www/releases/${live}`));
  const [first, second] = server.on(`${release} list`).trim().split("\n");
  assert.match(first ?? "", new RegExp(`^${live} +live `));
  assert.match(second ?? "", new RegExp(`^${before} +ready `));
}
