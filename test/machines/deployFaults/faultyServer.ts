import assert from "node:assert/strict";
import { parseRecords, type ReleaseRecord } from "../../../scripts/cli/deployment/list";
import { type MarkedRelease, markedRelease } from "../../support/load/releases";
import { type Ran, ReleaseServer } from "../../support/load/server";
import { underLoad } from "../../support/load/underLoad";
import { testNetwork } from "../../support/networks";
import type { ServerVariables } from "../../support/settings";
import { whole } from "../../support/whole";

/** As much load as shows a gap of a tenth of a second, and leaves the processor to the deployments. */
export const load = { rate: 20, seconds: 900, share: { write: 25, file: 25 }, fresh: 20 };

export const release = "/opt/one-server-web/release.sh";

/** Where releases and their state are kept, and the web server's own files: each is a disk of its own here, which can be filled without harm to others. */
export const disks = {
  releases: "/srv/www/releases",
  state: "/var/lib/one-server-web",
  webServer: "/etc/nginx/one-server-web",
  settings: "/etc/one-server-web",
} as const;

/** A server whose deployments go wrong in many ways. */
export class FaultyServer extends ReleaseServer {
  private number = 0;

  constructor(authorizedKey: string) {
    super({ ...testNetwork("t-faults"), suite: "sid", runtime: "php", authorizedKey });
  }

  /** Gives each of `disks` a small disk of its own. */
  separateDisks(): void {
    for (const folder of Object.values(disks)) {
      const size = folder === disks.releases ? "300m" : "20m";
      this.on(
        `mkdir /run/copy && cp -a ${folder}/. /run/copy && mount -t tmpfs -o size=${size},nr_inodes=4000,mode=755 small ${folder} &&
         cp -a /run/copy/. ${folder} && chown --reference=/run/copy ${folder} && rm -r /run/copy`,
      );
    }
    // A command that leaves no room on a disk: neither bytes nor files.
    this.on(
      "cat > /run/fill && chmod +x /run/fill",
      `#!/bin/sh
fallocate -l "$(df --output=avail -B1 "$1" | tail -n 1)" "$1/.filler" 2>/dev/null
mkdir "$1/.fillers" && cd "$1/.fillers" && seq "$(df --output=iavail "$1" | tail -n 1)" | xargs touch 2>/dev/null
true
`,
    );
  }

  /** Gives a filled disk its room back. */
  empty(folder: string): void {
    this.on(`rm -rf ${folder}/.filler ${folder}/.fillers`);
  }

  /** Another release of the site, broken if so wished. */
  next(change?: (folder: string) => void, settings?: ServerVariables): MarkedRelease {
    this.number += 1;
    return markedRelease("php", `mark-${this.number}`, this.bundles, change, settings);
  }

  async deploySound(settings?: ServerVariables): Promise<MarkedRelease> {
    const sound = this.next(undefined, settings);
    const ran = await this.deploy(sound);
    assert.equal(ran.code, 0, ran.output);
    return sound;
  }

  records(): ReleaseRecord[] {
    return parseRecords(this.on(`${release} records 1000`));
  }

  lastRecord(): ReleaseRecord {
    return this.records().at(-1) ?? assert.fail("nothing is recorded");
  }

  liveRelease(): string {
    return this.on(`grep -A1 site_release ${disks.webServer}/active.conf | cut -s -d'"' -f2`).trim();
  }

  /** Settings of the release scripts for one test. */
  tune(lines: string): void {
    this.on("cat > /etc/one-server-web/release.conf", lines);
  }

  /** Deploys a release that must be refused, under load: nobody notices, and the run says why. */
  async refuses(wrong: MarkedRelease, ...expected: readonly RegExp[]): Promise<Ran> {
    const serving = this.liveRelease();
    let ran: Ran | undefined;
    const report = await underLoad(this, load, async () => {
      ran = await this.deploy(wrong);
    });
    assert.ok(ran !== undefined && ran.code === 1, ran?.output);
    for (const pattern of expected) assert.match(ran.output, pattern);
    whole(report);
    assert.deepEqual(Object.keys(report.summary.releases), [serving], "only the release before answers");
    assert.equal(this.lastRecord().result, "failed");
    assert.equal(this.lastRecord().release, wrong.release);
    return ran;
  }
}
