import * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority, type Signed } from "../platforms/local/certificate";
import { hostScripts, printed, runScript } from "../platforms/local/script";
import type { Server } from "../platforms/platform";
import type { InternalTls } from "../roles/facts";

/**
 * The authority by which a stack's servers know each other: made once, its key kept in the stack's state, encrypted. It has nothing to do with
 * the site's own certificate, so that no visitor's authority can vouch for a server.
 */
export class InternalAuthority {
  private readonly authority: CertificateAuthority;

  constructor(options: pulumi.ComponentResourceOptions) {
    this.authority = new CertificateAuthority("internal-authority", options);
  }

  /** A certificate for the server's name and private address, good for both ends of a connection. The first `up` of a year renews it. */
  certificateOf(server: Server, options: pulumi.CustomResourceOptions): pulumi.Output<InternalTls> {
    const { authority } = this;
    const names = pulumi.interpolate`${server.serverName} ${server.privateIp}`;
    const command = runScript(
      `${server.serverName}-internal-certificate`,
      {
        create: `${hostScripts}/certificate-authority.sh sign --internal $NAMES`,
        environment: { NAMES: names },
        stdin: pulumi.secret(pulumi.interpolate`${authority.certificate}${authority.privateKey}`),
        triggers: [authority.authorityId, names, new Date().getUTCFullYear()],
        secret: true,
      },
      { ...options, ignoreChanges: ["create", "interpreter", "logging"] },
    );
    const signed = printed<Signed>(command);
    return pulumi.all([authority.certificate, signed]).apply(([ca, { certificate, privateKey }]) => ({
      authority: ca,
      certificate,
      privateKey,
    }));
  }
}
