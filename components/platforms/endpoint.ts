import type * as pulumi from "@pulumi/pulumi";
import type { Machine } from "./machine";

/** A public address that visitors connect to. */
export interface PublicAddress {
  readonly ipv4: pulumi.Output<string>;
  readonly ipv6?: pulumi.Output<string>;
}

/** What the site's names point at: a server, the balancers, or a load balancer of the platform's. */
export interface Endpoint {
  readonly target:
    | { readonly addresses: readonly PublicAddress[] }
    /** A name that the platform resolves itself, such as that of an AWS load balancer, and the DNS zone that it lies in. */
    | { readonly alias: { readonly name: pulumi.Output<string>; readonly zoneId: pulumi.Output<string> } };
  /** Where TLS ends: on the servers that hold the certificate, or before them, at the endpoint. */
  readonly tls: "servers" | "endpoint";
  /** How a server behind it stops and starts getting requests; undefined where the one server is the endpoint. */
  readonly rotation?: Rotation;
}

/** How one server is taken out of and put into rotation while the others go on. */
export interface Rotation {
  /** Where the commands run, as root: on each balancer, or on the server whose health check the balancer asks. */
  readonly runOn: readonly Machine[] | "the server itself";
  readonly takeOut: (server: Machine) => pulumi.Output<string>;
  readonly putIn: (server: Machine) => pulumi.Output<string>;
  /** Seconds until every balancer has noticed. */
  readonly settleSeconds: number;
}
