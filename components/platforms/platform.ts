import type * as pulumi from "@pulumi/pulumi";
import type { PlatformName, Tier } from "../../policy/vocabulary";
import type { DatabaseEngine } from "../settings/settings";
import type { Endpoint } from "./endpoint";
import type { ServerArgs } from "./machine";
import type { Server } from "./server";

export type { Endpoint, PublicAddress, Rotation } from "./endpoint";
export type { Admission, ServerArgs } from "./machine";
export type { Server } from "./server";

/** Where the site keeps its data. On every rung the site itself sees one Unix socket. */
export interface Database {
  readonly engine: DatabaseEngine;
  readonly name: string;
  readonly account: { readonly user: string; readonly password: pulumi.Output<string> };
  /** On the same server, or over the network: then the server shows a certificate that `ca` (PEM) signed. */
  readonly at:
    | { readonly socket: string }
    | { readonly host: pulumi.Output<string>; readonly port: number; readonly ca: pulumi.Output<string> };
  /** Who backs it up, upgrades it and replaces it when it fails. */
  readonly keptBy: "servers" | "platform";
  /** Resolves when it takes connections. */
  readonly ready: pulumi.Output<unknown>;
}

/** What a rung asks of a platform that keeps databases itself. */
export interface DatabaseArgs {
  readonly engine: DatabaseEngine;
  readonly password: pulumi.Output<string>;
  readonly size: string | undefined;
  /** Whether a second zone holds a copy that takes over by itself. */
  readonly standby: boolean;
  /** The tiers whose servers may connect. */
  readonly admits: readonly Tier[];
}

/** What a rung asks of a platform that balances requests itself. */
export interface EndpointArgs {
  /** Those that requests are sent to; servers of a group join as they come. */
  readonly servers: readonly Server[];
  readonly healthPath: string;
}

/** Servers that come and go with the load. Each provisions itself at its boot, without a login. */
export interface ServerGroup extends pulumi.ComponentResource {
  readonly groupName: string;
  readonly tiers: readonly Tier[];
}

export interface ServerGroupArgs extends Pick<ServerArgs, "tiers" | "size" | "admits"> {
  readonly minimum: number;
  readonly maximum: number;
  /** Where its servers take requests. */
  readonly endpoint: Endpoint;
  /** Where a booting server fetches its bundle, and the bundle's SHA-256. */
  readonly bundle: { readonly url: pulumi.Output<string>; readonly digest: pulumi.Output<string> };
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
      /** Requested by the server itself. */
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
  /** Makes or finds a machine. `name` is a kind, a hyphen and a number, such as `web-1`. */
  server(name: string, args: ServerArgs, options: pulumi.ComponentResourceOptions): Server;
  /** A database that the platform keeps; undefined where the rung builds it from servers. */
  database?(name: string, args: DatabaseArgs, options: pulumi.ComponentResourceOptions): Database;
  /** A load balancer that the platform runs; undefined where the rung builds it from servers. */
  endpoint?(name: string, args: EndpointArgs, options: pulumi.ComponentResourceOptions): Endpoint;
  /** Servers that the platform starts and ends with the load; undefined where it has no such thing. */
  serverGroup?(name: string, args: ServerGroupArgs, options: pulumi.ComponentResourceOptions): ServerGroup;
  /** Points names at an endpoint, by A, AAAA or alias records. Each resource is there when its record was accepted. */
  names(
    hostnames: readonly string[],
    endpoint: Endpoint,
    options: pulumi.CustomResourceOptions,
  ): pulumi.Resource[];
  /** A certificate for these names, to be used where the endpoint ends TLS; the first name is the main one. */
  certificate(
    hostnames: readonly string[],
    endpoint: Endpoint,
    options: pulumi.CustomResourceOptions,
  ): Certificate;
}
