import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

const pair = [
  "-----BEGIN OPENSSH PRIVATE KEY-----",
  "made for the test",
  "-----END OPENSSH PRIVATE KEY-----",
  "ssh-ed25519 AAAAhost one-server-web",
  "",
].join("\n");
const password = "correct horse battery staple";

interface Made {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface Family {
  readonly parent: string | undefined;
  readonly protect: boolean;
  readonly ignored: readonly string[];
  readonly beforeReplace: boolean;
}

/** Answers as AWS does: at preview nothing that only AWS decides. */
class Account implements pulumi.runtime.Mocks {
  readonly made: Made[] = [];
  constructor(
    private readonly preview: boolean,
    private readonly instanceId: string,
  ) {}

  newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
    this.made.push({ type, name, inputs });
    if (this.preview) return { id: `${name}-id`, state: { ...inputs } };
    const decided: Record<string, Record<string, unknown>> = {
      "aws:ec2/vpc:Vpc": { ipv6CidrBlock: "2600:1f18:1234:5600::/56" },
      "aws:ec2/instance:Instance": { privateIp: "10.0.0.5", ipv6Addresses: ["2600:1f18:1234:5600::5"] },
      "aws:ec2/eip:Eip": { publicIp: "198.51.100.10", allocationId: "eipalloc-1" },
      "aws:ec2/eipAssociation:EipAssociation": { publicIp: "198.51.100.10" },
      "aws:route53/zone:Zone": { zoneId: "Z1", nameServers: ["ns-1.awsdns-01.com"] },
      "command:local:Command": { stdout: pair, stderr: "" },
      "command:remote:Command": { stdout: "done", stderr: "" },
    };
    const id = type === "aws:ec2/instance:Instance" ? this.instanceId : `${name}-id`;
    return { id, state: { ...inputs, arn: `arn:${name}`, ...decided[type] } };
  }

  call({ token }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
    const zones = ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"];
    if (token.includes("getAvailabilityZones")) return { names: zones };
    if (token.includes("getInstanceTypeOfferings")) return { locations: zones };
    if (token.includes("getParameter")) return { insecureValue: "ami-0a123456789abcdef" };
    if (token.includes("getZone")) return { zoneId: "Z2", nameServers: ["ns-2.awsdns-02.net"] };
    throw new Error(`the program asked ${token}, which is not expected`);
  }

  of(type: string): Made[] {
    return this.made.filter((made) => made.type === type);
  }

  one(type: string, name?: string): Record<string, unknown> {
    const found = this.of(type).filter((made) => name === undefined || made.name === name);
    assert.equal(found.length, 1, `${found.length} of ${type} ${name ?? ""}`);
    return found[0]?.inputs as Record<string, unknown>;
  }
}

interface Run {
  readonly account: Account;
  readonly outputs: Record<string, unknown>;
  /** By type and name. */
  readonly families: Map<string, Family>;
}

const runs = new Map<string, Promise<Run>>();

/** The program with these settings at an update: run once, however often it is asked for. */
function updated(config: Record<string, string> = {}, instanceId?: string): Promise<Run> {
  const key = JSON.stringify([config, instanceId]);
  const made = runs.get(key) ?? run(false, config, instanceId);
  runs.set(key, made);
  return made;
}

async function run(
  preview: boolean,
  { region = "us-east-1", ...config }: Record<string, string> = {},
  instanceId = "i-0123456789abcdef0",
): Promise<Run> {
  const account = new Account(preview, instanceId);
  const settings = {
    platform: "aws",
    databasePassword: password,
    acmeEmail: "admin@foobar.com",
    allowedSshCidrs: '["203.0.113.0/24"]',
    ...config,
  };
  const named = Object.entries(settings).map(([name, value]) => [`one-server-web:${name}`, value]);
  await pulumi.runtime.setMocks(account, "one-server-web", "prod", preview);
  acceptHooks();
  pulumi.runtime.setAllConfig({ ...Object.fromEntries(named), "aws:region": region });
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(["one-server-web:databasePassword"]);
  const families = new Map<string, Family>();
  const keys = new Map<pulumi.Resource, string>();
  try {
    const program = (await import("../../index.js")) as unknown as {
      default: () => Promise<Record<string, unknown>>;
    };
    let outputs: Record<string, unknown> = {};
    await pulumi.runtime.runInPulumiStack(async () => {
      pulumi.runtime.registerStackTransformation(({ resource, type, name, opts }) => {
        keys.set(resource, `${type} ${name}`);
        const custom = opts as pulumi.CustomResourceOptions;
        families.set(`${type} ${name}`, {
          parent: opts.parent === undefined ? undefined : keys.get(opts.parent),
          protect: opts.protect === true,
          ignored: opts.ignoreChanges ?? [],
          beforeReplace: custom.deleteBeforeReplace === true,
        });
        return undefined;
      });
      outputs = await program.default();
      return outputs;
    });
    await pulumi.runtime.disconnect();
    return { account, outputs, families };
  } finally {
    delete process.env.PULUMI_CONFIG_SECRET_KEYS;
  }
}

/** The SDK's mock of the engine lacks this call, and waits forever for its answer. */
function acceptHooks(): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as Record<string, unknown>;
  monitor.registerResourceHook = (_request: unknown, answer: (error: null, response: object) => void) =>
    answer(null, {});
}

/** A secret as it travels to the engine. */
function isSecretInput(value: unknown): boolean {
  const marked = value as Record<string, unknown> | null | undefined;
  return marked?.["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270";
}

/** What is left in plain text when everything that travels as a secret is taken out. */
function withoutSecrets(value: unknown): unknown {
  if (isSecretInput(value)) return "(secret)";
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutSecrets(part)]));
}

function resolved(output: unknown): Promise<unknown> {
  return (pulumi.output(output) as unknown as { promise(): Promise<unknown> }).promise();
}

for (const preview of [true, false]) {
  describe(`the platform aws at ${preview ? "preview" : "update"}`, function () {
    this.timeout(20_000);
    let made: Run;
    before(async () => {
      made = await (preview ? run(true) : updated());
    });

    it("builds a network with a public subnet in three zones", () => {
      const vpc = made.account.one("aws:ec2/vpc:Vpc");
      assert.equal(vpc.cidrBlock, "10.0.0.0/16");
      assert.equal(vpc.assignGeneratedIpv6CidrBlock, true);
      const subnets = made.account.of("aws:ec2/subnet:Subnet");
      assert.deepEqual(
        subnets.map(({ inputs }) => inputs.availabilityZone),
        ["us-east-1a", "us-east-1b", "us-east-1c"],
      );
      assert.ok(subnets.every(({ inputs }) => inputs.assignIpv6AddressOnCreation === true));
      assert.deepEqual(made.families.get("aws:ec2/subnet:Subnet network-public-1")?.ignored, [
        "availabilityZone",
      ]);
      const closed = made.account.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
      assert.deepEqual([closed.ingress, closed.egress], [[], []]);
    });

    it("opens 80 and 443 to all and 22 to the named networks", () => {
      const rules = made.account.of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
      assert.deepEqual(
        rules
          .map(({ inputs }) => `${inputs.fromPort}-${inputs.toPort} ${inputs.cidrIpv4 ?? inputs.cidrIpv6}`)
          .sort(),
        ["22-22 203.0.113.0/24", "443-443 0.0.0.0/0", "443-443 ::/0", "80-80 0.0.0.0/0", "80-80 ::/0"],
      );
      assert.ok(rules.every(({ inputs }) => String(inputs.description).length > 10));
    });

    it("makes the server as production wants it", () => {
      const server = made.account.one("aws:ec2/instance:Instance");
      assert.equal(server.instanceType, "t4g.small");
      assert.equal(server.ami, "ami-0a123456789abcdef");
      assert.equal((server.metadataOptions as Record<string, unknown>).httpTokens, "required");
      assert.equal((server.metadataOptions as Record<string, unknown>).httpPutResponseHopLimit, 1);
      const root = server.rootBlockDevice as Record<string, unknown>;
      assert.deepEqual([root.volumeType, root.encrypted], ["gp3", true]);
      assert.equal(server.userDataReplaceOnChange, false);
      assert.equal(server.disableApiTermination, true);
      assert.equal(server.associatePublicIpAddress, false);
      assert.deepEqual(server.creditSpecification, { cpuCredits: "unlimited" });
      assert.deepEqual(made.families.get("aws:ec2/instance:Instance web-1")?.ignored, ["ami", "userData"]);
    });

    it("keeps data on a protected volume that is let go before it is taken anew", () => {
      const volume = made.account.one("aws:ebs/volume:Volume");
      assert.deepEqual(
        [volume.type, volume.encrypted, volume.size, volume.finalSnapshot],
        ["gp3", true, 20, true],
      );
      const attachment = made.account.one("aws:ec2/volumeAttachment:VolumeAttachment");
      assert.equal(attachment.stopInstanceBeforeDetaching, true);
      assert.equal(made.account.one("aws:ec2transitgateway/instanceState:InstanceState").state, "running");
      assert.equal(
        made.families.get("aws:ec2/volumeAttachment:VolumeAttachment web-1-data")?.beforeReplace,
        true,
      );
      assert.equal(
        made.families.get("aws:ec2/eipAssociation:EipAssociation web-1-address")?.beforeReplace,
        true,
      );
      const guarded = [...made.families]
        .filter(([, { protect }]) => protect)
        .map(([key]) => key.split(" ")[0]);
      assert.deepEqual([...new Set(guarded)].sort(), [
        "aws:ebs/volume:Volume",
        "aws:ec2/eip:Eip",
        "aws:route53/zone:Zone",
        "aws:s3/bucket:Bucket",
      ]);
    });

    it("lets the server do SSM, CloudWatch and its backup bucket, and nothing else", () => {
      const attached = made.account.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
      assert.deepEqual(attached.map(({ inputs }) => String(inputs.policyArn).split("/").pop()).sort(), [
        "AWSDataLifecycleManagerServiceRole",
        "AmazonSSMManagedInstanceCore",
        "CloudWatchAgentServerPolicy",
      ]);
      const own = made.account.one("aws:iam/rolePolicy:RolePolicy");
      if (preview) return;
      const { Statement } = JSON.parse(String(own.policy)) as {
        Statement: { Resource: string; Action: string[] }[];
      };
      assert.ok(Statement.every(({ Resource }) => Resource.startsWith("arn:www-foobar-com-prod-backup")));
      assert.ok(Statement.every(({ Action }) => Action.every((action) => action.startsWith("s3:"))));
    });

    it("points names at the address and names who may certify them", () => {
      const records = made.account.of("aws:route53/record:Record");
      assert.deepEqual(records.map(({ inputs }) => `${inputs.type} ${inputs.name} ${inputs.ttl}`).sort(), [
        "A foobar.com 300",
        "A www.foobar.com 300",
        "AAAA foobar.com 300",
        "AAAA www.foobar.com 300",
        "CAA foobar.com 300",
        "CAA www.foobar.com 300",
      ]);
    });

    it("watches and recovers", () => {
      const alarms = made.account.of("aws:cloudwatch/metricAlarm:MetricAlarm");
      assert.equal(alarms.length, 10);
      const recovering = alarms.find(({ name }) => name === "web-1-status-system");
      assert.ok(
        JSON.stringify(recovering?.inputs.alarmActions).includes("arn:aws:automate:us-east-1:ec2:recover"),
      );
      assert.equal(
        made.account.one("aws:sns/topicSubscription:TopicSubscription").endpoint,
        "admin@foobar.com",
      );
      const check = made.account.one("aws:route53/healthCheck:HealthCheck");
      assert.deepEqual([check.type, check.fqdn, check.resourcePath], ["HTTPS", "www.foobar.com", "/healthz"]);
      const snapshots = made.account.one("aws:dlm/lifecyclePolicy:LifecyclePolicy");
      const details = snapshots.policyDetails as Record<string, unknown>;
      const volume = made.account.one("aws:ebs/volume:Volume");
      for (const [name, value] of Object.entries(details.targetTags as Record<string, string>)) {
        assert.equal((volume.tags as Record<string, string>)[name], value);
      }
      const [schedule] = details.schedules as Record<string, Record<string, unknown>>[];
      assert.equal(schedule?.retainRule?.count, 14);
      assert.equal(made.account.of("aws:cloudwatch/dashboard:Dashboard").length, 1);
    });

    it("tags everything that can be", () => {
      for (const { type, name, inputs } of made.account.made) {
        const tags = inputs.tags as Record<string, string> | undefined;
        if (tags === undefined) continue;
        assert.ok(tags.Name?.startsWith("www.foobar.com "), `${type} ${name}`);
        assert.equal(tags.Stack, "prod");
      }
      const taggable = made.account.made.filter(({ inputs }) => inputs.tags !== undefined);
      assert.ok(taggable.length > 40, String(taggable.length));
    });

    it("parents every resource of AWS's", () => {
      for (const [key, { parent }] of made.families) {
        if (!key.startsWith("aws:")) continue;
        assert.ok(parent !== undefined && !parent.startsWith("pulumi:pulumi:Stack"), key);
      }
      assert.equal(
        made.families.get("aws:ec2/instance:Instance web-1")?.parent,
        "one-server-web:aws:Server web-1",
      );
      assert.equal(
        made.families.get("aws:ebs/volume:Volume web-1-data")?.parent,
        "one-server-web:aws:DataVolume web-1-data",
      );
    });

    it("keeps keys secret on their way", () => {
      const commands = made.account.of("command:remote:Command");
      assert.ok(commands.some(({ inputs }) => inputs.stdin !== undefined));
      for (const { name, inputs } of commands) {
        if (inputs.stdin === undefined) continue;
        // At preview AWS has not told yet what it is made from, and an unknown carries no value.
        assert.ok(isSecretInput(inputs.stdin) || (preview && pulumi.isUnknown(inputs.stdin)), name);
      }
      for (const { type, name, inputs } of made.account.made) {
        const shown = JSON.stringify(withoutSecrets(inputs));
        for (const secret of [password, "made for the test"]) {
          assert.ok(!shown.includes(secret), `"${secret}" stands in ${type} ${name}`);
        }
      }
      if (preview) return;
      assert.ok(isSecretInput(made.account.one("aws:ec2/instance:Instance").userData));
      const connection = made.account.one("command:remote:Command", "web-1-provision").connection;
      assert.ok(
        isSecretInput(connection) || isSecretInput((connection as Record<string, unknown>).privateKey),
      );
    });

    it("shows the price of a month", async () => {
      const cost = String(await resolved(made.outputs.monthlyCost));
      const [, amount] =
        /^(\d+\.\d\d) USD \(on demand in us-east-1, prices of \d{4}-\d\d, without traffic\)$/.exec(cost) ??
        [];
      assert.ok(Number(amount) > 12 && Number(amount) < 60, cost);
    });

    it("says of each component what identifies it, so that policies see it at preview", () => {
      const components = made.account.made.filter(({ type }) => type.startsWith("one-server-web:"));
      const alone = components.filter(({ inputs }) => Object.keys(inputs).length === 0);
      // One a stack or below another: their names say it all.
      assert.deepEqual([...new Set(alone.map(({ type }) => type))].sort(), [
        "one-server-web:aws:Access",
        "one-server-web:aws:Keys",
        "one-server-web:aws:SshKey",
      ]);
    });
  });
}

describe("the platform aws", function () {
  this.timeout(20_000);

  it("gives the server its host key, connects to the address and checks the key", async () => {
    const { account } = await updated();
    const server = account.one("aws:ec2/instance:Instance");
    assert.match(JSON.stringify(server.userData), /made for the test/);
    const connection = JSON.stringify(account.one("command:remote:Command", "web-1-provision").connection);
    assert.match(connection, /"host":"198.51.100.10"/);
    assert.match(connection, /"user":"ubuntu"/);
    assert.match(connection, /ssh-ed25519 AAAAhost/);
  });

  it("provisions and releases anew for another instance or another size, and for nothing else", async () => {
    const triggers = async (config: Record<string, string>, id?: string) => {
      const { account } = await updated(config, id);
      return ["web-1-provision", "web-1-deploy"].map(
        (name) => account.one("command:remote:Command", name).triggers,
      );
    };
    const before = await triggers({});
    const [provision] = before as [unknown[]];
    assert.deepEqual(provision, ["i-0123456789abcdef0", "t4g.small"]);
    assert.deepEqual(
      await triggers({ moving: "true", logRetentionDays: "60", dataVolumeSize: "40" }),
      before,
    );
    assert.notDeepEqual(await triggers({}, "i-0fedcba9876543210"), before);
    assert.notDeepEqual((await triggers({ instanceType: "t4g.medium" }))[0], before[0]);
  });

  it("tells provisioning the data volume's device", async () => {
    const { account } = await updated();
    const { stdin } = account.one("command:remote:Command", "web-1-provision");
    assert.match(
      JSON.stringify(stdin),
      /DATA_DEVICE='\/dev\/disk\/by-id\/nvme-Amazon_Elastic_Block_Store_web1/,
    );
    assert.match(JSON.stringify(stdin), /METADATA_GUARD='yes'/);
  });

  it("sends the outside check's alarm from the region where Route 53 reports it", async () => {
    const { account } = await updated({ region: "eu-central-1" });
    const alarm = account.one("aws:cloudwatch/metricAlarm:MetricAlarm", "watching-site");
    assert.equal(alarm.region, "us-east-1");
    assert.deepEqual(alarm.alarmActions, ["arn:watching-site-alarms"]);
    assert.equal(account.one("aws:sns/topic:Topic", "watching-site-alarms").region, "us-east-1");
    assert.equal(account.one("aws:sns/topic:Topic", "watching-alarms").region, "eu-central-1");
  });

  it("takes a zone that is there already", async () => {
    const { account, outputs } = await updated({ dnsZone: "lookup" });
    assert.deepEqual(account.of("aws:route53/zone:Zone"), []);
    assert.deepEqual(await resolved(outputs.nameServers), ["ns-2.awsdns-02.net"]);
    assert.ok(account.of("aws:route53/record:Record").every(({ inputs }) => inputs.zoneId === "Z2"));
  });

  it("lets records live a minute before a move", async () => {
    const { account } = await updated({ moving: "true" });
    assert.ok(account.of("aws:route53/record:Record").every(({ inputs }) => inputs.ttl === 60));
  });

  it("leaves IPv6 out where it is off", async () => {
    const { account } = await updated({ ipv6: "false" });
    assert.ok(account.of("aws:route53/record:Record").every(({ inputs }) => inputs.type !== "AAAA"));
    assert.equal(account.one("aws:ec2/instance:Instance").ipv6AddressCount, undefined);
  });

  it("lets another image replace the server only where the settings name one", async () => {
    const { families } = await updated({ image: "newest" });
    assert.deepEqual(families.get("aws:ec2/instance:Instance web-1")?.ignored, ["userData"]);
  });

  it("uses a login key of one's own", async () => {
    const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrmnE0pzxBC5FKZ5EKqoUtDMIYkzWUxIYVCRkPTIXAw";
    const { account } = await updated({ publicKey });
    assert.equal(account.one("aws:ec2/keyPair:KeyPair").publicKey, publicKey);
    assert.deepEqual(
      account.of("command:local:Command").map(({ name }) => name),
      ["keys-host-pair"],
    );
  });
});

describe("a rung that AWS does not have yet", () => {
  it("is refused with those that it has", async () => {
    await assert.rejects(
      run(false, { rung: "split-database" }),
      /one-server-web:rung is "split-database", which this version cannot build on the platform aws yet; expected single; /,
    );
  });
});
