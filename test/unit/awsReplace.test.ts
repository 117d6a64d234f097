import assert from "node:assert/strict";
import { findServer, withFormerInstance } from "../../scripts/replace/state";

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
