import { architectureOf } from "../../../components/platforms/aws/instanceType";
import type { Call } from "../providerServer";
import type { Properties } from "../values";
import { imageArchitecture, type Thing, type World } from "./world";

export const powerToken = "aws:ec2transitgateway/instanceState:InstanceState";

/** What else happens when things come, change and go. */
export interface SideEffects {
  /** @returns outputs that only this knows. */
  created(call: Call, thing: Thing): Promise<Properties>;
  updated(call: Call, thing: Thing): Promise<void>;
  /** Before it goes. @throws Error when AWS would refuse. */
  deleting(call: Call, thing: Thing): Promise<void>;
  deleted(call: Call, thing: Thing): Promise<void>;
}

/** AWS's rules about several things together; nothing runs anywhere. */
export class PaperOnly implements SideEffects {
  constructor(protected readonly world: World) {}

  async created(_call: Call, thing: Thing): Promise<Properties> {
    if (thing.token === "aws:ec2/volumeAttachment:VolumeAttachment") this.requireFree(thing);
    if (thing.token === "aws:ec2/instance:Instance") requireFitting(thing);
    if (thing.token === powerToken) this.setPower(String(thing.inputs.instanceId), "running");
    return {};
  }

  async updated(_call: Call, thing: Thing): Promise<void> {
    if (thing.token === "aws:ec2/instance:Instance") requireFitting(thing);
    const before = this.world.find(thing.id)?.inputs.size;
    if (thing.token === "aws:ebs/volume:Volume" && Number(thing.inputs.size) < Number(before)) {
      throw new Error(`InvalidParameterValue: New size cannot be smaller than existing size`);
    }
  }

  async deleting(_call: Call, thing: Thing): Promise<void> {
    if (thing.token === "aws:ec2/instance:Instance") {
      if (thing.inputs.disableApiTermination === true && thing.inputs.forceDestroy !== true) {
        throw new Error(`OperationNotPermitted: The instance '${thing.id}' may not be terminated`);
      }
    }
    if (thing.token === "aws:ec2/volumeAttachment:VolumeAttachment") {
      if (thing.inputs.stopInstanceBeforeDetaching !== true) {
        throw new Error("VolumeInUse: the volume is mounted, and the instance was not stopped");
      }
      this.setPower(String(thing.inputs.instanceId), "stopped");
    }
  }

  async deleted(_call: Call, _thing: Thing): Promise<void> {}

  /** Starts or stops an instance that is in the other state. */
  private setPower(id: string, instanceState: "running" | "stopped"): void {
    const instance = this.world.find(id);
    if (instance === undefined || instance.outputs.instanceState === instanceState) return;
    this.world.put({ ...instance, outputs: { ...instance.outputs, instanceState } });
    const action = instanceState === "running" ? "start" : "stop";
    this.world.note({ action, token: instance.token, name: id, id });
  }

  /** A volume is at one instance at a time, and in its zone. */
  private requireFree({ inputs }: Thing): void {
    const { volumeId, instanceId } = inputs;
    const other = this.world
      .all("aws:ec2/volumeAttachment:VolumeAttachment")
      .find((attachment) => attachment.inputs.volumeId === volumeId);
    if (other !== undefined)
      throw new Error(`VolumeInUse: ${volumeId} is already attached to ${other.inputs.instanceId}`);
    const volume = this.world.find(String(volumeId))?.inputs.availabilityZone;
    const instance = this.world.find(String(instanceId))?.outputs.availabilityZone;
    if (volume !== instance)
      throw new Error(
        `InvalidVolume.ZoneMismatch: ${volumeId} is in ${volume}, ${instanceId} in ${instance}`,
      );
  }
}

/** The image's processor must be the type's. */
function requireFitting({ inputs }: Thing): void {
  const type = String(inputs.instanceType);
  const image = imageArchitecture(String(inputs.ami));
  if (architectureOf(type) !== image) {
    throw new Error(
      `InvalidParameterValue: The architecture '${architectureOf(type)}' of the specified instance type does not match the architecture '${image}' of the specified AMI`,
    );
  }
}
