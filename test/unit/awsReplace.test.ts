import assert from "node:assert/strict";
import { clearMessage, isBusy } from "../../scripts/cli/project/workspace";
import { findServer, withFormerInstance } from "../../scripts/cli/replace/state";
import { killedLine, unfinished, withoutUnfinished } from "../../scripts/cli/replace/unfinished";

const server = "urn:pulumi:prod::p::one-server-web:site:Site$one-server-web:aws:Server";
const urn = `${server}$aws:ec2/instance:Instance::web-1`;
const type = "aws:ec2/instance:Instance";
const volume = {
  type: "aws:ec2/volumeAttachment:VolumeAttachment",
  urn: `${server}$aws:ec2/volumeAttachment:VolumeAttachment::web-1-data`,
  id: "vai-1",
};
const tenth = { type, urn: `${server}$aws:ec2/instance:Instance::web-10`, id: "i-10" };
const zone = {
  type: "aws:route53/zone:Zone",
  urn: "urn:pulumi:prod::p::aws:route53/zone:Zone::web-1",
  id: "Z",
};
const record = {
  type: "aws:route53/record:Record",
  urn: "urn:pulumi:prod::p::aws:route53/record:Record::www.foobar.com-ipv6",
  id: "Z_www_AAAA",
  dependencies: [zone.urn, urn],
};
const running = { type, urn, id: "i-1" };

const exported = (...resources: object[]) =>
  JSON.stringify({ version: 3, deployment: { secrets: "s", resources } });

describe("replacing a server", () => {
  it("finds the instance that runs, and what belongs to the server", () => {
    const found = findServer(exported(zone, running, volume, tenth, record), "prod", "web-1");
    assert.deepEqual(found, {
      urn,
      instance: "i-1",
      former: undefined,
      parts: [urn, volume.urn, record.urn],
    });
  });

  it("knows a replacement that did not come to its end", () => {
    const text = exported({ ...running, id: "i-2" }, volume, { ...running, delete: true });
    const found = findServer(text, "prod", "web-1");
    assert.deepEqual([found.instance, found.former], ["i-2", "i-1"]);
  });

  it("names the servers there are", () => {
    assert.throws(
      () => findServer(exported(running, tenth), "prod", "web-2"),
      /has no server "web-2" on AWS: expected one of web-1, web-10/,
    );
    assert.throws(() => findServer(exported(), "prod", "web-1"), /bring it up first with pulumi up -s prod/);
  });

  it("gives the former instance its place back, and forgets of the rest only uploads that wait for nothing", () => {
    const added = { ...running, id: "i-2", inputs: { ami: "new" } };
    const former = { ...running, inputs: { ami: "old" }, delete: true };
    const upload = { type: "command:remote:CopyToRemote", urn: `${server}$upload::web-1-scripts`, id: "1" };
    const text = exported(zone, added, volume, upload, former, tenth, { ...upload, id: "2", delete: true });
    const back = withFormerInstance(text, findServer(text, "prod", "web-1"));
    const { delete: _, ...restored } = former;
    assert.deepEqual(
      JSON.parse(back),
      JSON.parse(exported(zone, restored, volume, upload, { ...added, delete: true }, tenth)),
    );
    assert.deepEqual(findServer(back, "prod", "web-1").instance, "i-1");
  });

  it("gives nothing back where nothing was taken", () => {
    const text = exported(running);
    assert.throws(
      () => withFormerInstance(text, findServer(text, "prod", "web-1")),
      /has no former instance/,
    );
  });
});

describe("a replacement whose run was killed", () => {
  const provision = {
    urn: `${server}$command:remote:Command::web-1-provision`,
    type: "command:remote:Command",
  };
  const killed = JSON.stringify({
    version: 3,
    deployment: {
      secrets: "s",
      resources: [running],
      pending_operations: [
        { resource: { urn, type }, type: "creating" },
        { resource: provision, type: "creating" },
        { resource: { urn: volume.urn, type: volume.type }, type: "creating" },
        { resource: { urn: zone.urn, type: zone.type }, type: "deleting" },
      ],
    },
  });

  it("had begun what the stack still notes", () => {
    assert.deepEqual(unfinished(killed), [
      { name: "web-1", type, operation: "creating" },
      { name: "web-1-provision", type: "command:remote:Command", operation: "creating" },
      { name: "web-1-data", type: volume.type, operation: "creating" },
      { name: "web-1", type: zone.type, operation: "deleting" },
    ]);
    assert.deepEqual(unfinished(exported(running)), []);
  });

  it("leaves the rest of the stack as it was", () => {
    assert.deepEqual(JSON.parse(withoutUnfinished(killed)), JSON.parse(exported(running)));
  });

  it("may have left at AWS what it was making: nothing by a command on a server, by a tie between two things, by a deletion", () => {
    assert.equal(
      killedLine("prod", unfinished(killed)),
      "an earlier run on prod was killed while creating web-1, creating web-1-provision, creating web-1-data, deleting web-1: that is done again; " +
        `look at AWS whether there is a second web-1 (${type}) that belongs to nothing, and delete it`,
    );
    assert.equal(
      killedLine("prod", unfinished(killed).slice(1)),
      "an earlier run on prod was killed while creating web-1-provision, creating web-1-data, deleting web-1: that is done again",
    );
  });

  for (const [backend, message, line] of [
    [
      "of files",
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
        "  s3://b/.pulumi/locks/x.json: created by me@laptop (pid 7) at 2026-11-24T14:00:00Z",
      "another run holds the stack prod (created by me@laptop (pid 7) at 2026-11-24T14:00:00Z): wait for its end, or, where it was killed, free the stack with: npm run pulumi -- cancel -s prod",
    ],
    [
      "of Pulumi Cloud",
      "error: [409] Conflict: Another update is currently in progress.\nTo learn more about possible reasons and resolution, visit https://…",
      "another run holds the stack prod: wait for its end, or, where it was killed, free the stack with: npm run pulumi -- cancel -s prod",
    ],
  ] as const)
    it(`is told in one line how to free a stack on a backend ${backend}`, () => {
      assert.equal(clearMessage(message, { stack: "prod", backend: { kind: "own" } }), line);
      assert.equal(isBusy(message), true);
      assert.equal(isBusy("error: the site does not answer"), false);
    });
});
