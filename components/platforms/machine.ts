import type { types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Tier } from "../../policy/vocabulary";
import type { MachineFacts } from "../roles/facts";

/** Who may open connections to a server besides logins over SSH, which the platform admits itself. */
export interface Admission {
  /** Names the rule among those of the server, such as `https`. */
  readonly name: string;
  /** What the connections are for; it stands beside the rule in the platform's firewall. */
  readonly description: string;
  /** Any address, or the servers of a tier. */
  readonly from: "anyone" | Tier;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
}

/** What a rung asks of a platform when it wants a machine. */
export interface ServerArgs {
  /** The tiers this machine holds, the one it is named after first; policies read them to tell what fails with it. */
  readonly tiers: readonly Tier[];
  /** In the platform's own words (AWS: an instance type; local: MiB of memory). The platform's default when undefined. */
  readonly size: string | undefined;
  /** Where to place it, in the platform's own words (AWS: an availability zone). The platform chooses when unset. */
  readonly zone?: string;
  /** Whether it holds data that has to outlive the machine: the database, shared paths, certificates. */
  readonly keepsData: boolean;
  /** Everything else is refused. */
  readonly admits: readonly Admission[];
  /** Whether the data on it is backed up elsewhere; policies read it. */
  readonly backup?: boolean;
}

/** What a platform knows of a machine that it made or found. */
export interface Machine {
  /** How @pulumi/command reaches it; the private key inside is secret. */
  readonly connection: pulumi.Output<types.input.remote.ConnectionArgs>;
  readonly publicIp: pulumi.Output<string>;
  readonly privateIp: pulumi.Output<string>;
  /** The IPv6 address that AAAA records point at, where the machine has one. */
  readonly publicIpv6?: pulumi.Output<string>;
  /** Changes when the machine behind the address is another one: provisioning is triggered by it. */
  readonly instanceId: pulumi.Output<string>;
  /** Changes when the machine is resized (AWS: the instance type): provisioning is triggered by it. */
  readonly size: pulumi.Output<string>;
  /** A command line that logs in, for people. */
  readonly login: pulumi.Output<string>;
  /** What its roles need to know of this machine alone, such as the device of its data volume. */
  readonly machineFacts?: pulumi.Output<MachineFacts>;
}
