import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** Prints a new ED25519 key pair, the private half first, and leaves no file behind. */
const makeKey = [
  "folder=$(mktemp -d)",
  "trap 'rm -rf \"$folder\"' EXIT",
  'ssh-keygen -q -t ed25519 -N "" -C one-server-web -f "$folder/key"',
  'cat "$folder/key" "$folder/key.pub"',
].join(" && ");

/** An SSH key pair that is made once, where Pulumi runs, and lives on as a secret in the stack's state. */
export class SshKey extends pulumi.ComponentResource {
  /** OpenSSH's format, secret. */
  readonly privateKey: pulumi.Output<string>;
  /** One line, without a comment: AWS drops comments, and a difference would replace the key pair. */
  readonly publicKey: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:aws:SshKey", name, {}, options);
    const command = new local.Command(
      `${name}-pair`,
      { create: makeKey, logging: "none" },
      {
        parent: this,
        additionalSecretOutputs: ["stdout", "stderr"],
        // Another way to make a key is no reason to make another key.
        ignoreChanges: ["create"],
      },
    );
    this.privateKey = pulumi.secret(command.stdout.apply((pair) => splitPair(pair).privateKey));
    this.publicKey = pulumi.unsecret(command.stdout.apply((pair) => splitPair(pair).publicKey));
    this.registerOutputs({ publicKey: this.publicKey });
  }
}

/**
 * The halves of a key pair as `makeKey` prints it.
 * @throws Error when the text holds something else
 */
export function splitPair(pair: string): { privateKey: string; publicKey: string } {
  const match = /^(-----BEGIN [A-Z ]+-----\n[\s\S]+\n-----END [A-Z ]+-----)\s+(\S+ \S+)/.exec(pair);
  const [, privateKey, publicKey] = match ?? [];
  if (privateKey === undefined || publicKey === undefined) {
    throw new Error("ssh-keygen printed no key pair: is OpenSSH's client installed where Pulumi runs?");
  }
  return { privateKey: `${privateKey}\n`, publicKey };
}
