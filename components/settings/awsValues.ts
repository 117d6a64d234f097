import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";

/** An AWS region's code: `us-east-1`, `ap-southeast-2`. Not China's and not the government's: Route 53 checks no health from there. */
export const region = /^(?!cn-|us-gov-|us-iso)[a-z]{2}(?:-[a-z]+)+-\d$/;

/**
 * EC2 families without NVMe volumes or IPv6, where the data volume could not be found by its id
 * (https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html).
 */
const xenFamilies = new Set(
  "a0 c1 c3 c4 cc2 d2 f1 g2 g3 g3s h1 hs1 i2 i3 m1 m2 m3 m4 p2 p3 r3 r4 t1 t2 x1 x1e".split(" "),
);

/** An instance type such as `t4g.small`: a family on Nitro, and a size of at least 1 GiB. */
export const instanceType = z
  .string()
  .regex(/^[a-z]+\d[a-z0-9-]*\.(?:micro|small|medium|large|(?:\d{1,3})?xlarge|metal(?:-\d{1,3}xl)?)$/)
  .refine((type) => !xenFamilies.has(type.split(".")[0] ?? ""))
  .refine((type) => !/^mac|^u-/.test(type))
  .describe(
    "an EC2 instance type on Nitro with at least 1 GiB of memory (no nano, no Xen families such as t2 or m4)",
  );

/** `current`, `newest`, a serial of Canonical's such as `20261101`, or an image's id. */
export const image = z
  .string()
  .regex(/^(?:current|newest|20\d{6}(?:\.\d{1,2})?|ami-[0-9a-f]{8}(?:[0-9a-f]{9})?)$/)
  .describe(
    "current (the newest when the server is made, then kept), newest (a newer image replaces the server), a serial of Canonical's, or an image's id",
  );

/** A network in CIDR form whose address has no bits behind its prefix, as security groups hold it. */
export const cidr = z.string().refine(isCidr);

export function isCidr(text: string): boolean {
  const [address = "", length = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  const bits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes("%") ? 128 : 0;
  if (bits === 0 || Number(length) > bits) return false;
  const value = bits === 32 ? ipv4Value(address) : ipv6Value(address);
  return value % (1n << BigInt(bits - Number(length))) === 0n;
}

/** Every address there is. */
export function isAnywhere(text: string): boolean {
  return text.endsWith("/0");
}

function ipv4Value(address: string): bigint {
  return address.split(".").reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function ipv6Value(address: string): bigint {
  const [head = "", tail] = address.split("::");
  const groups = (text: string) =>
    text
      .split(":")
      .filter(Boolean)
      .flatMap((group) => {
        if (!group.includes(".")) return [BigInt(`0x${group}`)];
        const value = ipv4Value(group);
        return [value >> 16n, value & 0xffffn];
      });
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const between = new Array<bigint>(8 - before.length - after.length).fill(0n);
  return [...before, ...between, ...after].reduce((value, group) => value * 65536n + group, 0n);
}

/** A VPC's network: private (RFC 1918), /16 to /20, so that every zone gets at least 256 addresses for each of its subnets. */
export const vpcCidr = z
  .string()
  .regex(/^(?:10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.0\/(?:1[6-9]|20)$/)
  .refine(isCidr)
  .describe("a private network from /16 to /20");

/** An SSH public key of a kind that EC2 takes (ED25519 or RSA), on one line. */
export const publicKey = z
  .string()
  .regex(/^(?:ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]+=*(?: [ -~]*)?$/)
  .describe("one line of an ED25519 or RSA public key");

/**
 * A user's tags (https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html): keys to 128 characters and values to 256, of
 * letters, digits, spaces and `_.:/=+-@`, no key of AWS's own; 40, because the program adds its own and a resource has at most 50.
 */
export const tags = z
  .record(
    z
      .string()
      .regex(/^[\p{L}\p{N} _.:/=+\-@]{1,128}$/u)
      .refine((name) => !/^aws:/i.test(name)),
    z.string().regex(/^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u),
  )
  .refine((values) => Object.keys(values).length <= 40);

/** How long CloudWatch Logs can keep a group's entries, in days. */
export const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Whether the two belong together; false also for a private key with a passphrase. */
export function isPair(privateKey: string, publicKey: string): boolean {
  // Loaded only here: it takes longer than all settings together.
  const { utils } = require("ssh2") as typeof import("ssh2");
  const [own, given] = [utils.parseKey(privateKey), utils.parseKey(publicKey)];
  if (own instanceof Error || given instanceof Error) return false;
  return own.getPublicSSH().equals(given.getPublicSSH());
}
