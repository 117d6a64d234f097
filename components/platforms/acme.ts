import type { Settings } from "../settings/settings";
import type { Certificate } from "./platform";

/** A certificate that the server itself asks for; the settings' checks made sure of the e-mail address. */
export function acmeCertificate({ acme }: Settings): Certificate {
  return { source: "acme", email: acme.email ?? "", directory: acme.directory };
}
