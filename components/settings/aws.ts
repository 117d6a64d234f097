import * as pulumi from "@pulumi/pulumi";
import { isAnywhere, region } from "./awsValues";
import type { KeyName, Values } from "./keys";

/** What the platform `aws` needs. */
export interface AwsSettings {
  /** From Pulumi's own key `aws:region`. */
  readonly region: string;
  readonly instanceType: string;
  /** The long-term release of Ubuntu on servers. */
  readonly ubuntu: "24.04" | "26.04";
  /** `current`, `newest`, a serial of Canonical's, or an image's id. */
  readonly image: string;
  /** GiB. */
  readonly rootVolumeSize: number;
  /** GiB. */
  readonly dataVolumeSize: number;
  /** Networks that may reach port 22. */
  readonly allowedSshCidrs: readonly string[];
  readonly vpcCidr: string;
  readonly ipv6: boolean;
  /** The login key's public half; one is made for the stack when unset. */
  readonly publicKey?: string;
  /** Its private half, PEM; an SSH agent holds it when unset. */
  readonly privateKey?: pulumi.Output<string>;
  readonly dnsZone: "create" | "lookup";
  readonly zoneName: string;
  /** True shortly before names move: records live shorter. */
  readonly moving: boolean;
  /** CAA names of the authorities that may issue certificates; empty: no CAA record. */
  readonly caaIssuers: readonly string[];
  readonly alarmEmail: string;
  readonly logRetentionDays: number;
  /** Refuse to delete what holds data. */
  readonly protectData: boolean;
  /** The user's own tags, on everything. */
  readonly tags: Readonly<Record<string, string>>;
}

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

/** The settings with defaults; `directory` is the ACME directory in use. */
export function awsSettings(
  values: Values,
  domain: string,
  directory: string,
  awsRegion: string | undefined,
): AwsSettings {
  return {
    region: awsRegion ?? "",
    instanceType: values.instanceType ?? "t4g.small",
    ubuntu: values.ubuntu ?? "26.04",
    image: values.image ?? "current",
    rootVolumeSize: values.rootVolumeSize ?? 12,
    dataVolumeSize: values.dataVolumeSize ?? 20,
    allowedSshCidrs: [...new Set(values.allowedSshCidrs ?? [])],
    vpcCidr: values.vpcCidr ?? "10.0.0.0/16",
    ipv6: values.ipv6 ?? true,
    ...(values.publicKey === undefined ? {} : { publicKey: values.publicKey }),
    ...(values.privateKey === undefined ? {} : { privateKey: pulumi.secret(values.privateKey) }),
    dnsZone: values.dnsZone ?? "create",
    zoneName: values.zoneName ?? zoneNameOf(domain),
    moving: values.moving ?? false,
    caaIssuers: values.caaIssuers ?? caaIssuersOf(directory),
    alarmEmail: values.alarmEmail ?? values.acmeEmail ?? "",
    logRetentionDays: values.logRetentionDays ?? 30,
    protectData: values.protectData ?? true,
    tags: values.tags ?? {},
  };
}

/**
 * What only several of AWS's keys together can tell.
 * @param hostnames the domain and its aliases.
 */
export function checkAws(
  values: Values,
  hostnames: readonly string[],
  awsRegion: string | undefined,
  complain: (name: KeyName | "aws:region", problem: string) => void,
): void {
  if (awsRegion === undefined) complain("aws:region", "is not set");
  else if (!region.test(awsRegion)) complain("aws:region", `is ${JSON.stringify(awsRegion)}`);
  // Without the stack's own authority the missing acmeEmail is an error already.
  if (values.acmeEmail === undefined && values.alarmEmail === undefined && values.certificates === "local") {
    complain("alarmEmail", "is not set, and neither is acmeEmail");
  }
  // https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
  if ((values.healthPath ?? "").length > 255)
    complain("healthPath", "is longer than the 255 characters that Route 53 asks for");
  checkSsh(values, complain);
  const zone = values.zoneName ?? zoneNameOf(hostnames[0] ?? "");
  const outside = hostnames.filter((name) => name !== zone && !name.endsWith(`.${zone}`));
  if (outside.length > 0) complain("zoneName", `is ${zone}, which does not hold ${outside.join(", ")}`);
}

function checkSsh(values: Values, complain: (name: KeyName, problem: string) => void): void {
  if (values.allowedSshCidrs === undefined) {
    complain("allowedSshCidrs", "is not set, and provisioning comes in over SSH");
  } else if (values.allowedSshCidrs.some(isAnywhere) && values.allowSshFromAnywhere !== true) {
    complain(
      "allowedSshCidrs",
      "lets the whole internet reach port 22; name your networks, or say it twice with allowSshFromAnywhere true",
    );
  }
  if (values.privateKey === undefined) return;
  if (values.publicKey === undefined) complain("privateKey", "is set without publicKey");
  else if (!isPair(values.privateKey, values.publicKey)) {
    complain("privateKey", "is not the private half of publicKey, or has a passphrase");
  }
}

function isPair(privateKey: string, publicKey: string): boolean {
  // Loaded only here: it takes longer than all other settings together.
  const { utils } = require("ssh2") as typeof import("ssh2");
  const [own, given] = [utils.parseKey(privateKey), utils.parseKey(publicKey)];
  if (own instanceof Error || given instanceof Error) return false;
  return own.getPublicSSH().equals(given.getPublicSSH());
}
