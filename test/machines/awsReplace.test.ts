import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { type Answer, ask } from "../../scripts/cli/project/answer";
import { story } from "../../scripts/cli/test/story";
import { addressTable } from "../../scripts/engine/aws/addresses";
import { machineName } from "../../scripts/engine/aws/machines";
import { AwsStack } from "../engine/awsStack";
import { runScript, script } from "../support/localScripts";
import { testNetwork } from "../support/networks";
import type { Ran } from "../support/runToEnd";

const { network, subnet } = testNetwork("ha-aws");
const instance = "aws:ec2/instance:Instance";

/** The program for AWS as it is, against an account whose instances, volumes and addresses are real ones of this host. */
story("a server of the stack prod", function () {
  this.timeout(600_000);
  const stack = new AwsStack({ AWS_PLUGIN_NETWORK: network });
  let dnsServer: string;
  let authority: string;

  const get = (path: string): Promise<Answer> => ask(`https://www.foobar.com${path}`, dnsServer, authority);
  const inside = (id: string, command: string): string =>
    script("machine.sh", "exec", network, machineName(id), "bash", "-c", command).trim();
  const serving = (): string =>
    String(stack.things("aws:ec2/eipAssociation:EipAssociation")[0]?.inputs.instanceId);
  /** What leads to the server, and what watches it. */
  const standing = () => ({
    instances: stack.things(instance).map(({ id }) => id),
    volume: stack.things("aws:ec2/volumeAttachment:VolumeAttachment").map(({ inputs }) => inputs.instanceId),
    address: serving(),
    records: stack.things("aws:route53/record:Record").map(({ id, inputs }) => `${id} ${inputs.records}`),
    alarms: stack.things("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ id, inputs }) => ({
      id,
      dimensions: inputs.dimensions,
    })),
  });
  const query = (sql: string): string => inside(serving(), `mysql -N -e "${sql}"`);

  before(async () => {
    script("network.sh", "destroy", network, "--machines");
    const made = script(
      ...["network.sh", "create", network, "--subnet", subnet],
      ...["--owner", "test-aws", "--zone", "foobar.com"],
    );
    ({ dnsServer } = JSON.parse(made) as { dnsServer: string });
    await stack.create({ certificates: "local" });
  });

  after(() => {
    runScript("network.sh", "destroy", network, "--machines");
    spawnSync("nft", ["delete", "table", "ip", addressTable(network)]);
    for (const { id } of stack.things("aws:ebs/volume:Volume")) {
      const list = spawnSync("losetup", ["--list", "--noheadings", "--output", "NAME,BACK-FILE"], {
        encoding: "utf8",
      });
      const line = list.stdout.split("\n").find((row) => row.includes(id));
      if (line !== undefined) spawnSync("losetup", ["--detach", line.split(" ")[0] ?? ""]);
    }
    stack.remove();
  });

  /** One server, another one than before, serves with what was written: the run went on where an earlier one had ended. */
  async function standsReplaced({ code, output }: Ran, before: string | undefined): Promise<void> {
    assert.equal(code, 0, output);
    assert.match(output, /going on with an interrupted replacement/);
    const [after, ...others] = stack.things(instance);
    assert.deepEqual(others, []);
    assert.notEqual(after?.id, before);
    assert.equal((await get("/healthz")).status, 200);
    assert.equal(query("SELECT COUNT(*) FROM site.entries WHERE message = 'acknowledged'"), "1");
  }

  it("comes up on a real machine by the same remote commands as on EC2", async () => {
    await stack.up();
    const { caCertificate, publicIp } = await stack.outputs();
    authority = String(caCertificate);
    const page = await get("/healthz");
    assert.deepEqual([page.status, page.address], [200, publicIp]);
    assert.match(inside(serving(), "findmnt -no SOURCE /var/lib/mysql"), /nvme1n1|loop/);
    query("INSERT INTO site.entries (author, message) VALUES ('A visitor', 'acknowledged')");
  });

  it("is as before when its replacement is interrupted half-way", async () => {
    const before = standing();
    const ran = await stack.replace(/web-1-provision/);
    assert.equal(ran.code, 130, ran.output);
    assert.match(ran.output, /giving volume and address back to i-[0-9a-f]{17}\n/);
    assert.match(ran.output, /web-1 was not replaced: i-[0-9a-f]{17} serves as before, .* answers 200/);
    assert.deepEqual(standing(), before);
    assert.equal((await get("/healthz")).status, 200);
    assert.equal(query("SELECT COUNT(*) FROM site.entries WHERE message = 'acknowledged'"), "1");
  });

  it("is replaced by the next run when a replacement was killed, and that run says what was under way", async () => {
    const [before] = stack.things(instance);
    const killed = await stack.replace(/web-1-provision/, "SIGKILL");
    assert.equal(killed.code, null, killed.output);
    assert.equal(stack.locks().length, 1, "the killed run held no lock");
    assert.match(stack.state(), /"pending_operations":/);
    const ran = await stack.replace();
    assert.match(
      ran.output,
      /an earlier run on prod was killed while creating web-1-provision.* done again\n/,
    );
    await standsReplaced(ran, before?.id);
    assert.doesNotMatch(stack.state(), /"pending_operations":/);
    assert.deepEqual(stack.locks(), []);
  });

  it("is replaced in the end when its replacement got stuck, with its address and what was written", async () => {
    const [before] = stack.things(instance);
    const urn =
      /"(urn:pulumi:prod::[^"]*\$aws:ec2\/instance:Instance::web-1)"/.exec(stack.state())?.[1] ?? "";
    const stuck = await stack.runWithFailure(
      "create aws:ec2/eipAssociation:EipAssociation",
      ...["up", "--yes", "--skip-preview", "--non-interactive", "-s", "prod", "--replace", urn],
    );
    assert.match(stuck.output, /Request limit exceeded/);
    const ran = await stack.replace();
    await standsReplaced(ran, before?.id);
  });
});
