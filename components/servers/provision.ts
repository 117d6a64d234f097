import { createHash } from "node:crypto";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Certificate, Server } from "../platforms/platform";
import { refusal } from "../refusal";
import { bundleOf } from "../roles/bundle";
import type { PeerFacts } from "../roles/facts";
import { rolesOf } from "../roles/roles";
import type { Settings } from "../settings/settings";
import { type Archive, deterministicArchive } from "./archive";
import { formatAssignments } from "./assignments";
import { firewallOf } from "./firewall";
import type { InternalAuthority } from "./internalAuthority";
import { becomeRoot, loginCommand } from "./login";
import { type ProvisioningPlan, planProvisioning } from "./provisioning";
import type { Survey } from "./survey";

export interface ProvisionArgs {
  readonly server: Server;
  readonly settings: Settings;
  /** Undefined where the server shows none. */
  readonly certificate?: Certificate;
  /** Signs what the server shows to the others; undefined where it is the only one. */
  readonly internal?: InternalAuthority;
  /** Knows what the server says of itself. */
  readonly survey: Survey;
  /** All servers of the stack: some of them connect to this one. */
  readonly peers: readonly Server[];
  /** Whether others stand in for it: then it has to be healthy before the next of them is changed. */
  readonly inGroup: boolean;
}

/**
 * Makes a machine a server: one upload of scripts/server and one command, which changes what differs and nothing else. Runs again when
 * the scripts or the settings change, when the server is not as the last run left it, and again when the machine behind the address is
 * another one or has another size.
 */
export class Provision extends pulumi.ComponentResource {
  /** Resolves when the server is as its settings say; changes with each run. */
  readonly ready: pulumi.Output<string>;

  constructor(name: string, args: ProvisionArgs, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:server:Provision", name, { server: args.server.serverName }, options);
    const { server, settings, certificate, peers } = args;
    const { scripts, assignments } = bundleOf(rolesOf(server.tiers, settings), settings, {
      certificate: certificate?.source === "local" ? certificate : undefined,
      hostKey: pulumi.output(server.connection).apply(({ hostKey }) => hostKey),
      machine: server.machineFacts,
      internal: args.internal?.certificateOf(server, { parent: this }),
      privateAddress: server.privateIp,
      databaseServers: peerFacts(peers.filter(({ tiers }) => tiers.includes("database"))),
      firewallRules: firewallOf(server, peers),
      takeOver: mayTakeOver(server, settings),
    });
    const archive = deterministicArchive(scripts);
    const stdin = assignments.apply(formatAssignments);
    const run = this.run(name, archive, stdin, args);
    const access = this.command(
      `${name}-access`,
      args,
      { create: confirmCommand, stdin: pulumi.secret(run.stdout) },
      { dependsOn: run },
    );
    if (args.inGroup) {
      this.command(
        `${name}-healthy`,
        args,
        { create: healthCommand, stdin: run.stdout },
        { dependsOn: access },
      );
    }
    this.ready = pulumi.interpolate`${run.id} ${archive.hash}`;
    this.registerOutputs({ server: server.serverName, ready: this.ready });
  }

  private run(name: string, archive: Archive, stdin: pulumi.Output<string>, args: ProvisionArgs) {
    const { connection, instanceId, size } = args.server;
    const plan = planned(name, archive, stdin, args);
    const upload = new remote.CopyToRemote(
      `${name}-scripts`,
      {
        connection,
        source: new pulumi.asset.FileAsset(archive.path),
        remotePath: plan.remotePath,
        triggers: [instanceId, size],
      },
      { parent: this },
    );
    return this.command(
      `${name}-provision`,
      args,
      { create: plan.command, stdin },
      { dependsOn: upload, customTimeouts: { create: "30m", update: "30m" } },
    );
  }

  /** A command on the server, done again on another machine. */
  private command(
    name: string,
    { server: { connection, instanceId, size } }: ProvisionArgs,
    inputs: { readonly create: pulumi.Input<string>; readonly stdin: pulumi.Output<string> },
    options: pulumi.CustomResourceOptions,
  ): remote.Command {
    return new remote.Command(
      name,
      { connection, ...inputs, triggers: [instanceId, size], addPreviousOutputInEnv: false },
      { parent: this, ...options },
    );
  }
}

function peerFacts(servers: readonly Server[]): pulumi.Output<PeerFacts[]> {
  const known = servers.map(({ serverName: name, privateIp }) =>
    privateIp.apply((address) => ({ name, address })),
  );
  return pulumi.all(known) as pulumi.Output<PeerFacts[]>;
}

/** A second login, by the way of the first: without it the server takes back what a run changed of sshd and the firewall. */
const confirmCommand = loginCommand(
  [...becomeRoot, "exec $root /opt/one-server-web/provision.sh confirm </dev/null"].join("\n"),
);

/** Waits until the server works; what provisioning printed has it run after each. */
const healthCommand = loginCommand(
  [...becomeRoot, "exec $root /opt/one-server-web/healthy.sh </dev/null"].join("\n"),
);

/** Whether a machine may hold something else: platforms other than `ssh` made it for this stack. */
function mayTakeOver({ platform }: Server, { ssh }: Settings): boolean {
  return platform !== "ssh" || ssh.takeOver;
}

/** What has to be done, after a look at the server where it is not new to the stack. */
function planned(
  name: string,
  archive: Archive,
  stdin: pulumi.Output<string>,
  { server, settings, survey }: ProvisionArgs,
): pulumi.Output<ProvisioningPlan> {
  return survey.of(server).apply((sight) => {
    const plan = (digest: string) => {
      const made = planProvisioning(name, archive, sight, digest, mayTakeOver(server, settings));
      if (made.refusal !== undefined) throw refusal(made.refusal);
      return made;
    };
    // Without a report the settings are not compared, and need not be known yet.
    if (sight.reported === undefined) return pulumi.output(plan(""));
    // What ends the run does so at preview, where the settings may not be known.
    plan("");
    return pulumi.unsecret(
      stdin.apply((text) => {
        const seen = plan(createHash("sha256").update(text).digest("hex"));
        if (seen.warning !== undefined) void pulumi.log.warn(seen.warning, server);
        return seen;
      }),
    );
  });
}
