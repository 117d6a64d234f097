import type * as pulumi from "@pulumi/pulumi";
import type { Certificate, Endpoint } from "../platforms/platform";
import type { RungArgs, RungResult } from "./rung";

/** The site's names, and what shows visitors that they are at the right place. */
export interface PublicNames {
  /** The records. An ACME authority looks the names up, so they come before what asks for the certificate. */
  readonly records: pulumi.Resource[];
  readonly certificate: Certificate;
  /** Of the rung's result. */
  readonly authority: Pick<RungResult, "authority">;
}

/** Points the site's names at what visitors connect to, and certifies them. */
export function publicNames(
  { platform, settings, parent }: Pick<RungArgs, "platform" | "settings" | "parent">,
  endpoint: Endpoint,
): PublicNames {
  const hostnames = [settings.domain, ...settings.aliases];
  const records = platform.names(hostnames, endpoint, { parent });
  const certificate = platform.certificate(hostnames, endpoint, { parent });
  return {
    records,
    certificate,
    authority: certificate.source === "local" ? { authority: certificate.authority } : {},
  };
}
