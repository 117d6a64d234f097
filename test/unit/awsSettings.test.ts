import assert from "node:assert/strict";
import { caaIssuersOf, zoneNameOf } from "../../components/settings/aws";
import { isCidr } from "../../components/settings/awsValues";
import { SettingsError } from "../../components/settings/read";
import { readSettings, type Settings } from "../../components/settings/settings";
import { projectFolder } from "../../scripts/cli/project/folders";
import { keyPair } from "../support/keyPair";

const right: Readonly<Record<string, string>> = {
  platform: "aws",
  databasePassword: "correct horse battery",
  acmeEmail: "admin@foobar.com",
  allowedSshCidrs: '["203.0.113.0/24"]',
};

/** Reads settings on top of right ones; an undefined one is left out. */
function read(settings: Readonly<Record<string, string | undefined>>, region = "us-east-1"): Settings {
  const all = Object.entries({ ...right, ...settings }).filter(([, value]) => value !== undefined);
  const secret = ["databasePassword", "privateKey", "servers"];
  return readSettings({
    config: {
      ...Object.fromEntries(all.map(([key, value]) => [`one-server-web:${key}`, value as string])),
      "aws:region": region,
    },
    secretKeys: secret.map((key) => `one-server-web:${key}`),
    project: "one-server-web",
    stack: "prod",
    projectFolder,
  });
}

function complaint(settings: Readonly<Record<string, string | undefined>>, region?: string): string {
  try {
    read(settings, region);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.message;
  }
  return "";
}

const pair = keyPair();
const otherPair = keyPair();

describe("settings of the platform aws", () => {
  it("have defaults that make a production server", () => {
    const { aws } = read({});
    assert.equal(aws.instanceType, "t4g.small");
    assert.equal(aws.ubuntu, "26.04");
    assert.equal(aws.image, "current");
    assert.equal(aws.ipv6, true);
    assert.equal(aws.protectData, true);
    assert.equal(aws.zoneName, "foobar.com");
    assert.deepEqual(aws.caaIssuers, ["letsencrypt.org"]);
    assert.equal(aws.alarmEmail, "admin@foobar.com");
  });

  const wrong: [title: string, settings: Record<string, string | undefined>, expected: RegExp][] = [
    [
      "a Xen family",
      { instanceType: "t2.micro" },
      /instanceType is "t2.micro"; expected an EC2 instance type on Nitro/,
    ],
    ["a type too small for a database", { instanceType: "t4g.nano" }, /instanceType is "t4g.nano".*no nano/],
    ["a type that is none", { instanceType: "small" }, /instanceType is "small"/],
    [
      "a release that is no long-term one",
      { ubuntu: "25.10" },
      /ubuntu is "25.10"; expected .*24.04 or 26.04/,
    ],
    ["a malformed image", { image: "ami-xyz" }, /image is "ami-xyz"/],
    [
      "a root volume smaller than the image",
      { rootVolumeSize: "4" },
      /rootVolumeSize is "4"; expected a whole number of GiB, 8 to 16384/,
    ],
    ["a data volume of nothing", { dataVolumeSize: "0" }, /dataVolumeSize is "0"/],
    [
      "SSH from nowhere",
      { allowedSshCidrs: undefined },
      /allowedSshCidrs is not set, and provisioning comes in over SSH/,
    ],
    ["an empty list for SSH", { allowedSshCidrs: "[]" }, /allowedSshCidrs is "\[\]"/],
    [
      "SSH from anywhere, said once",
      { allowedSshCidrs: '["0.0.0.0/0"]' },
      /lets the whole internet reach port 22.*confirm it with allowSshFromAnywhere true/,
    ],
    ["SSH from anywhere over IPv6", { allowedSshCidrs: '["::/0"]' }, /lets the whole internet reach port 22/],
    ["bits behind the prefix", { allowedSshCidrs: '["203.0.113.7/24"]' }, /without bits behind the prefix/],
    [
      "a VPC too large",
      { vpcCidr: "10.0.0.0/8" },
      /vpcCidr is "10.0.0.0\/8"; expected a private network from \/16 to \/20/,
    ],
    ["a public VPC", { vpcCidr: "8.8.0.0/16" }, /vpcCidr is "8.8.0.0\/16"/],
    ["an ECDSA login key", { publicKey: "ecdsa-sha2-nistp256 AAAA" }, /publicKey is .*ED25519 or RSA/],
    ["a private key alone", { privateKey: pair.private }, /privateKey is set without publicKey/],
    [
      "keys that don't belong together",
      { publicKey: otherPair.public, privateKey: pair.private },
      /privateKey is not the private half of publicKey/,
    ],
    [
      "an alias outside the zone",
      { aliases: '["foobar.org"]' },
      /zoneName is foobar.com, which does not hold foobar.org/,
    ],
    [
      "a zone without the domain",
      { zoneName: "example.com" },
      /zoneName is example.com, which does not hold www.foobar.com/,
    ],
    [
      "a retention that CloudWatch lacks",
      { logRetentionDays: "10" },
      /logRetentionDays is "10"; expected one of CloudWatch's/,
    ],
    ["a tag of AWS's own", { tags: '{"aws:x": "y"}' }, /tags is .*no name that starts with aws:/],
    ["a tag too long", { tags: JSON.stringify({ a: "b".repeat(257) }) }, /tags is .*values to 256/],
    ["a tag with a comma", { tags: '{"Team": "web, app"}' }, /tags is/],
    [
      "too many tags",
      { tags: JSON.stringify(Object.fromEntries([...Array(41).keys()].map((n) => [`t${n}`, "x"]))) },
      /tags is .*at most 40/,
    ],
    ["no e-mail address", { acmeEmail: undefined }, /acmeEmail is not set/],
    ["a malformed alarm address", { alarmEmail: "admin" }, /alarmEmail is "admin"/],
    ["a path too long for a health check", { healthPath: `/${"x".repeat(255)}` }, /healthPath is .*255/],
  ];
  for (const [title, settings, expected] of wrong) {
    it(`refuse ${title}, in one line with an example`, () => {
      const message = complaint(settings);
      assert.match(message, expected);
      const [line = "", ...others] = message.split("\n");
      assert.deepEqual(others, []);
      assert.match(line, /; expected .*; for example: (?:.+ \| )?pulumi config set .* -s prod$/);
      assert.ok(!line.includes("PRIVATE KEY-----\n"));
    });
  }

  it("name a missing or malformed region, and what to do", () => {
    const fix = /expected an AWS region's code.*for example: pulumi config set aws:region us-east-1 -s prod/;
    assert.match(complaint({}, "eastern"), /^aws:region is "eastern"/);
    assert.match(complaint({}, "eastern"), fix);
    assert.throws(
      () =>
        readSettings({
          config: Object.fromEntries(
            Object.entries(right).map(([key, value]) => [`one-server-web:${key}`, value]),
          ),
          secretKeys: ["one-server-web:databasePassword"],
          project: "one-server-web",
          stack: "prod",
          projectFolder,
        }),
      /^SettingsError: aws:region is not set/,
    );
  });

  it("refuse regions without Route 53's health checks", () => {
    assert.match(complaint({}, "cn-north-1"), /aws:region is "cn-north-1"/);
  });

  it("take SSH from anywhere when it is said twice", () => {
    const { aws } = read({ allowedSshCidrs: '["0.0.0.0/0", "::/0"]', allowSshFromAnywhere: "true" });
    assert.deepEqual(aws.allowedSshCidrs, ["0.0.0.0/0", "::/0"]);
  });

  it("take a key pair of one's own, or its public half with an agent", () => {
    assert.equal(read({ publicKey: pair.public }).aws.publicKey, pair.public);
    assert.ok(read({ publicKey: pair.public, privateKey: pair.private }).aws.privateKey !== undefined);
  });

  it("ask for no e-mail to a certificate authority that is the stack's own", () => {
    assert.equal(complaint({ acmeEmail: undefined, alarmEmail: "a@foobar.com", certificates: "local" }), "");
  });
});

describe("networks in CIDR form", () => {
  const cases: [string, boolean][] = [
    ["0.0.0.0/0", true],
    ["203.0.113.0/24", true],
    ["203.0.113.7/32", true],
    ["203.0.113.7/31", false],
    ["203.0.113.0/33", false],
    ["203.0.113.0", false],
    ["::/0", true],
    ["2001:db8::/32", true],
    ["2001:db8::1/128", true],
    ["2001:db8::1/64", false],
    ["::ffff:192.0.2.0/120", true],
    ["fe80::1%eth0/128", false],
    ["2001:db8::/129", false],
    ["host/24", false],
  ];
  for (const [text, expected] of cases) {
    it(`${text} is ${expected ? "one" : "none"}`, () => assert.equal(isCidr(text), expected));
  }
});

describe("a domain's zone and its authority", () => {
  it("is the domain without its first label", () => {
    assert.equal(zoneNameOf("www.foobar.com"), "foobar.com");
    assert.equal(zoneNameOf("foobar.com"), "foobar.com");
    assert.equal(zoneNameOf("www.shop.foobar.com"), "shop.foobar.com");
  });

  it("is known for well-known ACME directories alone", () => {
    assert.deepEqual(caaIssuersOf("https://acme-v02.api.letsencrypt.org/directory"), ["letsencrypt.org"]);
    assert.deepEqual(caaIssuersOf("https://ca.internal/acme/directory"), []);
  });
});
