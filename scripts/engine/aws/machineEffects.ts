import type { Call } from "../providerServer";
import { type Properties, reveal } from "../values";
import { Addresses } from "./addresses";
import { LoopVolumes } from "./loopVolumes";
import { Machines } from "./machines";
import { PaperOnly, powerToken } from "./sideEffects";
import type { Thing, World } from "./world";

const instanceToken = "aws:ec2/instance:Instance";
const attachmentToken = "aws:ec2/volumeAttachment:VolumeAttachment";
const associationToken = "aws:ec2/eipAssociation:EipAssociation";

/** As PaperOnly, and with real machines: instances boot, volumes hold files, addresses lead somewhere, names can be asked. */
export class MachineEffects extends PaperOnly {
  private readonly machines: Machines;
  private readonly volumes: LoopVolumes;
  private readonly addresses: Addresses;

  constructor(
    world: World,
    private readonly network: string,
  ) {
    super(world);
    this.machines = new Machines(network);
    this.volumes = new LoopVolumes(world.folder ?? "", this.machines);
    this.addresses = new Addresses(network);
  }

  override async created(call: Call, thing: Thing): Promise<Properties> {
    await super.created(call, thing);
    const { token, id, inputs } = thing;
    if (token === instanceToken) {
      const key = this.world.find(String(inputs.keyName))?.inputs.publicKey;
      const privateIp = await this.machines.launch(id, {
        type: String(inputs.instanceType),
        loginKey: String(key),
        userData: String(reveal(inputs.userData ?? "")),
      });
      return { privateIp };
    }
    if (token === "aws:ebs/volume:Volume") this.volumes.make(id, Number(inputs.size));
    if (token === attachmentToken)
      await this.volumes.attach(String(inputs.volumeId), String(inputs.instanceId));
    if (token === powerToken) {
      const instance = String(inputs.instanceId);
      await this.machines.start(instance);
      await this.attachAgain(instance);
    }
    if (token === associationToken) this.pointAddresses(thing);
    if (token === "aws:route53/record:Record") await this.setName(inputs);
    return {};
  }

  override async updated(call: Call, thing: Thing): Promise<void> {
    await super.updated(call, thing);
    const { token, id, inputs } = thing;
    if (token === instanceToken) {
      const type = String(inputs.instanceType);
      if (type !== this.world.find(id)?.inputs.instanceType) {
        await this.machines.resize(id, type);
        this.world.note({ action: "stop", token, name: call.name, id });
        await this.attachAgain(id);
      }
    }
    if (token === "aws:ebs/volume:Volume") this.volumes.grow(id, Number(inputs.size));
    if (token === "aws:route53/record:Record") await this.setName(inputs);
  }

  override async deleting(call: Call, thing: Thing): Promise<void> {
    await super.deleting(call, thing);
    if (thing.token === attachmentToken) {
      // As `stopInstanceBeforeDetaching` does: shut down in order, then take the volume away.
      await this.machines.stop(String(thing.inputs.instanceId));
      this.volumes.detach(String(thing.inputs.volumeId));
    }
  }

  override async deleted(_call: Call, thing: Thing): Promise<void> {
    if (thing.token === instanceToken) await this.machines.destroy(thing.id);
    if (thing.token === "aws:ebs/volume:Volume") this.volumes.remove(thing.id);
    if (thing.token === associationToken) this.pointAddresses();
  }

  private async attachAgain(instance: string): Promise<void> {
    const attachments = this.world
      .all(attachmentToken)
      .filter(({ inputs }) => inputs.instanceId === instance);
    for (const { inputs } of attachments) await this.volumes.attach(String(inputs.volumeId), instance);
  }

  /** Every associated address leads to its instance's machine. */
  private pointAddresses(added?: Thing): void {
    const associations = [...this.world.all(associationToken), ...(added === undefined ? [] : [added])];
    const pairs = associations.map(({ inputs }) => ({
      publicIp: String(this.world.find(String(inputs.allocationId))?.outputs.publicIp),
      privateIp: String(this.world.find(String(inputs.instanceId))?.outputs.privateIp),
    }));
    this.addresses.point(pairs);
  }

  private async setName(inputs: Properties): Promise<void> {
    if (inputs.type !== "A") return;
    const [address] = inputs.records as string[];
    await this.machines.script("dns.sh", ["set", this.network, String(inputs.name), "A", String(address)]);
  }
}
