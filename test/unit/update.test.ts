import assert from "node:assert/strict";
import { type EngineEvent, nameOf, parseEvent, plainText } from "../../scripts/cli/project/engineEvents";
import { duration, Progress } from "../../scripts/cli/project/progress";
import { commandError, underWay } from "../../scripts/cli/project/runUpdate";
import { Update } from "../../scripts/cli/project/update";

const urn =
  "urn:pulumi:local::one-server-web::one-server-web:site:Site$command:remote:Command::web-1-provision";
const command = { op: "create", urn, type: "command:remote:Command" };

function updateAfter(events: readonly EngineEvent[]): Update {
  let now = 0;
  const update = new Update(() => {
    now += 1500;
    return now;
  });
  for (const event of events) update.take(event);
  return update;
}

describe("an update, gathered from the engine's events", () => {
  it("times each step from its start to its end", () => {
    const update = updateAfter([
      { resourcePreEvent: { metadata: command } },
      { resOutputsEvent: { metadata: command } },
    ]);
    assert.deepEqual(update.steps, [
      { urn, name: "web-1-provision", operation: "create", started: 1500, printed: [], ended: 3000 },
    ]);
    assert.deepEqual(update.running, []);
  });

  it("shows what is under way, with the last line that it printed", () => {
    const update = updateAfter([
      { resourcePreEvent: { metadata: command } },
      { diagnosticEvent: { urn, message: "unpacking nginx\n", severity: "info" } },
      { diagnosticEvent: { urn, message: "<{%fg 2%}>unpacking php<{%reset%}>\n", severity: "info" } },
    ]);
    assert.equal(underWay(update), "web-1-provision: unpacking php");
  });

  it("keeps the last lines that a step printed, for when it fails", () => {
    const lines = Array.from({ length: 60 }, (_, number) => `line ${number}`);
    const update = updateAfter([
      { resourcePreEvent: { metadata: command } },
      { diagnosticEvent: { urn, message: `${lines.join("\n\n")}\n`, severity: "info" } },
      { resOpFailedEvent: { metadata: command } },
    ]);
    assert.deepEqual(update.steps[0]?.printed, lines.slice(20));
  });

  it("leaves out components and what stays the same", () => {
    const site = { op: "create", urn: `${urn}-x`, type: "one-server-web:site:Site" };
    const same = { ...command, op: "same" };
    const update = updateAfter([
      { resourcePreEvent: { metadata: site } },
      { resourcePreEvent: { metadata: same } },
    ]);
    assert.deepEqual(update.steps, []);
  });

  it("marks a step that failed and keeps the engine's error", () => {
    const update = updateAfter([
      { resourcePreEvent: { metadata: command } },
      { diagnosticEvent: { urn, message: "exit status 1", severity: "error" } },
      { resOpFailedEvent: { metadata: command } },
    ]);
    assert.equal(update.steps[0]?.failed, true);
    assert.deepEqual(update.errors, ["exit status 1"]);
  });

  it("counts what changed, not what stayed", () => {
    const summary = (resourceChanges: Record<string, number>) =>
      updateAfter([{ summaryEvent: { resourceChanges } }]).changed;
    assert.equal(summary({ same: 12 }), 0);
    assert.equal(summary({ same: 10, create: 2, update: 1 }), 3);
  });
});

describe("an engine's event", () => {
  it("is one line of JSON, and other lines are none", () => {
    assert.equal(parseEvent("warning: something"), undefined);
    assert.equal(parseEvent('{"cut":'), undefined);
    assert.deepEqual(parseEvent('{"sequence":1}'), { sequence: 1 });
  });

  it("loses its colours", () => {
    assert.equal(plainText("<{%bold%}>a<{%reset%}> \u001b[31mb\u001b[0m"), "a b");
  });

  it("names its resource", () => assert.equal(nameOf(urn), "web-1-provision"));
});

describe("a command's error", () => {
  const ran = (where: string) =>
    `exit status 1: running "sudo -n sh -c …" on ${where}:\n[   0.1 s] base: began`;

  it("is what the command itself said, with the server's name", () => {
    assert.equal(
      commandError(`${ran("root@10.0.0.5:22")}\nerror: the disk is full: make room and run again`),
      "root@10.0.0.5:22: the disk is full: make room and run again",
    );
    assert.equal(commandError(`${ran("this machine")}\nerror: network: taken`), "network: taken");
  });

  it("is shown whole where the command said nothing of that kind", () => {
    assert.equal(commandError(ran("root@10.0.0.5:22")), ran("root@10.0.0.5:22"));
  });
});

describe("progress", () => {
  const table: [milliseconds: number, shown: string][] = [
    [40, "0.0 s"],
    [4250, "4.3 s"],
    [12_400, "12 s"],
    [250_000, "4 min 10 s"],
  ];
  for (const [milliseconds, shown] of table) {
    it(`shows ${milliseconds} ms as ${shown}`, () => assert.equal(duration(milliseconds), shown));
  }

  it("writes whole lines without colours into a pipe", () => {
    let written = "";
    const screen = {
      isTTY: false,
      columns: 80,
      write: (text: string) => {
        written += text;
      },
    };
    const progress = new Progress(screen);
    progress.step({ urn, name: "web-1", operation: "create", started: 0, printed: [], ended: 2100 });
    progress.close();
    assert.match(written, /^ {2}✔ made web-1 +2\.1 s\n$/);
  });
});
