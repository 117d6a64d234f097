import * as pulumi from "@pulumi/pulumi";
import { hostScripts, printed, runScript } from "./script";

/** What `certificate-authority.sh` prints: PEM. */
export interface Signed {
  readonly certificate: string;
  readonly privateKey: string;
}

/** The stack's own certificate authority: made once, its key kept in the stack's state, encrypted. */
export class CertificateAuthority extends pulumi.ComponentResource {
  /** Another one when the authority was made anew. */
  readonly authorityId: pulumi.Output<string>;
  /** PEM, to be trusted by clients. */
  readonly certificate: pulumi.Output<string>;
  /** PEM, secret. */
  readonly privateKey: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:local:CertificateAuthority", name, {}, options);
    const command = runScript(
      name,
      {
        create: `${hostScripts}/certificate-authority.sh create "$NAME"`,
        // A common name has 64 characters at most.
        environment: { NAME: `one-server-web ${pulumi.getStack()}`.slice(0, 64) },
        secret: true,
      },
      // People have told their browsers to trust this one: a newer text of the command is no reason for another.
      { parent: this, ignoreChanges: ["create", "environment", "interpreter", "logging"] },
    );
    const authority = printed<Signed>(command);
    this.authorityId = command.id;
    this.certificate = pulumi.unsecret(authority.certificate);
    this.privateKey = pulumi.secret(authority.privateKey);
    this.registerOutputs({ certificate: this.certificate });
  }
}

export interface SignedCertificateArgs {
  readonly authority: CertificateAuthority;
  /** The names it is good for; the first is the main one. */
  readonly hostnames: readonly string[];
}

/** A server's certificate, signed by the stack's authority and good for 824 days. The first `up` of a year renews it. */
export class SignedCertificate extends pulumi.ComponentResource {
  /** PEM, the certificate and the authority's after it. */
  readonly certificate: pulumi.Output<string>;
  /** PEM, secret. */
  readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: SignedCertificateArgs, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:local:Certificate", name, { hostnames: args.hostnames }, options);
    const { authority } = args;
    const command = runScript(
      name,
      {
        create: `${hostScripts}/certificate-authority.sh sign $HOSTNAMES`,
        environment: { HOSTNAMES: args.hostnames.join(" ") },
        stdin: pulumi.secret(pulumi.interpolate`${authority.certificate}${authority.privateKey}`),
        triggers: [authority.authorityId, args.hostnames.join(" "), new Date().getUTCFullYear()],
        secret: true,
      },
      { parent: this, ignoreChanges: ["create", "interpreter", "logging"] },
    );
    const signed = printed<Signed>(command);
    this.certificate = pulumi.interpolate`${pulumi.unsecret(signed.certificate)}${authority.certificate}`;
    this.privateKey = pulumi.secret(signed.privateKey);
    this.registerOutputs({ hostnames: args.hostnames, certificate: this.certificate });
  }
}
