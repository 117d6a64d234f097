import * as pulumi from "@pulumi/pulumi";
import type { PlatformName, Tier } from "../../policy/vocabulary";
import type { MachineFacts } from "../roles/facts";
import type { Endpoint } from "./endpoint";
import type { Admission, Machine } from "./machine";

/** What a server is, whatever machine stands behind it. */
export interface ServerFacts {
  readonly platform: PlatformName;
  readonly tiers: readonly Tier[];
  /** In the platform's own words; empty where it is unknown. */
  readonly zone: pulumi.Input<string>;
  readonly admits: readonly Admission[];
  readonly backup?: boolean | undefined;
}

/**
 * A machine reached over SSH, the same on every platform.
 *
 * Inputs are what policies for one resource and `pulumi preview --json` show of a component; policies for the whole stack see its registered
 * outputs alone. So a server gives name, tiers, zone, platform and backup as both.
 */
export class Server extends pulumi.ComponentResource implements Machine {
  /** The server's name within its stack, such as `web-1`. */
  readonly serverName: string;
  readonly platform: PlatformName;
  readonly tiers: readonly Tier[];
  readonly zone: pulumi.Output<string>;
  readonly admits: readonly Admission[];
  readonly connection: Machine["connection"];
  readonly publicIp: pulumi.Output<string>;
  readonly privateIp: pulumi.Output<string>;
  readonly publicIpv6?: pulumi.Output<string>;
  readonly instanceId: pulumi.Output<string>;
  readonly size: pulumi.Output<string>;
  readonly login: pulumi.Output<string>;
  readonly machineFacts?: pulumi.Output<MachineFacts>;

  /** @param makeMachine makes what stands behind the server, with the server as parent */
  constructor(
    name: string,
    { platform, tiers, zone, admits, backup = false }: ServerFacts,
    makeMachine: (server: Server) => Machine,
    options: pulumi.ComponentResourceOptions,
  ) {
    const facts = { name, tiers: [...tiers], zone, platform, backup };
    super(`one-server-web:${platform}:Server`, name, { ...facts }, options);
    this.serverName = name;
    this.platform = platform;
    this.tiers = tiers;
    this.zone = pulumi.output(zone);
    this.admits = admits;
    const machine = makeMachine(this);
    this.connection = machine.connection;
    this.publicIp = machine.publicIp;
    this.privateIp = machine.privateIp;
    this.instanceId = machine.instanceId;
    this.size = machine.size;
    this.login = machine.login;
    if (machine.publicIpv6 !== undefined) this.publicIpv6 = machine.publicIpv6;
    if (machine.machineFacts !== undefined) this.machineFacts = machine.machineFacts;
    this.registerOutputs({
      ...facts,
      instanceId: this.instanceId,
      publicIp: this.publicIp,
      privateIp: this.privateIp,
    });
  }

  /** The server as what names point at: visitors connect to the machine itself. */
  get endpoint(): Endpoint {
    const address = {
      ipv4: this.publicIp,
      ...(this.publicIpv6 === undefined ? {} : { ipv6: this.publicIpv6 }),
    };
    return { target: { addresses: [address] }, tls: "servers" };
  }
}
