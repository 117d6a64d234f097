import type * as pulumi from "@pulumi/pulumi";
import type { Certificate } from "../platform";
import { CertificateAuthority, SignedCertificate } from "./certificate";

/** Certificates from the stack's own authority, which is made with the first of them. */
export class OwnCertificates {
  private authority: CertificateAuthority | undefined;

  /** A certificate for these names; the first is the main one. */
  certificate(
    name: string,
    hostnames: readonly string[],
    options: pulumi.CustomResourceOptions,
  ): Certificate {
    this.authority ??= new CertificateAuthority("certificate-authority");
    const { authority } = this;
    const signed = new SignedCertificate(name, { authority, hostnames }, options);
    return {
      source: "local",
      certificate: signed.certificate,
      privateKey: signed.privateKey,
      authority: authority.certificate,
    };
  }
}
