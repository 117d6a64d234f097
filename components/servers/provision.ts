import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Certificate, Server } from "../platforms/platform";
import { bundleOf } from "../roles/bundle";
import { rolesOf } from "../roles/roles";
import type { Settings } from "../settings/settings";
import { deterministicArchive } from "./archive";
import { formatAssignments, shellQuote } from "./assignments";

export interface ProvisionArgs {
  readonly server: Server;
  readonly settings: Settings;
  /** Undefined where the server shows none. */
  readonly certificate?: Certificate;
}

/** Where the upload lies, from the login user's home. */
const uploadPath = "one-server-web-provision.tar.gz";

/**
 * Makes a machine a server: one upload of scripts/server and one command, which changes what differs and nothing else. Runs again when
 * the scripts or the settings change, and anew when the machine behind the address is another one or has another size.
 */
export class Provision extends pulumi.ComponentResource {
  /** Resolves when the server is as its settings say; changes with each run. */
  readonly ready: pulumi.Output<string>;

  constructor(name: string, args: ProvisionArgs, options?: pulumi.ComponentResourceOptions) {
    super("one-server-web:server:Provision", name, { server: args.server.serverName }, options);
    const { server, settings, certificate } = args;
    const { connection, machineFacts: machine } = server;
    const { scripts, assignments } = bundleOf(rolesOf(server.tiers, settings), settings, {
      certificate: certificate?.source === "local" ? certificate : undefined,
      hostKey: pulumi.output(connection).apply(({ hostKey }) => hostKey),
      machine,
    });
    const archive = deterministicArchive(scripts);
    const triggers = [server.instanceId, server.size];

    const upload = new remote.CopyToRemote(
      `${name}-scripts`,
      { connection, source: new pulumi.asset.FileAsset(archive.path), remotePath: uploadPath, triggers },
      { parent: this },
    );
    const run = new remote.Command(
      `${name}-provision`,
      {
        connection,
        create: provisionCommand(archive.hash, archive.digest),
        stdin: assignments.apply(formatAssignments),
        triggers,
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: upload, customTimeouts: { create: "30m", update: "30m" } },
    );
    this.ready = pulumi.interpolate`${run.id} ${archive.hash}`;
    this.registerOutputs({ server: server.serverName, ready: this.ready });
  }
}

/**
 * The command that unpacks the uploaded scripts and runs them, as root or through sudo. Its settings come on standard input, which nothing
 * before provision.sh reads.
 * @param hash names the folder, so that a run still at work keeps its own scripts.
 * @param digest SHA-256 of the uploaded file.
 */
export function provisionCommand(hash: string, digest: string): string {
  const folder = `/opt/one-server-web-${hash.slice(0, 16)}`;
  const asRoot = [
    "set -eu",
    `[ -x ${folder}/provision.sh ] || {`,
    `  rm -rf ${folder}.part ${folder}`,
    `  mkdir -p ${folder}.part`,
    `  tar -xzf "$1" --no-same-owner -C ${folder}.part`,
    `  mv -T ${folder}.part ${folder}`,
    "}",
    `ln -sfn ${folder} /opt/one-server-web.new`,
    "mv -fT /opt/one-server-web.new /opt/one-server-web",
    `exec ${folder}/provision.sh`,
  ].join("\n");
  return [
    "set -eu",
    `bundle="$HOME/${uploadPath}"`,
    `echo "${digest}  $bundle" | sha256sum --check --status || { echo "error: the scripts in $bundle are not whole: run again" >&2; exit 1; }`,
    'root=""',
    '[ "$(id -u)" = 0 ] || root="sudo -n"',
    `exec $root sh -c ${shellQuote(asRoot)} provision "$bundle"`,
  ].join("\n");
}
