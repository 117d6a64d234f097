import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Admission } from "../../components/platforms/machine";
import { sizeOf } from "../../components/rungs/sizes";
import { visitors } from "../../components/rungs/visitors";
import { readSettings } from "../../components/settings/settings";
import type { Tier } from "../../policy/vocabulary";
import { settingsSource } from "../support/settings";

interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const pair =
  "-----BEGIN OPENSSH PRIVATE KEY-----\nKEY\n-----END OPENSSH PRIVATE KEY-----\nssh-ed25519 AAAA host\n";

/** Answers as AWS does. */
class Account implements pulumi.runtime.Mocks {
  readonly made: Made[] = [];

  newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
    this.made.push({ type, name, inputs });
    const decided: Record<string, Record<string, unknown>> = {
      "aws:ec2/vpc:Vpc": { ipv6CidrBlock: "2600:1f18:1234:5600::/56" },
      "aws:ec2/instance:Instance": { publicIp: "203.0.113.5", ipv6Addresses: ["2600:1f18:1234:5600::5"] },
      "aws:ec2/eip:Eip": { publicIp: "198.51.100.10" },
      "aws:ec2/eipAssociation:EipAssociation": { publicIp: "198.51.100.10" },
      "command:local:Command": { stdout: pair },
    };
    return { id: `${name}-id`, state: { arn: `arn:${name}`, name, ...inputs, ...decided[type] } };
  }

  call({ token }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
    const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
    if (token.includes("getAvailabilityZones")) return { names: zones };
    return token.includes("Offerings") ? { locations: zones } : { insecureValue: "ami-0a123456789abcdef" };
  }

  names(type: string): string[] {
    return this.made.flatMap((made) => (made.type === type ? made.name : [])).sort();
  }

  inputs(type: string, name: string): Readonly<Record<string, unknown>> {
    const found = this.made.find((made) => made.type === type && made.name === name);
    assert.ok(found, `no ${type} ${name}, only ${this.names(type).join(", ")}`);
    return found.inputs;
  }
}

const rule = (name: string, from: Admission["from"], port: number): Admission => ({
  name,
  description: `For ${name}`,
  from,
  protocol: "tcp",
  port,
});

/** A balancer, two web servers and a database, each admitting the tier before it. */
const fleet: Readonly<Record<string, { tiers: readonly Tier[]; keepsData: boolean; admits: Admission[] }>> = {
  "load-balancer-1": { tiers: ["load-balancer"], keepsData: false, admits: visitors(false) },
  "web-1": { tiers: ["web", "app"], keepsData: false, admits: [rule("https", "load-balancer", 443)] },
  "web-2": { tiers: ["web", "app"], keepsData: false, admits: [rule("https", "load-balancer", 443)] },
  "database-1": {
    tiers: ["database"],
    keepsData: true,
    admits: [rule("mysql", "app", 3306), rule("replication", "database", 33061)],
  },
};

async function build(servers: typeof fleet) {
  const account = new Account();
  await pulumi.runtime.setMocks(account, "one-server-web", "prod", false);
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
  monitor.registerResourceHook = (_: unknown, answer: (error: null, response: object) => void) =>
    answer(null, {});
  const config = {
    platform: "aws",
    acmeEmail: "admin@foobar.com",
    allowedSshCidrs: '["203.0.113.0/24"]',
    sizes: '{"database": "r8g.large"}',
  };
  const settings = readSettings(settingsSource(config, "prod"));
  const { AwsPlatform } = await import("../../components/platforms/aws/platform.js");
  try {
    await pulumi.runtime.runInPulumiStack(async () => {
      const platform = new AwsPlatform(settings);
      for (const [name, args] of Object.entries(servers)) {
        platform.server(name, { ...args, size: sizeOf(args.tiers, settings) }, {});
      }
      return platform.outputs;
    });
  } finally {
    await pulumi.runtime.disconnect();
  }
  return account;
}

describe("several servers on AWS", function () {
  this.timeout(20_000);
  let account: Account;
  before(async () => {
    account = await build(fleet);
  });

  it("have a security group a tier, which lets in the tier before it and logins alone", () => {
    assert.deepEqual(account.names("aws:ec2/securityGroup:SecurityGroup"), [
      "database-group",
      "load-balancer-group",
      "web-group",
    ]);
    const rules = account.made
      .filter(({ type }) => type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .map(({ inputs }) => {
        const from = inputs.referencedSecurityGroupId ?? inputs.cidrIpv4 ?? inputs.cidrIpv6;
        return `${inputs.securityGroupId} ${inputs.fromPort} ${from}`;
      });
    assert.deepEqual(rules.sort(), [
      "database-group-id 22 203.0.113.0/24",
      "database-group-id 3306 web-group-id",
      "database-group-id 33061 database-group-id",
      "load-balancer-group-id 22 203.0.113.0/24",
      "load-balancer-group-id 443 0.0.0.0/0",
      "load-balancer-group-id 443 ::/0",
      "load-balancer-group-id 80 0.0.0.0/0",
      "load-balancer-group-id 80 ::/0",
      "web-group-id 22 203.0.113.0/24",
      "web-group-id 443 load-balancer-group-id",
    ]);
    const group = (server: string) =>
      account.inputs("aws:ec2/instance:Instance", server).vpcSecurityGroupIds as string[];
    assert.deepEqual([...group("web-2"), ...group("database-1")], ["web-group-id", "database-group-id"]);
  });

  it("have a data volume where they keep data, and backups can be reached from there alone", () => {
    assert.deepEqual(account.names("aws:ebs/volume:Volume"), ["database-1-data"]);
    assert.deepEqual(account.names("aws:iam/rolePolicy:RolePolicy"), ["server-backups"]);
    const profile = (server: string) =>
      account.inputs("aws:ec2/instance:Instance", server).iamInstanceProfile;
    assert.notEqual(profile("web-1"), profile("database-1"));
    assert.equal(profile("web-1"), profile("web-2"));
  });

  it("have an address that outlives them where visitors come in", () => {
    assert.deepEqual(account.names("aws:ec2/eip:Eip"), ["load-balancer-1-address"]);
    const own = (server: string) =>
      account.inputs("aws:ec2/instance:Instance", server).associatePublicIpAddress;
    assert.deepEqual([own("load-balancer-1"), own("web-1"), own("database-1")], [false, true, true]);
  });

  it("are as large as their tier wants", () => {
    const size = (server: string) => account.inputs("aws:ec2/instance:Instance", server).instanceType;
    assert.deepEqual([size("web-1"), size("database-1")], ["t4g.small", "r8g.large"]);
    assert.deepEqual(
      account.names("aws:cloudwatch/metricAlarm:MetricAlarm").filter((name) => name.endsWith("-credits")),
      ["load-balancer-1-credits", "web-1-credits", "web-2-credits"],
    );
  });

  it("stand in different zones by their numbers", () => {
    const subnet = (server: string) => account.inputs("aws:ec2/instance:Instance", server).subnetId;
    assert.notEqual(subnet("web-1"), subnet("web-2"));
    assert.equal(subnet("web-1"), subnet("database-1"));
  });

  it("have the alarms of the whole site once, and each its own", () => {
    const alarms = account.names("aws:cloudwatch/metricAlarm:MetricAlarm");
    const of = (end: string) => alarms.filter((name) => name.endsWith(end));
    assert.deepEqual(of("-certificate"), ["load-balancer-1-certificate"]);
    assert.deepEqual(of("-disk-data"), ["database-1-disk-data"]);
    assert.equal(of("-memory").length, 4);
    assert.equal(account.names("aws:cloudwatch/dashboard:Dashboard").length, 4);
  });

  it("are refused when two of a tier admit different connections, or a tier is admitted that has no server", async () => {
    const { "web-1": web, "load-balancer-1": balancer } = fleet;
    assert.ok(web !== undefined && balancer !== undefined);
    await assert.rejects(
      build({ "load-balancer-1": balancer, "web-1": web, "web-2": { ...web, admits: [] } }),
      /servers of the tier web have to admit the same connections/,
    );
    await assert.rejects(
      build({ "web-1": web }),
      /admits the tier load-balancer, whose servers have to be made first/,
    );
  });
});
