import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings";
import { OwnCertificates } from "./local/ownCertificates";
import type { Certificate } from "./platform";

/** Certificates for servers on the internet: asked for by the server itself, or from the stack's own authority where the settings say so. */
export class Certificates {
  private readonly ownCertificates = new OwnCertificates();

  constructor(private readonly settings: Settings) {}

  /** A certificate for these names; the first is the main one. */
  certificate(
    name: string,
    hostnames: readonly string[],
    options: pulumi.CustomResourceOptions,
  ): Certificate {
    const { certificates, acme } = this.settings;
    // The settings' checks made sure of the e-mail address.
    if (certificates === "acme") {
      return { source: "acme", email: acme.email ?? "", directory: acme.directory };
    }
    return this.ownCertificates.certificate(name, hostnames, options);
  }
}
