import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { selfSigned } from "../support/load/certificate";
import { type Change, changeResults } from "../support/load/changes";
import { mixture } from "../support/load/exchanges";
import { type Exchange, startLoad } from "../support/load/generator";
import { planLoad } from "../support/load/schedule";
import { percentile, summarize, within } from "../support/load/summary";

describe("a planned load", () => {
  it("is spread evenly over time", () => {
    const plan = planLoad({ rate: 50, seconds: 2 });
    assert.equal(plan.length, 100);
    assert.deepEqual(
      plan.slice(0, 3).map(({ at }) => at),
      [0, 20, 40],
    );
  });

  it("has the kinds and the fresh connections that were asked for, mixed with each other", () => {
    const plan = planLoad({ rate: 1000, seconds: 10, share: { write: 20, file: 30, slow: 1 }, fresh: 25 });
    const count = (test: (planned: (typeof plan)[number]) => boolean) => plan.filter(test).length;
    assert.equal(
      count(({ kind }) => kind === "write"),
      2000,
    );
    assert.equal(
      count(({ kind }) => kind === "file"),
      3000,
    );
    assert.equal(
      count(({ kind }) => kind === "slow"),
      100,
    );
    assert.equal(
      count(({ keepAlive }) => !keepAlive),
      2500,
    );
    const freshWrites = count(({ kind, keepAlive }) => kind === "write" && !keepAlive);
    assert.ok(freshWrites > 400 && freshWrites < 600, `${freshWrites} writes over fresh connections`);
  });

  for (const load of [
    { rate: 0, seconds: 1 },
    { rate: 1, seconds: -1 },
    { rate: 1, seconds: 1, share: { write: 90, file: 20 } },
    { rate: 1, seconds: 1, fresh: 101 },
  ]) {
    it(`is refused for ${JSON.stringify(load)}`, () => assert.throws(() => planLoad(load), /expected/));
  }
});

describe("the figures of a load", () => {
  it("are percentiles by rank", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.equal(percentile(values, 0.99), 99);
    assert.equal(percentile(values, 0.5), 50);
    assert.equal(percentile([7], 0.99), 7);
    assert.ok(Number.isNaN(percentile([], 0.5)));
  });

  it("leave slow requests out of the latencies, but not out of the failures", () => {
    const outcome = { number: 0, kind: "page", at: 0, latency: 10 } as const;
    const slow = { number: 1, kind: "slow", at: 5, latency: 5000, failure: "slow: status 502" } as const;
    const { failed, p99, failures } = summarize([outcome, slow]);
    assert.deepEqual({ failed, p99, failures }, { failed: 1, p99: 10, failures: { "slow: status 502": 1 } });
    assert.deepEqual(within([outcome, slow], 1, 10), [slow]);
  });
});

describe("an answer's marks", () => {
  const answer = (body: string, status = 200) => ({ status, body, release: "r" });
  it("show a page of one release", () => assert.equal(mixture(answer("[mark:a] [mark:a]"), 2), undefined));
  it("show a page of two", () =>
    assert.match(mixture(answer("[mark:a] [mark:b]"), 2) ?? "", /mixed releases: a, b/));
  it("show a page cut off", () => assert.match(mixture(answer("[mark:a]"), 2) ?? "", /1 marks/));
  it("show a wrong status", () => assert.match(mixture(answer("", 502), 0) ?? "", /502/));
});

describe("the load generator", () => {
  const certificate = selfSigned("load.test");
  const exchange = (): Exchange => ({
    method: "GET",
    path: "/",
    check: ({ status }) => (status === 200 ? undefined : `status ${status}`),
  });

  /** Runs a load against a server of this process. */
  async function against(answer: Parameters<typeof createServer>[1], load: Parameters<typeof startLoad>[1]) {
    const server = createServer({ cert: certificate.certificate, key: certificate.privateKey }, answer);
    let connections = 0;
    server.on("secureConnection", () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const target = { host: "load.test", address: "127.0.0.1", port, authority: certificate.certificate };
    try {
      return { outcomes: await startLoad(target, load, exchange).outcomes, connections: () => connections };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it("counts the time that requests wait behind a stall, although it sends on", async () => {
    const began = performance.now();
    // For half a second the server answers nobody.
    const { outcomes } = await against(
      (_, response) => {
        const wait = Math.max(0, 500 - (performance.now() - began));
        setTimeout(() => response.end("ok"), wait);
      },
      { rate: 100, seconds: 1 },
    );
    assert.equal(outcomes.length, 100);
    assert.equal(summarize(outcomes).failed, 0);
    assert.ok(summarize(outcomes).slowest > 300, `slowest ${summarize(outcomes).slowest} ms`);
    assert.ok(summarize(within(outcomes, 700, 1000)).median < 200, "after the stall answers are quick again");
  });

  it("keeps connections, opens its own for the share that asks for one, and trusts no other authority", async () => {
    const { outcomes, connections } = await against((_, response) => response.end("ok"), {
      rate: 100,
      seconds: 1,
      fresh: 20,
    });
    assert.equal(summarize(outcomes).failed, 0);
    assert.ok(connections() >= 21 && connections() < 60, `${connections()} connections`);
  });

  for (const [keepAlive, count] of [
    ["timeout=1", 2],
    ["timeout=20", 1],
  ] as const) {
    it(`heeds "${keepAlive}", which a server says of idle connections, as browsers do`, async () => {
      const { connections } = await against(
        (_, response) => response.setHeader("Keep-Alive", keepAlive).end("ok"),
        { rate: 0.5, seconds: 4 },
      );
      assert.equal(connections(), count);
    });
  }

  it("has as much patience on a kept connection as on a fresh one, whatever a server says of idle ones", async () => {
    let number = 0;
    const { outcomes, connections } = await against(
      (_, response) => {
        number += 1;
        response.setHeader("Keep-Alive", "timeout=2");
        setTimeout(() => response.end("ok"), number === 1 ? 0 : 2500);
      },
      { rate: 2, seconds: 1 },
    );
    assert.deepEqual([summarize(outcomes).failures, connections()], [{}, 1]);
  });

  it("tells wrong statuses from broken connections", async () => {
    let number = 0;
    const { outcomes } = await against(
      (request, response) => {
        number += 1;
        if (number % 2 === 0) {
          response.statusCode = 503;
          response.end();
        } else {
          request.socket.destroy();
        }
      },
      { rate: 20, seconds: 0.5, fresh: 100 },
    );
    const { failed, failures } = summarize(outcomes);
    assert.equal(failed, 10);
    assert.equal(failures["page: status 503"], 5);
    assert.equal(failures["page: ECONNRESET"], 5);
  });
});

describe("the figures of changes under load", () => {
  const change = (from: number, live: number): Change => ({ from, to: from + 100, live, log: "" });
  /** A request every 10 ms for a second; those sent from 100 to 200 ms and from 500 to 600 ms take longer. */
  const outcomes = Array.from({ length: 100 }, (_, number) => ({
    ...{ number, kind: "page" as const, at: number * 10 },
    latency: [1, 5].includes(Math.floor(number / 10)) ? 30 : 20,
  }));
  const report = (failed: number) => ({
    outcomes,
    ...{ summary: { ...summarize(outcomes), failed }, acknowledged: 3, wrongWrites: [] },
  });
  const ours = { report: report(4), deployments: [change(100, 0.5)], rollbacks: [change(500, 0.3)] };
  const find = (usual: Parameters<typeof changeResults>[1], start: string) =>
    changeResults(ours, usual).find(({ metric }) => metric.startsWith(start)) ?? assert.fail(start);

  it("hold the requests sent during changes against the others", () => {
    const { value, baseline, ratio } = find(new Map(), "p99");
    assert.deepEqual([value, baseline, ratio], [30, 20, 1.5]);
  });

  it("hold as many changes of ours against as many of the usual way", () => {
    const { value, baseline, ratio } = find(new Map([["restart", report(12)]]), "failed requests in three");
    assert.deepEqual([value, baseline, ratio], [6, 12, 0.5]);
  });

  it("say how many changes there were, also when later ones were interrupted", () => {
    assert.equal(find(new Map(), "failed of them, in 1 deployments and 1 rollbacks").value, 4);
    assert.deepEqual(
      changeResults(ours, new Map()).filter(({ metric }) => metric.includes("beside: systemctl")),
      [],
    );
  });
});
