import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { AwsSettings } from "../../settings/aws";
import { type Naming, tagsOf } from "./names";
import { SshKey } from "./sshKey";

export interface KeysArgs {
  readonly settings: AwsSettings;
  readonly naming: Naming;
}

/** Who may log in to servers, and how a client knows that it talks to one of them. */
export class Keys extends pulumi.ComponentResource {
  /** The login key that EC2 puts into a new server. */
  readonly login: ec2.KeyPair;
  /** Its private half, secret; unset when an SSH agent holds it. */
  readonly loginPrivateKey?: pulumi.Output<string>;
  /** The stack's servers all show this host key, so that a replaced server is known at its first connection. */
  readonly host: SshKey;

  constructor(name: string, { settings, naming }: KeysArgs, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:aws:Keys", name, {}, options);
    const made = settings.publicKey === undefined ? new SshKey(`${name}-login`, { parent: this }) : undefined;
    const privateKey = made?.privateKey ?? settings.privateKey;
    if (privateKey !== undefined) this.loginPrivateKey = privateKey;
    this.login = new ec2.KeyPair(
      `${name}-login`,
      { publicKey: settings.publicKey ?? made?.publicKey ?? "", tags: tagsOf(naming, "login key") },
      { parent: this },
    );
    this.host = new SshKey(`${name}-host`, { parent: this });
    this.registerOutputs({ keyName: this.login.keyName });
  }
}
