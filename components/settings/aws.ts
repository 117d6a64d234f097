import { z } from "zod";
import {
  cidr,
  image,
  instanceType,
  isAnywhere,
  isPair,
  logRetentions,
  publicKey,
  tags,
  vpcCidr,
} from "./awsValues";
import { derived, type Fields, setting } from "./setting";
import { choice, flag, hostname, json, oneOf, privateKey, wholeNumber } from "./values";

const only = { platform: ["aws"] } as const;

/** What the platform `aws` needs. */
export const awsTable = {
  instanceType: setting(instanceType, {
    about: "The EC2 instance type of servers. A change resizes in place.",
    default: "t4g.small",
    example: "t4g.small",
    only,
  }),
  ubuntu: setting(oneOf(["24.04", "26.04"]).describe("a long-term release of Ubuntu: 24.04 or 26.04"), {
    about: "The long-term release of Ubuntu on servers.",
    default: "26.04",
    example: "26.04",
    only,
  }),
  image: setting(image, {
    about: "The image that a server starts from.",
    default: "current",
    example: "current",
    only,
  }),
  rootVolumeSize: setting(wholeNumber("GiB", 8, 16384), {
    about: "The size of the system volume, in GiB.",
    default: 12,
    example: "12",
    only,
  }),
  dataVolumeSize: setting(wholeNumber("GiB", 1, 16384), {
    about:
      "The size of the volume of database, shared paths and certificates, in GiB; it can grow but never shrink.",
    default: 20,
    example: "20",
    only,
  }),
  allowedSshCidrs: setting(
    json(z.array(cidr).min(1).max(50), "a list of networks in CIDR form, without bits behind the prefix"),
    {
      about: "The networks that may log in over SSH.",
      default: [],
      example: '["203.0.113.0/24"]',
      only,
      required: [{ when: only, because: "provisioning comes in over SSH" }],
      check: (cidrs, { allowSshFromAnywhere }: { allowSshFromAnywhere: boolean }) =>
        cidrs.some(isAnywhere) && !allowSshFromAnywhere
          ? "lets the whole internet reach port 22; name your networks, or confirm it with allowSshFromAnywhere true"
          : undefined,
      present: (cidrs) => [...new Set(cidrs)],
    },
  ),
  allowSshFromAnywhere: setting(flag, {
    about: "Confirms 0.0.0.0/0 or ::/0 in allowedSshCidrs.",
    default: false,
    example: "true",
    only,
  }),
  vpcCidr: setting(vpcCidr, {
    about: "The private network of the VPC.",
    default: "10.0.0.0/16",
    example: "10.0.0.0/16",
    only,
  }),
  ipv6: setting(flag, {
    about: "Whether servers have IPv6 addresses and names have AAAA records.",
    default: true,
    example: "true",
    only,
  }),
  publicKey: setting(publicKey, {
    about: "The public half of your own login key; one is made for the stack when empty.",
    example: "$(cat ~/.ssh/id_ed25519.pub)",
    only,
  }),
  privateKey: setting(privateKey, {
    about: "The private half of publicKey; an SSH agent holds it when empty.",
    example: "$(cat ~/.ssh/id_ed25519)",
    secret: true,
    only,
    check: (own, { publicKey }: { publicKey: string | undefined }) => {
      if (publicKey === undefined) return "is set without publicKey";
      return isPair(own, publicKey) ? undefined : "is not the private half of publicKey, or has a passphrase";
    },
  }),
  dnsZone: setting(choice({ create: "the zone is made", lookup: "it exists already" }), {
    about: "Where the Route 53 zone comes from.",
    default: "create",
    example: "create",
    only,
  }),
  zoneName: setting(hostname, {
    about: "The Route 53 zone that holds the domain and its aliases.",
    default: derived("the domain without its first label", ({ domain }: { domain: string }) =>
      zoneNameOf(domain),
    ),
    example: "foobar.com",
    only,
    check: (zone, { domain, aliases }: { domain: string; aliases: readonly string[] }) => {
      const outside = [domain, ...aliases].filter((name) => name !== zone && !name.endsWith(`.${zone}`));
      return outside.length === 0 ? undefined : `is ${zone}, which does not hold ${outside.join(", ")}`;
    },
  }),
  moving: setting(flag, {
    about: "true shortly before names move, so that their records live 60 seconds instead of 300.",
    default: false,
    example: "true",
    only,
  }),
  caaIssuers: setting(
    json(
      z.array(hostname).max(10),
      "a list of certificate authorities' CAA names; an empty one makes no record",
    ),
    {
      about: "The authorities that may issue certificates.",
      default: derived("the one of acmeDirectory", ({ acmeDirectory }: { acmeDirectory: string }) =>
        caaIssuersOf(acmeDirectory),
      ),
      example: '["letsencrypt.org"]',
      only,
    },
  ),
  alarmEmail: setting(z.email().describe("an e-mail address"), {
    about: "Where alarms go.",
    default: derived("acmeEmail", ({ acmeEmail }: { acmeEmail: string | undefined }) => acmeEmail ?? ""),
    example: "admin@foobar.com",
    only,
    check: (email) => (email === "" ? "is not set, and neither is acmeEmail" : undefined),
  }),
  logRetentionDays: setting(
    wholeNumber("days", 1, 3653)
      .refine((days) => logRetentions.includes(days))
      .describe(`one of CloudWatch's: ${logRetentions.join(", ")}`),
    { about: "How long CloudWatch keeps logs, in days.", default: 30, example: "30", only },
  ),
  protectData: setting(flag, {
    about: "Whether Pulumi refuses to delete volume, address, zone and backups.",
    default: true,
    example: "true",
    only,
  }),
  tags: setting(
    json(
      tags,
      "an object of at most 40 tags: names to 128 and values to 256 characters, letters, digits, spaces and _.:/=+-@, no name that starts with aws:",
    ),
    { about: "Your own tags, on everything.", default: {}, example: '{"Team": "web"}', only },
  ),
};

/** `region` comes from Pulumi's own key `aws:region`. */
export type AwsSettings = Fields<typeof awsTable> & { readonly region: string };

/** The CAA names of well-known ACME authorities, by their directory's host. */
const issuers: Readonly<Record<string, string>> = {
  // https://letsencrypt.org/docs/caa/
  "acme-v02.api.letsencrypt.org": "letsencrypt.org",
  "acme-staging-v02.api.letsencrypt.org": "letsencrypt.org",
  // https://pki.goog/faq/#caa
  "dv.acme-v02.api.pki.goog": "pki.goog",
};

/** The CAA names that go with an ACME directory: none for one that is not known here. */
export function caaIssuersOf(directory: string): string[] {
  const issuer = issuers[new URL(directory).hostname];
  return issuer === undefined ? [] : [issuer];
}

/** The zone a domain most likely lies in: the domain without its first label, or the domain itself when it has two. */
export function zoneNameOf(domain: string): string {
  const labels = domain.split(".");
  return labels.length > 2 ? labels.slice(1).join(".") : domain;
}
