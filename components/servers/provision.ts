import { createHash } from "node:crypto";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Certificate, Server } from "../platforms/platform";
import { bundleOf } from "../roles/bundle";
import { rolesOf } from "../roles/roles";
import type { Settings } from "../settings/settings";
import { type Archive, deterministicArchive } from "./archive";
import { formatAssignments } from "./assignments";
import { firewallRules } from "./firewall";
import { type ProvisioningPlan, planProvisioning } from "./provisioning";
import type { Survey } from "./survey";

export interface ProvisionArgs {
  readonly server: Server;
  readonly settings: Settings;
  /** Undefined where the server shows none. */
  readonly certificate?: Certificate;
  /** Knows what the server says of itself. */
  readonly survey: Survey;
  /** All servers of the stack: some of them connect to this one. */
  readonly peers: readonly Server[];
  /** Whether others stand in for it: then it has to be healthy before the next of them is changed. */
  readonly inGroup: boolean;
}

/**
 * Makes a machine a server: one upload of scripts/server and one command, which changes what differs and nothing else. Runs again when
 * the scripts or the settings change, when the server is not as the last run left it, and anew when the machine behind the address is
 * another one or has another size.
 */
export class Provision extends pulumi.ComponentResource {
  /** Resolves when the server is as its settings say; changes with each run. */
  readonly ready: pulumi.Output<string>;

  constructor(name: string, args: ProvisionArgs, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:server:Provision", name, { server: args.server.serverName }, options);
    const { server, settings, certificate, peers, inGroup } = args;
    const { connection, machineFacts: machine } = server;
    const { scripts, assignments } = bundleOf(rolesOf(server.tiers, settings), settings, {
      certificate: certificate?.source === "local" ? certificate : undefined,
      hostKey: pulumi.output(connection).apply(({ hostKey }) => hostKey),
      machine,
      firewallRules: rulesOf(server, peers),
    });
    const archive = deterministicArchive(scripts);
    const stdin = assignments.apply(formatAssignments);
    const plan = planned(name, archive, stdin, args);
    const triggers = [server.instanceId, server.size];

    const upload = new remote.CopyToRemote(
      `${name}-scripts`,
      {
        connection,
        source: new pulumi.asset.FileAsset(archive.path),
        remotePath: plan.remotePath,
        triggers,
      },
      { parent: this },
    );
    const run = new remote.Command(
      `${name}-provision`,
      {
        connection,
        create: plan.command,
        stdin,
        triggers,
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: upload, customTimeouts: { create: "30m", update: "30m" } },
    );
    if (inGroup) {
      new remote.Command(
        `${name}-healthy`,
        { connection, create: healthCommand, stdin: run.stdout, triggers, addPreviousOutputInEnv: false },
        { parent: this, dependsOn: run },
      );
    }
    this.ready = pulumi.interpolate`${run.id} ${archive.hash}`;
    this.registerOutputs({ server: server.serverName, ready: this.ready });
  }
}

/** Waits until the server works; what provisioning printed has it run after each. */
const healthCommand = [
  'root=""',
  '[ "$(id -u)" = 0 ] || root="sudo -n"',
  "exec $root /opt/one-server-web/healthy.sh </dev/null",
].join("\n");

/** Who may connect to a server, as its own firewall says it. */
function rulesOf(server: Server, peers: readonly Server[]): pulumi.Output<string> {
  const { admits } = server;
  const admitted = peers.filter(({ tiers }) =>
    admits.some(({ from }) => from !== "anyone" && tiers.includes(from)),
  );
  const addresses = pulumi.all(admitted.map(({ publicIp, privateIp }) => pulumi.all([publicIp, privateIp])));
  return addresses.apply((known) =>
    firewallRules(admits, (tier) =>
      admitted.flatMap(({ tiers }, index) => (tiers.includes(tier) ? (known[index] ?? []) : [])),
    ),
  );
}

/** What has to be done, after a look at the server where it is not new to the stack. */
function planned(
  name: string,
  archive: Archive,
  stdin: pulumi.Output<string>,
  { server, survey }: ProvisionArgs,
): pulumi.Output<ProvisioningPlan> {
  return survey.of(server).apply((sight) => {
    const plan = (settings: string) => planProvisioning(name, archive, sight, settings);
    // Without a report the settings are not compared, and need not be known yet.
    if (sight.reported === undefined) return pulumi.output(plan(""));
    return pulumi.unsecret(
      stdin.apply((text) => {
        const seen = plan(createHash("sha256").update(text).digest("hex"));
        if (seen.warning !== undefined) void pulumi.log.warn(seen.warning, server);
        return seen;
      }),
    );
  });
}
