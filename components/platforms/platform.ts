import type { types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { PlatformName, Tier } from "../../policy/vocabulary";

/** What a rung asks of a platform when it wants a machine. */
export interface ServerArgs {
  /** The tiers this machine holds; policies read them to tell what fails with it. */
  readonly tiers: readonly Tier[];
  /** Where to place it, in the platform's own words (AWS: an availability zone). The platform chooses when unset. */
  readonly zone?: string;
  /** Whether the data on it is backed up elsewhere; policies read it. */
  readonly backup?: boolean;
}

/** What policies read of a server. A component passes it as its inputs and registers it among its outputs. */
export interface ServerFacts {
  readonly name: string;
  readonly tiers: readonly Tier[];
  readonly zone: pulumi.Input<string>;
  readonly platform: PlatformName;
  readonly backup: boolean;
}

/**
 * The facts of a server. Inputs are what policies for one resource and `pulumi preview --json` show of a component; policies for the whole
 * stack see its registered outputs alone. So a server gives its facts as both.
 */
export function serverFacts(
  name: string,
  platform: PlatformName,
  {
    tiers,
    zone,
    backup = false,
  }: Pick<ServerArgs, "tiers" | "backup"> & { readonly zone: pulumi.Input<string> },
): ServerFacts {
  return { name, tiers: [...tiers], zone, platform, backup };
}

/** A machine reached over SSH. Its component registers its `ServerFacts`, `instanceId` and addresses, which policies read. */
export interface Server extends pulumi.ComponentResource {
  /** The server's name within its stack, such as `web-1`. */
  readonly serverName: string;
  readonly tiers: readonly Tier[];
  readonly zone: pulumi.Output<string>;
  /** How @pulumi/command reaches it; the private key inside is secret. */
  readonly connection: pulumi.Output<types.input.remote.ConnectionArgs>;
  readonly publicIp: pulumi.Output<string>;
  readonly privateIp: pulumi.Output<string>;
  /** Changes when the machine behind the address is another one: provisioning is triggered by it. */
  readonly instanceId: pulumi.Output<string>;
  /** Changes when the machine is resized (AWS: the instance type): provisioning is triggered by it. */
  readonly size: pulumi.Output<string>;
  /** A command line that logs in, for people. */
  readonly login: pulumi.Output<string>;
  /** The IPv6 address that AAAA records point at, where the machine has one. */
  readonly publicIpv6?: pulumi.Output<string>;
  /** What provisioning is told about this machine alone, such as the device of its data volume. */
  readonly provisionSettings?: pulumi.Output<Readonly<Record<string, string>>>;
}

/** One name that points at one address. */
export interface DnsRecordArgs {
  /** The full name, such as `www.foobar.com`. */
  readonly hostname: string;
  readonly type: "A" | "AAAA";
  readonly address: pulumi.Input<string>;
}

/** Where a server's TLS certificate comes from. */
export type Certificate =
  | {
      /** Signed by a certificate authority of this stack. */
      readonly source: "local";
      /** PEM, the certificate and what it is signed by. */
      readonly certificate: pulumi.Output<string>;
      /** PEM, secret. */
      readonly privateKey: pulumi.Output<string>;
      /** PEM of the authority, to be trusted by clients. */
      readonly authority: pulumi.Output<string>;
    }
  | {
      /** Asked for by the server itself. */
      readonly source: "acme";
      /** Where expiry warnings go. */
      readonly email: string;
      /** The ACME directory's URL. */
      readonly directory: string;
    };

/** Where servers, addresses, names and certificates come from. A rung knows only this. */
export interface Platform {
  readonly name: PlatformName;
  /** `address:port` of a DNS server that answers for the site's names, where the platform runs one. */
  readonly dnsServer?: pulumi.Output<string>;
  /** What this platform adds to the stack's outputs, such as a zone's name servers. */
  readonly outputs?: Readonly<Record<string, pulumi.Input<unknown>>>;
  /** Makes or finds a machine. */
  server(name: string, args: ServerArgs, options: pulumi.ComponentResourceOptions): Server;
  /** Points a name at an address. Resolves when the record was accepted. */
  dnsRecord(name: string, args: DnsRecordArgs, options: pulumi.CustomResourceOptions): pulumi.Resource;
  /** A certificate for these names; the first is the main one. `dependsOn` holds the records that must exist first. */
  certificate(name: string, hostnames: readonly string[], options: pulumi.CustomResourceOptions): Certificate;
}
