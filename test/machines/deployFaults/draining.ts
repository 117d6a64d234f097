import assert from "node:assert/strict";
import { request } from "node:https";
import { eventually } from "../../support/eventually";
import { mixture } from "../../support/load/exchanges";
import type { Answer } from "../../support/load/generator";
import { underLoad } from "../../support/load/underLoad";
import { whole } from "../../support/whole";
import { type FaultyServer, load, release } from "./faultyServer";

/** Requests that are under way at a switch, some of them for very long. */
export function testDraining(server: FaultyServer): void {
  /** Asks for the page that takes so many seconds, and is patient. */
  const slow = (seconds: number) =>
    new Promise<Answer & { readonly seconds: number }>((resolve, reject) => {
      const { host, address, authority } = server.target;
      const began = performance.now();
      request(
        {
          ...{ host: address, servername: host, ca: authority, agent: false },
          ...{ path: `/slow?seconds=${seconds}`, headers: { host } },
        },
        (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (part: string) => {
            body += part;
          });
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              release: String(response.headers["x-release"]),
              body,
              seconds: (performance.now() - began) / 1000,
            }),
          );
        },
      )
        .on("error", reject)
        .end();
    });
  const underWay = () =>
    eventually("the slow request to be under way", 10, () =>
      Number(server.on("awk '$8 ~ /site-/ && $6 == \"03\"' /proc/net/unix | wc -l")) > 0 ? true : undefined,
    );
  const active = () =>
    server
      .on("systemctl list-units --plain --no-legend --state=active 'site-app@*'")
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]);

  it("never drains: requests without an end are cut after the time for it, and the next deployment goes on", async () => {
    server.tune("DRAIN_SECONDS=3");
    const endless = slow(50);
    await underWay();
    await server.deploySound();
    const cutting = server.next();
    const report = await underLoad(server, load, async () => {
      const ran = await server.deploy(cutting);
      assert.equal(ran.code, 0, ran.output);
      assert.match(ran.output, /after 3 s 1 requests are still with \w+: they are cut now/);
      assert.ok(ran.seconds < 15, `cut after ${ran.seconds} s`);
    });
    whole(report);
    // PHP's sleep ends with the first signal: the page may then come to its end before the process is killed.
    const answer = await endless;
    assert.ok(answer.status === 502 || mixture(answer, 3) === undefined, JSON.stringify(answer));
    assert.ok(answer.seconds < 30, `${answer.seconds} s`);
  });

  it("never drains, until requestTimeout ends what has no end and the old app server is free", async () => {
    server.provision({ REQUEST_TIMEOUT: "8" });
    await server.deploySound({ REQUEST_TIMEOUT: "8" });
    const endless = slow(50);
    await underWay();
    const report = await underLoad(server, load, async () => {
      await server.deploySound();
      const freed = await server.run(`${release} stop-previous`);
      assert.equal(freed.code, 0, freed.output);
      assert.doesNotMatch(freed.output, /cut/);
    });
    whole(report);
    const { status, seconds } = await endless;
    assert.ok([502, 504].includes(status) && seconds >= 8 && seconds < 14, `${status} after ${seconds} s`);
    assert.equal(active().length, 1);
    server.provision();
  });

  it("lets a request of 75 s end across the switch, where requestTimeout allows 120", async () => {
    server.provision({ REQUEST_TIMEOUT: "120" });
    await server.deploySound({ REQUEST_TIMEOUT: "120" });
    const serving = server.liveRelease();
    const long = slow(75);
    await underWay();
    const report = await underLoad(server, { ...load, rate: 5 }, async () => {
      const sound = await server.deploySound();
      assert.equal(active().length, 2);
      const freed = await server.run(`${release} stop-previous`);
      assert.equal(freed.code, 0, freed.output);
      assert.equal(server.liveRelease(), sound.release);
    });
    whole(report);
    const answer = await long;
    assert.equal(mixture(answer, 3), undefined, JSON.stringify(answer));
    assert.equal(answer.release, serving);
    assert.ok(answer.seconds >= 75, `${answer.seconds} s`);
    assert.equal(active().length, 1, "the old app server ends with it");
    server.provision();
  });
}
