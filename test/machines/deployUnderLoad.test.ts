import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { askAt } from "../../scripts/cli/project/answer";
import { beforeLine } from "../support/beforeLine";
import { eventually } from "../support/eventually";
import { Http2Visitor } from "../support/http2Visitor";
import { type MarkedRelease, markedRelease } from "../support/load/releases";
import { type Ran, ReleaseServer, type ServerPlan } from "../support/load/server";
import { underLoad } from "../support/load/underLoad";
import { testNetwork } from "../support/networks";
import { whole } from "../support/whole";

/** Some requests of 5 s are always in flight, one in five opens a connection of its own, one in four writes. */
const load = { rate: 25, seconds: 1500, share: { write: 25, file: 20, slow: 1 }, fresh: 20 };

const release = "/opt/one-server-web/release.sh";

interface Kind extends Pick<ServerPlan, "network" | "subnet" | "runtime" | "suite"> {
  readonly stack: "lemp" | "lamp";
  /** Deployments in a row, and as many rollbacks. */
  readonly times: number;
}

const kinds: readonly Kind[] = [
  { ...testNetwork("t-lemp-php"), stack: "lemp", runtime: "php", suite: "sid", times: 20 },
  { ...testNetwork("t-lemp-py"), stack: "lemp", runtime: "python", suite: "sid", times: 20 },
  { ...testNetwork("t-lamp-php"), stack: "lamp", runtime: "php", suite: "sid", times: 20 },
  { ...testNetwork("t-lamp-py"), stack: "lamp", runtime: "python", suite: "sid", times: 20 },
];

for (const { times, ...kind } of kinds) {
  describe(`releases under load, ${kind.stack} with ${kind.runtime}`, function () {
    this.timeout(900_000);
    const server = new ReleaseServer(kind);
    let number = 0;
    const next = (): MarkedRelease => {
      number += 1;
      return markedRelease(kind.runtime, `mark-${number}`, server.bundles);
    };
    const live = () => server.on(`${release} list | awk '$2 == "live" { print $1 }'`).trim();

    let first: Ran;
    let firstRelease: string;

    before(async () => {
      server.create();
      const released = next();
      first = await server.deploy(released);
      firstRelease = released.release;
    });
    after(() => server.remove());

    it("go live for the first time", () => {
      assert.equal(first.code, 0, first.output);
      assert.equal(live(), firstRelease);
    });

    it(`go live ${times} times and back ${times} times in a row with no failed request`, async () => {
      const names: string[] = [];
      const report = await underLoad(server, load, async () => {
        for (let time = 0; time < times; time++) {
          const released = next();
          names.push(released.release);
          const ran = await server.deploy(released);
          assert.equal(ran.code, 0, ran.output);
          assert.equal(live(), released.release);
        }
        for (let time = 0; time < times; time++) {
          const before = live();
          const ran = await server.run(`${release} rollback`);
          assert.equal(ran.code, 0, ran.output);
          assert.notEqual(live(), before);
          await pause(200);
        }
      });
      whole(report);
      const served = Object.keys(report.summary.releases);
      assert.deepEqual(
        names.filter((name) => !served.includes(name)),
        [],
        "each release answered somebody",
      );
    });

    it("that are broken are marked with what they said and never go live", async () => {
      const before = live();
      const broken = markedRelease(kind.runtime, "broken", server.bundles, (folder) => {
        const entry = kind.runtime === "php" ? "public/index.php" : "wsgi.py";
        writeFileSync(
          join(folder, entry),
          kind.runtime === "php" ? "<?php this is broken" : "this is broken(",
        );
      });
      server.on("echo GATE_SECONDS=2 > /etc/one-server-web/release.conf");
      const report = await underLoad(server, load, async () => {
        const ran = await server.deploy(broken);
        assert.equal(ran.code, 1);
        assert.match(ran.output, /syntax\s?error/i);
        assert.match(ran.output, new RegExp(`is not fit to go live: .* Release ${before} goes on serving`));
        for (const command of [`deploy ${broken.release}`, `rollback ${broken.release}`]) {
          const again = await server.run(`${release} ${command}`);
          assert.equal(again.code, 1);
          assert.match(again.output, /failed before and is never gone back to/);
        }
      });
      server.on("rm /etc/one-server-web/release.conf");
      whole(report);
      assert.deepEqual(Object.keys(report.summary.releases), [before]);
      assert.match(server.on(`${release} list`), new RegExp(`^${broken.release} +failed`, "m"));
    });

    it("are not noticed by a visitor over HTTP/2", async () => {
      const names: string[] = [];
      const visit = await new Http2Visitor(server.target).during(async () => {
        for (let time = 0; time < 2; time++) {
          const released = next();
          names.push(released.release);
          const ran = await server.deploy(released);
          assert.equal(ran.code, 0, ran.output);
        }
      });
      assert.deepEqual(visit.failures, []);
      assert.ok(visit.answered > 20, JSON.stringify(visit));
      assert.deepEqual(visit.releases.slice(-2), names, "each release answered");
    });

    it("keep only the last ones, and the last that failed", () => {
      const failed = server.on("ls /var/lib/one-server-web/releases | sed -n 's/\\.failed$//p'").split("\n");
      const all = server.on("ls /srv/www/releases").trim().split("\n");
      assert.ok(all.filter((name) => failed.includes(name)).length <= 1, `${all.join()}; ${failed.join()}`);
      const kept = all.filter((name) => !failed.includes(name));
      assert.ok(kept.length <= 5, `${kept.length} releases are kept: ${kept.join(", ")}`);
    });

    it("stay live while the app server is renewed by its other colour", async () => {
      const before = live();
      const active = () =>
        server.on("systemctl list-units --plain --no-legend --state=active 'site-app@*'").trim();
      const report = await underLoad(server, load, async () => {
        const ran = await server.run(`${release} renew`);
        assert.equal(ran.code, 0, ran.output);
        await eventually("the former app server to end after its last request", 90, () =>
          active().split("\n").length === 1 ? true : undefined,
        );
      });
      whole(report);
      assert.equal(live(), before);
    });

    it("are confirmed by the colour that answers, which a renewed app server changes and a release's name does not", async () => {
      const colour = async () =>
        (await askAt(server.target.address, `https://${server.domain}/colour`, server.target.authority)).body;
      const before = await colour();
      // Visitors get the previous configuration's answers as long as nginx has not read the new one.
      const late =
        kind.stack === "lamp"
          ? ""
          : beforeLine(
              server,
              "front_reload",
              "main=$(cat /run/nginx.pid); kill -STOP $main; (sleep 3; kill -CONT $main) 9>&- & :",
            );
      const report = await underLoad(server, load, async () => {
        const ran = await server.run(`${late} ${release} renew`);
        assert.equal(ran.code, 0, ran.output);
        assert.ok(kind.stack === "lamp" || ran.seconds > 3, ran.output);
        assert.notEqual(await colour(), before);
      });
      whole(report);
    });

    it("tell visitors nothing of how they are confirmed", async () => {
      for (const word of [undefined, "x", "blue", "green"]) {
        const { headers } = await askAt(
          server.target.address,
          `https://${server.domain}/`,
          server.target.authority,
          word === undefined ? {} : { headers: { "x-release-check": word } },
        );
        assert.equal(headers["x-release-check"], undefined);
      }
    });

    if (kind.stack === "lemp") {
      it("stay live while nginx is replaced by a fresh one on the fly", async () => {
        const main = () => server.on("cat /run/nginx.pid").trim();
        const before = main();
        const report = await underLoad(server, load, async () => {
          const ran = await server.run(`${release} upgrade-front`);
          assert.equal(ran.code, 0, ran.output);
          await eventually("the old nginx to end", 60, () =>
            server.on(`test -e /proc/${before} && echo there || echo gone`).trim() === "gone"
              ? true
              : undefined,
          );
        });
        whole(report);
        assert.notEqual(main(), before);
        assert.equal(
          server.on("systemctl show -P MainPID nginx").trim(),
          main(),
          "systemd knows the fresh one",
        );
      });
    }

    it("are behind a page that says when to come back in maintenance, and take no deployment then", async () => {
      const before = live();
      assert.equal((await server.run(`${release} maintenance on 15`)).code, 0);
      const authority = server.target.authority;
      const answer = await eventually("the maintenance page", 10, async () => {
        const asked = await askAt(server.target.address, `https://${server.domain}/`, authority);
        return asked.status === 503 ? asked : undefined;
      });
      assert.equal(answer.headers["retry-after"], "900");
      assert.match(answer.body, /Back in a moment/);
      const refused = await server.deploy(next());
      assert.equal(refused.code, 1);
      assert.match(refused.output, /in maintenance: end it first/);
      assert.equal((await server.run(`${release} maintenance off`)).code, 0);
      assert.equal(live(), before);
      whole(await underLoad(server, load, () => pause(1000)));
    });

    it("let nobody notice that the app server kept for a rollback is stopped", async () => {
      assert.equal((await server.deploy(next())).code, 0);
      const report = await underLoad(server, load, async () => {
        const ran = await server.run(`${release} stop-previous`);
        assert.equal(ran.code, 0, ran.output);
        // A rollback starts it again.
        const back = await server.run(`${release} rollback`);
        assert.equal(back.code, 0, back.output);
      });
      whole(report);
    });

    it("stop the app server kept for a rollback by themselves, after its time", async () => {
      server.on("echo KEEP_PREVIOUS_SECONDS=2 > /etc/one-server-web/release.conf");
      const ran = await server.deploy(next());
      assert.equal(ran.code, 0, ran.output);
      const active = () => server.on("systemctl is-active site-app@blue site-app@green || true").trim();
      assert.equal(active(), "active\nactive");
      await eventually("the former app server to end by its timer", 90, () =>
        active() === "active\nactive" ? undefined : true,
      );
      server.on("rm /etc/one-server-web/release.conf");
      whole(await underLoad(server, { ...load, seconds: 2 }, async () => {}));
    });

    const answersAgain = () =>
      eventually("the site to answer again", 60, async () => {
        const report = await underLoad(server, { ...load, rate: 10 }, () => pause(500));
        return report.summary.failed === 0 ? report : undefined;
      });

    it("come back live after a reboot", async () => {
      const before = live();
      server.reboot();
      await answersAgain();
      assert.equal(live(), before);
      const states = server.on("systemctl is-active site-app@blue site-app@green || true").trim().split("\n");
      assert.deepEqual(states.sort(), ["active", "inactive"], "only the live app server is started at boot");
    });

    if (kind.network === "t-lemp-php") {
      for (const line of ['write_file "$file"', "confirm "]) {
        it(`come back whole after a power cut before "${line}" in a switch, and the next deployment goes on`, async () => {
          const released = next();
          const command = server.upload(released);
          const stopping = beforeLine(server, line, "touch /run/now; sleep 60");
          const cut = server.run(`${stopping} ${command}`);
          await eventually("the switch", 20, () =>
            server.on("ls /run").split("\n").includes("now") ? true : undefined,
          );
          server.cutPower();
          assert.notEqual((await cut).code, 0);
          const { summary } = await answersAgain();
          assert.equal(Object.keys(summary.releases).length, 1, JSON.stringify(summary));
          whole(
            await underLoad(server, load, async () => {
              const again = await server.run(command);
              assert.equal(again.code, 0, again.output);
              assert.match(again.output, /was interrupted at its step switch/);
            }),
          );
          assert.equal(live(), released.release);
        });
      }
    }
  });
}
