import { z } from "zod";
import { trimmed } from "./formats";
import { derived, type Fields, setting } from "./setting";
import { certificate, choice } from "./values";

/** Who signs certificates. */
export const certificatesTable = {
  certificates: setting(
    choice({
      acme: "a public authority",
      local: "an authority of the stack's own, which clients have to trust",
    }),
    {
      about: "Who signs certificates.",
      default: derived("local on the platform local, acme elsewhere", ({ platform }: { platform: string }) =>
        platform === "local" ? "local" : "acme",
      ),
      example: "acme",
      check: (certificates, { platform }: { platform: string }) =>
        platform === "local" && certificates === "acme"
          ? "is acme, and no public authority can reach the platform local"
          : undefined,
      server: { roles: ["tls"], name: "TLS_SOURCE" },
    },
  ),
};

/** Let's Encrypt's production directory, https://letsencrypt.org/docs/acme-protocol-updates/ */
const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory";

/** The public authority, asked by the ACME protocol. */
export const acmeTable = {
  acmeEmail: setting(z.email().describe("an e-mail address"), {
    about: "Where the certificate authority's warnings go.",
    example: "admin@foobar.com",
    field: "email",
    only: { platform: ["ssh", "aws"] },
    required: [
      {
        when: { certificates: ["acme"] },
        because: "the certificate authority writes to it before a certificate ends",
      },
    ],
    server: { roles: ["tls"] },
  }),
  acmeDirectory: setting(z.url({ protocol: /^https$/ }).describe("the URL of an ACME directory"), {
    about: "The URL of the ACME directory that issues certificates.",
    default: letsEncrypt,
    example: letsEncrypt,
    field: "directory",
    only: { platform: ["ssh", "aws"] },
    server: { roles: ["tls"] },
  }),
  acmeAuthority: setting(certificate, {
    about: "The authority that signed the certificate of acmeDirectory's host, where no public one did.",
    example: "$(cat authority.pem)",
    field: "authority",
    only: { platform: ["ssh", "aws"] },
    server: { roles: ["tls"], format: trimmed },
  }),
};

export type AcmeSettings = Fields<typeof acmeTable>;
