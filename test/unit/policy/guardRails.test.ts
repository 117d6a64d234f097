import assert from "node:assert/strict";
import {
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";
import { guardRails, stackRails } from "../../../policy/guardRails";
import { UNKNOWN } from "../../../policy/resources";
import { runStackPolicy } from "../../support/stackPolicy";
import { collector } from "../../support/violations";

interface Case {
  readonly rule: string;
  readonly type: string;
  /** Each must be reported. */
  readonly wrong: readonly Record<string, unknown>[];
  /** None may be reported. */
  readonly right: readonly Record<string, unknown>[];
  /** Not known at preview: none may be reported, and none may end the policy. */
  readonly unknown: readonly Record<string, unknown>[];
  readonly protect?: boolean;
}

const world = ["0.0.0.0/0"];
const group = "aws:ec2/securityGroup:SecurityGroup";
const instance = "aws:ec2/instance:Instance";
const database = "aws:rds/instance:Instance";
const listener = "aws:lb/listener:Listener";

const cases: readonly Case[] = [
  {
    rule: "ssh-open-to-the-world",
    type: group,
    wrong: [
      { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: world }] },
      { ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, ipv6CidrBlocks: ["::/0"] }] },
      { ingress: [{ protocol: "tcp", fromPort: 0, toPort: 1024, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }] },
    ],
    right: [
      {},
      { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["203.0.113.7/32"] }] },
      { ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: world }] },
      { egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: world }] },
    ],
    unknown: [
      { ingress: UNKNOWN },
      { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [UNKNOWN] }] },
    ],
  },
  {
    rule: "ssh-open-to-the-world",
    type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    wrong: [
      { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "0.0.0.0/0" },
      { ipProtocol: "-1", cidrIpv6: "::/0" },
    ],
    right: [
      { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "10.0.0.0/8" },
      { ipProtocol: "tcp", fromPort: 80, toPort: 80, cidrIpv4: "0.0.0.0/0" },
    ],
    unknown: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: UNKNOWN }],
  },
  {
    rule: "ssh-open-to-the-world",
    type: "aws:lightsail/instancePublicPorts:InstancePublicPorts",
    wrong: [{ portInfos: [{ fromPort: 22, toPort: 22, protocol: "tcp" }] }],
    right: [{ portInfos: [{ fromPort: 22, toPort: 22, protocol: "tcp", cidrs: ["203.0.113.7/32"] }] }],
    unknown: [{ portInfos: [{ fromPort: 22, toPort: 22, protocol: "tcp", cidrs: UNKNOWN }] }],
  },
  {
    rule: "database-open-to-the-world",
    type: "aws:ec2/securityGroupRule:SecurityGroupRule",
    wrong: [
      { type: "ingress", protocol: "tcp", fromPort: 3306, toPort: 3306, cidrBlocks: world },
      { type: "ingress", protocol: "tcp", fromPort: 5000, toPort: 6000, cidrBlocks: world },
    ],
    right: [
      { type: "egress", protocol: "tcp", fromPort: 3306, toPort: 3306, cidrBlocks: world },
      { type: "ingress", protocol: "tcp", fromPort: 3306, toPort: 3306, sourceSecurityGroupId: "sg-1" },
    ],
    unknown: [{ type: "ingress", protocol: "tcp", fromPort: 3306, toPort: 3306, cidrBlocks: UNKNOWN }],
  },
  {
    rule: "public-database",
    type: database,
    wrong: [{ publiclyAccessible: true }],
    right: [{}, { publiclyAccessible: false }],
    unknown: [{ publiclyAccessible: UNKNOWN }],
  },
  {
    rule: "secret-in-user-data-or-command",
    type: instance,
    wrong: [
      { userData: "#!/bin/sh\nmysql -u root -e \"CREATE USER shop IDENTIFIED BY 'hunter2'\"" },
      { userData: "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE" },
      { userData: "DB_PASSWORD=correct-horse-battery" },
      { userDataBase64: Buffer.from("#!/bin/sh\nPASSWORD='correct-horse-battery'\n").toString("base64") },
    ],
    right: [
      { userData: "#!/bin/sh\napt-get install -y nginx" },
      { userData: 'PASSWORD="$(aws secretsmanager get-secret-value --secret-id db)"' },
      { userData: "PASSWORD=$PASSWORD" },
      {},
    ],
    unknown: [{ userData: UNKNOWN }],
  },
  {
    rule: "secret-in-user-data-or-command",
    type: "command:remote:Command",
    wrong: [
      { create: "mysqldump -pcorrecthorse shop" },
      { update: "curl -H 'token: 0123456789abcdef' https://example.com" },
    ],
    right: [{ create: "mysqldump shop", stdin: "correct-horse-battery" }],
    unknown: [{ create: UNKNOWN }],
  },
  {
    rule: "instance-metadata-v1",
    type: instance,
    wrong: [{}, { metadataOptions: { httpTokens: "optional" } }],
    right: [
      { metadataOptions: { httpTokens: "required" } },
      { metadataOptions: { httpEndpoint: "disabled" } },
    ],
    unknown: [{ metadataOptions: UNKNOWN }, { metadataOptions: { httpTokens: UNKNOWN } }],
  },
  {
    rule: "unencrypted-database",
    type: database,
    wrong: [{}, { storageEncrypted: false }],
    right: [{ storageEncrypted: true }, { replicateSourceDb: "db" }],
    unknown: [
      { storageEncrypted: UNKNOWN },
      { replicateSourceDb: UNKNOWN },
      { snapshotIdentifier: "of-yesterday" },
    ],
  },
  {
    rule: "unencrypted-database",
    type: "aws:rds/cluster:Cluster",
    wrong: [{}, { engineMode: "provisioned" }, { engineMode: "serverless", storageEncrypted: false }],
    right: [{ engineMode: "serverless" }, { storageEncrypted: true }],
    unknown: [{ storageEncrypted: UNKNOWN }],
  },
  {
    rule: "unencrypted-database",
    type: "aws:elasticache/replicationGroup:ReplicationGroup",
    wrong: [{}, { engine: "redis" }, { engine: "valkey", atRestEncryptionEnabled: false }],
    right: [{ engine: "valkey" }, { atRestEncryptionEnabled: true }],
    unknown: [{ atRestEncryptionEnabled: UNKNOWN }],
  },
  {
    rule: "unencrypted-database",
    type: "aws:opensearch/domain:Domain",
    wrong: [{}, { encryptAtRest: { enabled: false } }],
    right: [{ encryptAtRest: { enabled: true } }],
    unknown: [{ encryptAtRest: UNKNOWN }, { encryptAtRest: { enabled: UNKNOWN } }],
  },
  {
    rule: "public-database",
    type: "aws:redshift/cluster:Cluster",
    wrong: [{ publiclyAccessible: true }],
    right: [{}, { publiclyAccessible: false }],
    unknown: [{ publiclyAccessible: UNKNOWN }],
  },
  {
    rule: "unencrypted-volume",
    type: instance,
    wrong: [{}, { rootBlockDevice: { encrypted: true }, ebsBlockDevices: [{ deviceName: "/dev/sdb" }] }],
    right: [{ rootBlockDevice: { encrypted: true } }],
    unknown: [{ rootBlockDevice: UNKNOWN }, { rootBlockDevice: { encrypted: UNKNOWN } }],
  },
  {
    rule: "unencrypted-volume",
    type: "aws:ebs/volume:Volume",
    wrong: [{}, { encrypted: false }],
    right: [{ encrypted: true }],
    unknown: [{ encrypted: UNKNOWN }],
  },
  {
    rule: "http-without-redirect",
    type: listener,
    wrong: [{ protocol: "HTTP", port: 80, defaultActions: [{ type: "forward", targetGroupArn: "arn:x" }] }],
    right: [
      {
        protocol: "HTTP",
        defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", statusCode: "HTTP_301" } }],
      },
      { protocol: "HTTPS", defaultActions: [{ type: "forward", targetGroupArn: "arn:x" }] },
    ],
    unknown: [{ protocol: "HTTP", defaultActions: UNKNOWN }, { protocol: UNKNOWN }],
  },
  {
    rule: "http-without-redirect",
    type: "aws:cloudfront/distribution:Distribution",
    wrong: [{ defaultCacheBehavior: { viewerProtocolPolicy: "allow-all" } }],
    right: [{ defaultCacheBehavior: { viewerProtocolPolicy: "https-only" } }],
    unknown: [{ defaultCacheBehavior: { viewerProtocolPolicy: UNKNOWN } }],
  },
  {
    rule: "old-tls-policy",
    type: "aws:alb/listener:Listener",
    wrong: [{ protocol: "HTTPS" }, { protocol: "TLS", sslPolicy: "ELBSecurityPolicy-2016-08" }],
    right: [
      { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" },
      { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-FS-1-2-Res-2020-10" },
      { protocol: "HTTP" },
    ],
    unknown: [{ protocol: "HTTPS", sslPolicy: UNKNOWN }],
  },
  {
    rule: "data-without-protect",
    type: database,
    wrong: [{}],
    right: [{ replicateSourceDb: "db" }],
    unknown: [],
  },
  {
    rule: "instance-without-profile",
    type: instance,
    wrong: [{}],
    right: [{ iamInstanceProfile: "web" }],
    unknown: [{ iamInstanceProfile: UNKNOWN }],
  },
  {
    rule: "missing-tags",
    type: instance,
    wrong: [{}, { tags: { Project: "shop" } }],
    right: [{ tags: { Name: "web" } }, { tags: {}, tagsAll: { Name: "web" } }],
    unknown: [{ tags: UNKNOWN }],
  },
];

const urn = "urn:pulumi:prod::shop::type::thing";

/** Runs a rule as the SDK does, and collects what it reports. */
function report(
  rule: string,
  type: string,
  props: Record<string, unknown>,
  config: object = {},
  protect = false,
): string[] {
  if (stackRails.some(({ name }) => name === rule))
    return runStackPolicy(rule, [{ type, name: "thing", properties: props }], config).map(
      ({ message }) => message,
    );
  const policy = guardRails.find(({ name }) => name === rule);
  assert.ok(policy, `there is no rule ${rule}`);
  const { found, take } = collector();
  const args = {
    type,
    name: "thing",
    urn,
    props: unknownCheckingProxy(props),
    opts: { protect },
    getConfig: () => config,
  } as unknown as ResourceValidationArgs;
  const validate = policy.validateResource;
  assert.ok(typeof validate === "function");
  void validate(args, take);
  return found.map(({ message }) => message);
}

/** Runs a rule's remediation as the SDK does. */
function remediate(
  rule: string,
  type: string,
  props: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const policies = [...guardRails, ...(stackRails as readonly Partial<ResourceValidationPolicy>[])];
  const policy = policies.find(({ name }) => name === rule);
  const result = policy?.remediateResource?.({
    type,
    name: "thing",
    urn,
    props: unknownCheckingProxy(props),
    opts: { protect: false },
    getConfig: () => ({}),
  } as unknown as ResourceValidationArgs);
  return result === undefined ? undefined : props;
}

describe("guard rails", () => {
  for (const { rule, type, wrong, right, unknown } of cases)
    describe(`${rule} on ${type}`, () => {
      for (const props of wrong)
        it(`reports ${JSON.stringify(props)}`, () => {
          assert.equal(report(rule, type, props).length, 1);
        });
      for (const props of right)
        it(`accepts ${JSON.stringify(props)}`, () => {
          assert.deepEqual(report(rule, type, props), []);
        });
      for (const props of unknown)
        it(`waits for ${JSON.stringify(props).replaceAll(UNKNOWN, "unknown")}`, () => {
          assert.deepEqual(report(rule, type, props), []);
        });
      it("leaves an exempted resource out until the day is over", () => {
        const [props] = wrong;
        assert.ok(props);
        const exemption = { resource: "thing", reason: "moved away in spring" };
        assert.deepEqual(
          report(rule, type, props, { exemptions: [{ ...exemption, until: "2999-12-31" }] }),
          [],
        );
        assert.match(
          report(rule, type, props, { exemptions: [{ ...exemption, until: "2020-01-31" }] })[0] ?? "",
          /The exemption "moved away in spring" ended on 2020-01-31/,
        );
        assert.equal(
          report(rule, type, props, {
            exemptions: [{ ...exemption, resource: "other", until: "2999-12-31" }],
          }).length,
          1,
        );
      });
      it("says nothing about other types", () => {
        assert.deepEqual(report(rule, "aws:ssm/parameter:Parameter", wrong[0] ?? {}), []);
      });
    });

  it("covers every rule", () => {
    assert.deepEqual(
      [...new Set(cases.map(({ rule }) => rule))].sort(),
      [...guardRails, ...stackRails].map(({ name }) => name).sort(),
    );
  });

  it("accepts data that Pulumi protects", () => {
    assert.deepEqual(report("data-without-protect", database, {}, {}, true), []);
  });

  it("never shows the secret that it found", () => {
    for (const { rule, type, wrong } of cases.filter((candidate) => candidate.rule.startsWith("secret")))
      for (const props of wrong)
        for (const line of report(rule, type, props))
          assert.doesNotMatch(line, /hunter2|AKIA|horse|0123456789abcdef/);
  });

  it("takes the tags that are asked for", () => {
    const [line] = report(
      "missing-tags",
      instance,
      { tags: { Name: "web" } },
      { tags: ["Name", "Owner", "CostCenter"] },
    );
    assert.match(line ?? "", /lacks the tags Owner, CostCenter/);
  });
});

describe("remediations", () => {
  const fixes: readonly (readonly [string, string, Record<string, unknown>, Record<string, unknown>])[] = [
    [
      "instance-metadata-v1",
      instance,
      {},
      { metadataOptions: { httpEndpoint: "enabled", httpTokens: "required" } },
    ],
    [
      "instance-metadata-v1",
      instance,
      { metadataOptions: { httpPutResponseHopLimit: 2 } },
      { metadataOptions: { httpPutResponseHopLimit: 2, httpEndpoint: "enabled", httpTokens: "required" } },
    ],
    ["public-database", database, { publiclyAccessible: true }, { publiclyAccessible: false }],
    [
      "old-tls-policy",
      listener,
      { protocol: "HTTPS" },
      { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" },
    ],
    [
      "http-without-redirect",
      "aws:cloudfront/distribution:Distribution",
      { defaultCacheBehavior: { viewerProtocolPolicy: "allow-all" } },
      { defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" } },
    ],
    [
      "missing-tags",
      instance,
      { tags: { Owner: "web team" } },
      { tags: { Owner: "web team", Name: "thing" } },
    ],
  ];
  for (const [rule, type, before, after] of fixes)
    it(`${rule} puts ${JSON.stringify(before)} right, and accepts the result`, () => {
      const fixed = remediate(rule, type, structuredClone(before));
      assert.deepEqual(fixed, after);
      assert.deepEqual(report(rule, type, after), []);
    });

  it("leave alone what is right or unknown", () => {
    assert.equal(remediate("instance-metadata-v1", instance, { metadataOptions: UNKNOWN }), undefined);
    assert.equal(remediate("public-database", database, { publiclyAccessible: false }), undefined);
    assert.equal(
      remediate("http-without-redirect", listener, { protocol: "HTTP", defaultActions: [] }),
      undefined,
    );
  });
});
