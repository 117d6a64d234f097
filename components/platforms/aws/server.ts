import * as ec2 from "@pulumi/aws/ec2";
import { InstanceState } from "@pulumi/aws/ec2transitgateway";
import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Tier } from "../../../policy/vocabulary";
import type { AwsSettings } from "../../settings/aws";
import { type Server, serverFacts } from "../platform";
import { DataVolume } from "./dataVolume";
import { findImage, imageIsPinned } from "./image";
import { isBurstable } from "./instanceType";
import type { Keys } from "./keys";
import { type Naming, tagsOf } from "./names";
import type { Placement } from "./network";
import { userData, volumeDevice } from "./userData";

/** The user that Ubuntu's images let in. */
const loginUser = "ubuntu";

export interface AwsServerArgs {
  readonly tiers: readonly Tier[];
  /** Whether the data on it is backed up elsewhere. */
  readonly backup: boolean;
  readonly settings: AwsSettings;
  readonly naming: Naming;
  readonly placement: Placement;
  readonly securityGroupId: pulumi.Input<string>;
  readonly keys: Keys;
  /** The name of the instance profile. */
  readonly profile: pulumi.Input<string>;
  /** Tells people before a resize. */
  readonly resizeNotice: pulumi.ResourceHook;
}

/** An EC2 instance with an address and a data volume that both outlive it. */
export class AwsServer extends pulumi.ComponentResource implements Server {
  readonly serverName: string;
  readonly tiers: readonly Tier[];
  readonly zone: pulumi.Output<string>;
  readonly connection: pulumi.Output<types.input.remote.ConnectionArgs>;
  readonly publicIp: pulumi.Output<string>;
  readonly privateIp: pulumi.Output<string>;
  readonly instanceId: pulumi.Output<string>;
  readonly size: pulumi.Output<string>;
  readonly login: pulumi.Output<string>;
  readonly publicIpv6?: pulumi.Output<string>;
  readonly provisionSettings: pulumi.Output<Readonly<Record<string, string>>>;
  readonly instance: ec2.Instance;
  /** The image that a new server would start from now. */
  readonly newestImage: pulumi.Output<string>;

  constructor(name: string, args: AwsServerArgs, options: pulumi.ComponentResourceOptions) {
    const { settings, naming, placement, keys, tiers } = args;
    const facts = serverFacts(name, "aws", { tiers, zone: placement.zone, backup: args.backup });
    super("one-server-web:aws:Server", name, { ...facts }, options);
    this.serverName = name;
    this.tiers = tiers;
    this.zone = placement.zone;
    this.newestImage = findImage(settings, { parent: this });

    const data = new DataVolume(
      name,
      { zone: this.zone, size: settings.dataVolumeSize, naming, protect: settings.protectData },
      { parent: this },
    );
    this.instance = this.makeInstance(args);
    const attachment = data.attachTo(this.instance);
    this.keepRunning(attachment);
    const { address, association } = this.makeAddress(naming, settings.protectData);

    this.instanceId = this.instance.id;
    this.size = this.instance.instanceType;
    this.publicIp = address.publicIp;
    this.privateIp = this.instance.privateIp;
    if (settings.ipv6) this.publicIpv6 = this.instance.ipv6Addresses.apply(([first = ""]) => first);
    this.login = address.publicIp.apply((ip) => `ssh ${loginUser}@${ip}`);
    this.connection = pulumi.output({
      // The association's address, not the address's own: by then it leads to this instance.
      host: association.publicIp,
      user: loginUser,
      hostKey: keys.host.publicKey,
      ...(keys.loginPrivateKey === undefined ? {} : { privateKey: keys.loginPrivateKey }),
      // A new instance answers after 20 to 60 seconds; ten minutes cover a slow one.
      dialErrorLimit: 60,
      perDialTimeout: 15,
    });
    // Known once the volume is attached.
    this.provisionSettings = attachment.volumeId.apply(
      (volume): Readonly<Record<string, string>> => ({
        DATA_DEVICE: volumeDevice(volume),
        DATA_VOLUME_SIZE: String(settings.dataVolumeSize),
        METADATA_GUARD: "yes",
        CERTIFICATE_METRIC: "yes",
      }),
    );
    this.registerOutputs({
      ...facts,
      instanceId: this.instanceId,
      publicIp: this.publicIp,
      privateIp: this.privateIp,
    });
  }

  private makeInstance(args: AwsServerArgs): ec2.Instance {
    const { settings, naming, placement, keys } = args;
    const name = this.serverName;
    const hostKey = keys.host;
    return new ec2.Instance(
      name,
      {
        ami: this.newestImage,
        instanceType: settings.instanceType,
        subnetId: placement.subnetId,
        vpcSecurityGroupIds: [args.securityGroupId],
        iamInstanceProfile: args.profile,
        keyName: keys.login.keyName,
        userData: pulumi
          .all([hostKey.privateKey, hostKey.publicKey])
          .apply(([privateKey, publicKey]) => userData(name, privateKey, publicKey)),
        userDataReplaceOnChange: false,
        // The Elastic IP is the only public IPv4 address: a second one would cost and lead nowhere.
        associatePublicIpAddress: false,
        ...(settings.ipv6 ? { ipv6AddressCount: 1 } : {}),
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
          instanceMetadataTags: "enabled",
        },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: settings.rootVolumeSize,
          encrypted: true,
          deleteOnTermination: true,
          tags: tagsOf(naming, `${name} system`),
        },
        ...(isBurstable(settings.instanceType) ? { creditSpecification: { cpuCredits: "unlimited" } } : {}),
        maintenanceOptions: { autoRecovery: "default" },
        monitoring: false,
        // Refused in the console and to scripts; Pulumi may still replace it, for its data lies elsewhere.
        disableApiTermination: settings.protectData,
        forceDestroy: true,
        tags: tagsOf(naming, name, { Tiers: args.tiers.join(" ") }),
      },
      {
        parent: this,
        // The image a server was made from stays its own, and changed user data would stop it for nothing: only its first boot reads them.
        ignoreChanges: imageIsPinned(settings) ? ["ami", "userData"] : ["userData"],
        hooks: { beforeUpdate: [args.resizeNotice] },
        // The host key is in them.
        additionalSecretOutputs: ["userData"],
      },
    );
  }

  /** A server that gave its data away was stopped for that; with its data back, it is started. */
  private keepRunning(attachment: ec2.VolumeAttachment): void {
    new InstanceState(
      `${this.serverName}-power`,
      { instanceId: this.instance.id, state: "running" },
      { parent: this, dependsOn: attachment },
    );
  }

  private makeAddress(naming: Naming, protect: boolean) {
    const name = this.serverName;
    const address = new ec2.Eip(
      `${name}-address`,
      { domain: "vpc", tags: tagsOf(naming, `${name} address`) },
      { parent: this, protect },
    );
    const association = new ec2.EipAssociation(
      `${name}-address`,
      { allocationId: address.allocationId, instanceId: this.instance.id },
      // An association is of one instance; it is let go before the next one takes the address.
      { parent: this, deleteBeforeReplace: true },
    );
    return { address, association };
  }
}
