import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint, Platform, Server } from "../platforms/platform";
import { Provision } from "../servers/provision";
import { Release } from "../servers/release";
import type { Settings } from "../settings/settings";
import { sizeOf } from "./sizes";
import { visitors } from "./visitors";

/** What a rung puts in place for the site. */
export interface RungResult {
  readonly servers: readonly Server[];
  /** What the site's names point at. */
  readonly endpoint: Endpoint;
  /** PEM of the authority that signed the certificate, where it is the stack's own. */
  readonly authority?: pulumi.Output<string>;
  /** The release that serves. */
  readonly release: pulumi.Output<string>;
}

/**
 * One server with all tiers: name → address → nginx → app → database, everything on `web-1`.
 * Whatever stops that machine stops the site, which the policy pack says.
 */
export function single(platform: Platform, settings: Settings, parent: pulumi.Resource): RungResult {
  const tiers = ["web", "app", "database"] as const;
  const server = platform.server(
    "web-1",
    {
      tiers,
      size: sizeOf(tiers, settings),
      keepsData: true,
      admits: visitors(settings.server.http3),
      backup: settings.server.backup !== undefined,
    },
    { parent },
  );
  const { endpoint } = server;
  const hostnames = [settings.domain, ...settings.aliases];
  const names = platform.names(hostnames, endpoint, { parent });
  const certificate = platform.certificate(hostnames, endpoint, { parent });
  // An ACME authority looks the names up, so the records come first.
  const provision = new Provision("web-1", { server, settings, certificate }, { parent, dependsOn: names });
  const release = new Release("web-1", { server, provision, settings }, { parent });

  return {
    servers: [server],
    endpoint,
    release: release.release,
    ...(certificate.source === "local" ? { authority: certificate.authority } : {}),
  };
}
