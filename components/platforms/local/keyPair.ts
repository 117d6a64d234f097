import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { hostScripts, printed, runScript } from "./script";

/** The SSH key pair that a stack reaches its machines with. Made once and kept in the stack's state, encrypted. */
export class KeyPair extends pulumi.ComponentResource {
  /** As one line of an `authorized_keys` file. */
  readonly publicKey: pulumi.Output<string>;
  /** In OpenSSH's format, secret. */
  readonly privateKey: pulumi.Output<string>;
  /** A word that is this stack's alone on any host. */
  readonly fingerprint: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:local:KeyPair", name, {}, options);
    const command = runScript(
      name,
      { create: `${hostScripts}/keypair.sh create one-server-web`, secret: true },
      // A newer text of the command is no reason to lock the stack out of its machines.
      { parent: this, ignoreChanges: ["create", "interpreter", "logging"] },
    );
    const pair = printed<{ publicKey: string; privateKey: string }>(command);
    this.publicKey = pulumi.unsecret(pair.publicKey);
    this.privateKey = pulumi.secret(pair.privateKey);
    this.fingerprint = this.publicKey.apply(fingerprint);
    this.registerOutputs({ publicKey: this.publicKey });
  }
}

/** The first 16 hexadecimal digits of the key's SHA-256. */
export function fingerprint(publicKey: string): string {
  return createHash("sha256").update(publicKey).digest("hex").slice(0, 16);
}
