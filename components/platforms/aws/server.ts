import * as ec2 from "@pulumi/aws/ec2";
import { InstanceState } from "@pulumi/aws/ec2transitgateway";
import * as pulumi from "@pulumi/pulumi";
import type { MachineFacts } from "../../roles/facts";
import type { AwsSettings } from "../../settings/aws";
import type { Machine, ServerArgs } from "../machine";
import { Server } from "../server";
import { DataVolume } from "./dataVolume";
import { findImage, imageIsPinned } from "./image";
import { isBurstable } from "./instanceType";
import type { Keys } from "./keys";
import { type Naming, tagsOf } from "./names";
import type { Placement } from "./network";
import { userData, volumeDevice } from "./userData";

/** The user that Ubuntu's images let in. */
const loginUser = "ubuntu";

export interface AwsServerArgs extends ServerArgs {
  readonly settings: AwsSettings;
  readonly naming: Naming;
  readonly instanceType: string;
  readonly placement: Placement;
  readonly securityGroupId: pulumi.Input<string>;
  readonly keys: Keys;
  /** The name of the instance profile. */
  readonly profile: pulumi.Input<string>;
  /** Tells people before a resize. */
  readonly resizeNotice: pulumi.ResourceHook;
}

/** A server with what only AWS knows of it. */
export interface AwsServer {
  readonly server: Server;
  readonly instance: ec2.Instance;
  /** The image that a new server would start from now. */
  readonly newestImage: pulumi.Output<string>;
}

/**
 * An EC2 instance. Where visitors reach it, its address outlives it, because names point there; where it keeps data, a volume does.
 */
export function awsServer(
  name: string,
  args: AwsServerArgs,
  options: pulumi.ComponentResourceOptions,
): AwsServer {
  let made: Omit<AwsServer, "server"> | undefined;
  const facts = { ...args, platform: "aws", zone: args.placement.zone } as const;
  const server = new Server(
    name,
    facts,
    (parent) => {
      const newestImage = findImage(args.settings, args.instanceType, { parent });
      const instance = makeInstance(name, args, newestImage, parent);
      made = { instance, newestImage };
      return machineOf(name, args, instance, parent);
    },
    options,
  );
  return { server, ...(made as Omit<AwsServer, "server">) };
}

function machineOf(
  name: string,
  args: AwsServerArgs,
  instance: ec2.Instance,
  parent: pulumi.Resource,
): Machine {
  const { settings, keys } = args;
  const visited = reachesVisitors(args);
  const { publicIp, host } = visited
    ? keptAddress(name, args, instance, parent)
    : // It changes with a stop: only this program uses it.
      { publicIp: instance.publicIp, host: instance.publicIp };
  const own: MachineFacts = { metadataGuard: true, certificateMetric: visited };
  return {
    publicIp,
    privateIp: instance.privateIp,
    ...(settings.ipv6 ? { publicIpv6: instance.ipv6Addresses.apply(([first = ""]) => first) } : {}),
    instanceId: instance.id,
    size: instance.instanceType,
    login: publicIp.apply((ip) => `ssh ${loginUser}@${ip}`),
    connection: pulumi.output({
      host,
      user: loginUser,
      hostKey: keys.host.publicKey,
      ...(keys.loginPrivateKey === undefined ? {} : { privateKey: keys.loginPrivateKey }),
      // A new instance answers after 20 to 60 seconds; ten minutes cover a slow one.
      dialErrorLimit: 60,
      perDialTimeout: 15,
    }),
    machineFacts: args.keepsData
      ? attachData(name, args, instance, parent).apply((data): MachineFacts => ({ ...own, ...data }))
      : pulumi.output(own),
  };
}

/** Whether visitors' connections arrive here, so that names may point here and the certificate is here. */
export function reachesVisitors({ admits }: Pick<ServerArgs, "admits">): boolean {
  return admits.some(({ from }) => from === "anyone");
}

/** A volume of the server's own. @returns what its roles need to know of it, known once the volume is attached */
function attachData(
  name: string,
  { settings, naming, placement }: AwsServerArgs,
  instance: ec2.Instance,
  parent: pulumi.Resource,
): pulumi.Output<MachineFacts> {
  const { dataVolumeSize: size, protectData: protect } = settings;
  const data = new DataVolume(name, { zone: placement.zone, size, naming, protect }, { parent });
  const attachment = data.attachTo(instance);
  // A server that gave its data away was stopped for that; with its data back, it is started.
  new InstanceState(
    `${name}-power`,
    { instanceId: instance.id, state: "running" },
    { parent, dependsOn: attachment },
  );
  return attachment.volumeId.apply(
    (volume): MachineFacts => ({ dataDevice: volumeDevice(volume), dataVolumeSize: size }),
  );
}

function makeInstance(
  name: string,
  args: AwsServerArgs,
  image: pulumi.Output<string>,
  parent: pulumi.Resource,
): ec2.Instance {
  const { settings, naming, placement, keys, instanceType } = args;
  const hostKey = keys.host;
  return new ec2.Instance(
    name,
    {
      ami: image,
      instanceType,
      subnetId: placement.subnetId,
      vpcSecurityGroupIds: [args.securityGroupId],
      iamInstanceProfile: args.profile,
      keyName: keys.login.keyName,
      userData: pulumi
        .all([hostKey.privateKey, hostKey.publicKey])
        .apply(([privateKey, publicKey]) => userData(name, privateKey, publicKey)),
      userDataReplaceOnChange: false,
      // Beside an Elastic IP a second public IPv4 address would cost and lead nowhere.
      associatePublicIpAddress: !reachesVisitors(args),
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
      ...(isBurstable(instanceType) ? { creditSpecification: { cpuCredits: "unlimited" } } : {}),
      maintenanceOptions: { autoRecovery: "default" },
      monitoring: false,
      // Refused in the console and to scripts; Pulumi may still replace it, for its data lies elsewhere.
      disableApiTermination: settings.protectData,
      forceDestroy: true,
      tags: tagsOf(naming, name, { Tiers: args.tiers.join(" ") }),
    },
    {
      parent,
      // The image a server was made from stays its own, and changed user data would stop it for nothing: only its first boot reads them.
      ignoreChanges: imageIsPinned(settings) ? ["ami", "userData"] : ["userData"],
      hooks: { beforeUpdate: [args.resizeNotice] },
      // The host key is in them.
      additionalSecretOutputs: ["userData"],
    },
  );
}

function keptAddress(
  name: string,
  { naming, settings }: AwsServerArgs,
  instance: ec2.Instance,
  parent: pulumi.Resource,
) {
  const address = new ec2.Eip(
    `${name}-address`,
    { domain: "vpc", tags: tagsOf(naming, `${name} address`) },
    { parent, protect: settings.protectData },
  );
  const association = new ec2.EipAssociation(
    `${name}-address`,
    { allocationId: address.allocationId, instanceId: instance.id },
    // An association is of one instance; it is let go before the next one takes the address.
    { parent, deleteBeforeReplace: true },
  );
  // The association's address leads to this instance; the address's own is known before.
  return { publicIp: address.publicIp, host: association.publicIp };
}
