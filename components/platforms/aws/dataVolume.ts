import * as ebs from "@pulumi/aws/ebs";
import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { type Naming, snapshotTag, tagsOf } from "./names";

export interface DataVolumeArgs {
  readonly zone: pulumi.Input<string>;
  /** GiB. */
  readonly size: number;
  readonly naming: Naming;
  /** Refuse to delete it. */
  readonly protect: boolean;
}

/** A volume of its own for database, shared paths and certificates: it outlives the server that it is attached to. */
export class DataVolume extends pulumi.ComponentResource {
  readonly volume: ebs.Volume;

  constructor(
    private readonly serverName: string,
    { zone, size, naming, protect }: DataVolumeArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(
      "one-server-web:aws:DataVolume",
      `${serverName}-data`,
      { server: serverName, size, protect },
      options,
    );
    this.volume = new ebs.Volume(
      `${serverName}-data`,
      {
        availabilityZone: zone,
        size,
        type: "gp3",
        encrypted: true,
        // Unprotected and deleted on purpose, the data still waits in a snapshot.
        finalSnapshot: true,
        tags: tagsOf(naming, `${serverName} data`, snapshotTag(naming)),
      },
      { parent: this, protect },
    );
    this.registerOutputs({ volumeId: this.volume.id });
  }

  /**
   * Attaches it to an instance, after it was let go by the one before: that instance is shut down first, so that its
   * database has written everything and nothing acknowledged is lost.
   */
  attachTo(instance: ec2.Instance): ec2.VolumeAttachment {
    return new ec2.VolumeAttachment(
      `${this.serverName}-data`,
      {
        deviceName: "/dev/sdf",
        instanceId: instance.id,
        volumeId: this.volume.id,
        stopInstanceBeforeDetaching: true,
      },
      // A volume can only be at one instance at a time.
      { parent: this, deleteBeforeReplace: true },
    );
  }
}
