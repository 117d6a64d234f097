import { z } from "zod";
import { cidr, image, instanceType, logRetentions, publicKey, tags, vpcCidr } from "./awsValues";
import { key } from "./key";
import { flag, hostname, json, privateKey, wholeNumber } from "./values";

/** The keys of the platform `aws`. */
export const awsKeys = {
  instanceType: key(
    instanceType,
    "an EC2 instance type on Nitro with at least 1 GiB of memory (no nano, no Xen families such as t2 or m4)",
    "t4g.small",
  ),
  ubuntu: key(z.enum(["24.04", "26.04"]), "a long-term release of Ubuntu: 24.04 or 26.04", "26.04"),
  image: key(
    image,
    "current (the newest when the server is made, then kept), newest (a newer image replaces the server), a serial of Canonical's, or an image's id",
    "current",
  ),
  rootVolumeSize: key(wholeNumber(8, 16384), "GiB, 8 to 16384", "12"),
  dataVolumeSize: key(wholeNumber(1, 16384), "GiB, 1 to 16384; it can grow but never shrink", "20"),
  allowedSshCidrs: key(
    json(z.array(cidr).min(1).max(50)),
    "a list of networks in CIDR form, without bits behind the prefix",
    '["203.0.113.0/24"]',
  ),
  allowSshFromAnywhere: key(flag, "true or false", "true"),
  vpcCidr: key(vpcCidr, "a private network from /16 to /20", "10.0.0.0/16"),
  ipv6: key(flag, "true or false", "true"),
  publicKey: key(publicKey, "one line of an ED25519 or RSA public key", "$(cat ~/.ssh/id_ed25519.pub)"),
  privateKey: key(
    privateKey,
    "the private key of publicKey in PEM, without a passphrase",
    "$(cat ~/.ssh/id_ed25519)",
    { secret: true },
  ),
  dnsZone: key(z.enum(["create", "lookup"]), "create or lookup", "create"),
  zoneName: key(hostname, "the Route 53 zone that holds the domain and its aliases", "foobar.com"),
  moving: key(flag, "true (records live 60 seconds) or false (300 seconds)", "true"),
  caaIssuers: key(
    json(z.array(hostname).max(10)),
    "a list of certificate authorities' CAA names; an empty one makes no CAA record",
    '["letsencrypt.org"]',
  ),
  alarmEmail: key(z.email(), "an e-mail address for alarms", "admin@foobar.com"),
  logRetentionDays: key(
    wholeNumber(1, 3653).refine((days) => logRetentions.includes(days)),
    `one of CloudWatch's: ${logRetentions.join(", ")}`,
    "30",
  ),
  protectData: key(flag, "true or false", "true"),
  tags: key(
    json(tags),
    "an object of at most 40 tags: names to 128 and values to 256 characters, letters, digits, spaces and _.:/=+-@, no name that starts with aws:",
    '{"Team": "web"}',
  ),
};
