import assert from "node:assert/strict";
import { story } from "../../scripts/cli/test/story";
import type { Event } from "../../scripts/engine/aws/world";
import type { Ran } from "../support/runToEnd";
import { AwsStack } from "./awsStack";

const instance = "aws:ec2/instance:Instance";
const attachment = "aws:ec2/volumeAttachment:VolumeAttachment";
const association = "aws:ec2/eipAssociation:EipAssociation";

/** What runs on a server is left out here: there is none behind this account's addresses. */
const onPaper = ["--exclude", "**command:remote:**", "--exclude-dependents"];

story("the stack prod in the real engine, on paper", function () {
  this.timeout(600_000);
  let stack: AwsStack;
  let previewed: Ran;
  const printed: string[] = [];

  const run = async (...args: string[]): Promise<Ran> => {
    const ran = await stack.run(...args);
    printed.push(ran.output);
    return ran;
  };
  const up = async (...args: string[]): Promise<Event[]> => {
    const before = stack.events().length;
    const ran = await run(
      "up",
      "--yes",
      "--skip-preview",
      "--non-interactive",
      "-s",
      "prod",
      ...onPaper,
      ...args,
    );
    assert.equal(ran.code, 0, ran.output);
    return stack.events().slice(before);
  };
  const steps = (events: readonly Event[]) =>
    events.map(({ action, token }) => `${action} ${token.split(":").pop()}`);
  const instanceUrn = () => {
    const urns = [...stack.state().matchAll(/"(urn:pulumi:prod::[^"]*::web-1)"/g)].map(
      ([, urn]) => urn ?? "",
    );
    return urns.find((urn) => urn.includes(`$${instance}::`)) ?? "";
  };

  before(async () => {
    stack = new AwsStack();
    await stack.create();
  });
  after(() => stack.remove());

  it("is previewed in full with the policy pack, and no policy trips over an unknown", async () => {
    previewed = await run("preview", "--non-interactive", "-s", "prod", "--policy-pack", "policy");
    assert.equal(previewed.code, 0, previewed.output);
    assert.match(previewed.output, /single-point-of-failure/);
    assert.match(previewed.output, /web-1 \(EC2 instance\) alone holds web server, app server and database/);
    assert.doesNotMatch(previewed.output, /can't run policy|unknown at preview|mandatory/i);
    assert.match(previewed.output, /\+ \d\d to create/);
    assert.deepEqual(stack.events(), []);
  });

  it("leaves unknown at preview what only AWS decides, and nothing else", async () => {
    const ran = await run("preview", "--json", "-s", "prod");
    const { steps: planned } = JSON.parse(ran.stdout) as {
      steps: { urn: string; newState?: { type: string; inputs?: object; outputs?: object } }[];
    };
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const of = (type: string, name: string) => {
      const found = planned.find(({ urn }) => urn.endsWith(`${type}::${name}`));
      return (found?.newState?.inputs ?? {}) as Record<string, unknown>;
    };
    assert.equal(of("aws:ec2/subnet:Subnet", "network-public-1").availabilityZone, "us-east-1a");
    assert.equal(of("aws:ec2/subnet:Subnet", "network-public-1").vpcId, unknown);
    assert.match(String(of(instance, "web-1").ami), /^ami-/);
    assert.equal(of(instance, "web-1").subnetId, unknown);
    assert.match(String(of(instance, "web-1").iamInstanceProfile), /^server-profile-[0-9a-f]{7}$/);
    assert.deepEqual(of("aws:route53/record:Record", "www.foobar.com").records, [unknown]);
    assert.equal(of("aws:route53/record:Record", "www.foobar.com").name, "www.foobar.com");
    assert.equal(of("aws:ebs/volume:Volume", "web-1-data").availabilityZone, "us-east-1a");
  });

  it("refuses a wrong setting before anything is asked of AWS", async () => {
    await stack.set("instanceType", "t2.micro");
    const ran = await run("preview", "--non-interactive", "-s", "prod");
    assert.notEqual(ran.code, 0);
    assert.match(
      ran.output,
      /one-server-web:instanceType is "t2.micro"; expected an EC2 instance type on Nitro/,
    );
    assert.doesNotMatch(ran.output, /aws:ec2/);
    await stack.set("instanceType", "t4g.small");
  });

  it("comes up, each thing after what it stands on", async () => {
    const events = await up();
    const order = steps(events);
    assert.ok(order.indexOf("create Vpc") < order.indexOf("create Subnet"));
    assert.ok(order.indexOf("create Instance") < order.indexOf("create VolumeAttachment"));
    assert.ok(order.indexOf("create VolumeAttachment") < order.indexOf("create InstanceState"));
    assert.equal(stack.things("aws:cloudwatch/metricAlarm:MetricAlarm").length, 10);
    const { nameServers } = await stack.outputs();
    assert.match(
      String(nameServers),
      /^ns-1\.awsdns-00\.com,/,
      "to be set at the registrar before servers are set up",
    );
  });

  it("changes nothing when it is run again", async () => {
    assert.deepEqual(await up(), []);
  });

  it("resizes in place, says so beforehand, and keeps address and data", async () => {
    const [before] = stack.things(instance);
    await stack.set("instanceType", "t4g.medium");
    const preview = await run("preview", "--non-interactive", "-s", "prod");
    assert.match(
      preview.output,
      /web-1 is resized in place from t4g.small to t4g.medium: .*down for about a minute/,
    );
    const events = await up();
    assert.deepEqual(
      steps(events).filter((step) => step.includes("Instance")),
      ["update Instance"],
    );
    assert.ok(!steps(events).some((step) => /Volume|Eip/.test(step)));
    assert.equal(stack.things(instance)[0]?.id, before?.id);
    assert.equal(stack.things(instance)[0]?.inputs.instanceType, "t4g.medium");
  });

  it("does not take another processor for a resize", async () => {
    await stack.set("instanceType", "t3.medium");
    const ran = await run("up", "--yes", "--skip-preview", "--non-interactive", "-s", "prod", ...onPaper);
    assert.notEqual(ran.code, 0);
    assert.match(ran.output, /architecture 'amd64' of the specified instance type does not match/);
    await stack.set("instanceType", "t4g.medium");
    await up();
  });

  it("keeps a running server when a newer image comes out", async () => {
    await stack.set("ubuntu", "24.04");
    assert.deepEqual(steps(await up()), []);
    await stack.set("ubuntu", "26.04");
  });

  it("replaces the server: a new one first, then volume and address, and the old one last", async () => {
    const [before] = stack.things(instance);
    const [volume] = stack.things("aws:ebs/volume:Volume");
    const [address] = stack.things("aws:ec2/eip:Eip");
    const events = await up("--replace", instanceUrn());
    const order = events
      .filter(({ token }) => [instance, attachment, association].includes(token))
      .map(({ action, token }) => `${action} ${token.split(":").pop()}`);
    const at = (step: string) => order.indexOf(step);
    assert.equal(at("create Instance"), 0);
    assert.ok(at("stop Instance") < at("delete VolumeAttachment"));
    assert.ok(at("delete VolumeAttachment") < at("create VolumeAttachment"));
    assert.ok(at("delete EipAssociation") < at("create EipAssociation"));
    assert.equal(order.at(-1), "delete Instance");
    const [after, ...others] = stack.things(instance);
    assert.deepEqual(others, []);
    assert.notEqual(after?.id, before?.id);
    assert.equal(after?.inputs.ami, before?.inputs.ami);
    assert.equal(stack.things("aws:ebs/volume:Volume")[0]?.id, volume?.id);
    assert.equal(stack.things("aws:ec2/eip:Eip")[0]?.id, address?.id);
    assert.equal(stack.things(attachment)[0]?.inputs.instanceId, after?.id);
  });

  it("takes a newer image when it is asked to", async () => {
    const before = stack.things(instance)[0]?.inputs.ami;
    await stack.set("image", "20261101");
    const events = await up();
    assert.ok(steps(events).includes("create Instance"));
    assert.notEqual(stack.things(instance)[0]?.inputs.ami, before);
  });

  it("grows the data volume in place, and refuses to shrink it", async () => {
    await stack.set("dataVolumeSize", "30");
    assert.deepEqual(steps(await up()), ["update Volume"]);
    await stack.set("dataVolumeSize", "10");
    const ran = await run("up", "--yes", "--skip-preview", "--non-interactive", "-s", "prod", ...onPaper);
    assert.match(ran.output, /New size cannot be smaller/);
    await stack.set("dataVolumeSize", "30");
    await up();
  });

  it("refuses to delete what holds data, until it is told twice", async () => {
    const refused = await run("destroy", "--yes", "--non-interactive", "-s", "prod");
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /protected/);
    assert.equal(stack.things("aws:ebs/volume:Volume").length, 1);
    await stack.set("protectData", "false");
    await up();
    const ran = await run("destroy", "--yes", "--non-interactive", "-s", "prod");
    assert.equal(ran.code, 0, ran.output);
    assert.equal(stack.things(instance).length, 0);
    assert.equal(stack.things("aws:ec2/vpc:Vpc").length, 0);
  });

  it("wrote no secret anywhere in plain text", async () => {
    assert.ok(printed.length > 10);
    const places = [
      ...stack.files(),
      ...printed.map((text, index) => ({ path: `output ${index + 1}`, text })),
    ];
    for (const { path, text } of places) {
      assert.ok(!text.includes(stack.databasePassword), `the database password stands in ${path}`);
      assert.doesNotMatch(text, /BEGIN OPENSSH PRIVATE KEY/, `a private key stands in ${path}`);
      // The same in base64, as user data and assets travel.
      assert.ok(!text.includes(Buffer.from("BEGIN OPENSSH PRIVATE").toString("base64").slice(0, 24)), path);
    }
  });
});
