import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Server } from "../platforms/platform";
import type { Settings } from "../settings/settings";
import { type Archive, deterministicArchive } from "./archive";

export interface ReleaseArgs {
  /** The machine that serves the site. */
  readonly server: Server;
  /** The provisioning that has to be finished before a release goes live. The upload does not wait for it. */
  readonly provision: pulumi.Resource;
  readonly settings: Pick<Settings, "site">;
}

/** What is done on the server to put a release live. */
export interface ReleasePlan {
  /** The release's name. */
  readonly release: string;
  /** Where the archive is put, from the login's home folder; undefined when the release is on the server already. */
  readonly upload: string | undefined;
  /** The shell command, to be run as root. */
  readonly command: string;
}

/** How many characters of the archive's hash name a release: 48 bits, no two releases of one site share them. */
const nameLength = 12;

/** The name of the release that a folder's content makes. */
export function releaseName(hash: string): string {
  return hash.slice(0, nameLength);
}

/**
 * Decides what has to be uploaded and run.
 * @param pinned a release that is on the server already and shall be live instead of the folder's.
 */
export function planRelease(archive: Pick<Archive, "hash" | "digest">, pinned?: string): ReleasePlan {
  const release = releaseName(archive.hash);
  const script = "/opt/one-server-web/release.sh";
  if (pinned !== undefined && pinned !== release) {
    return { release: pinned, upload: undefined, command: `${script} deploy ${pinned}` };
  }
  const upload = `.one-server-web-release-${release}.tar.gz`;
  return {
    release,
    upload,
    command: `${script} deploy ${release} --archive "$HOME/${upload}" --digest ${archive.digest}`,
  };
}

/** One release of the site on one server: uploaded while the server is provisioned, then put live with no failed request. */
export class Release extends pulumi.ComponentResource {
  /** The name of the release that is live. */
  public readonly release: pulumi.Output<string>;
  /** What the deployment printed. */
  public readonly log: pulumi.Output<string>;

  constructor(name: string, args: ReleaseArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { server, provision, settings } = args;
    const archive = deterministicArchive(settings.site.folder);
    const plan = planRelease(archive, settings.site.release);
    super(
      "one-server-web:server:Release",
      name,
      { server: server.serverName, release: plan.release },
      options,
    );
    // Another machine behind the same address has neither the files nor the release.
    const triggers = [server.instanceId];
    const upload =
      plan.upload === undefined
        ? []
        : [
            new remote.CopyToRemote(
              `${name}-upload`,
              {
                connection: server.connection,
                source: new pulumi.asset.FileAsset(archive.path),
                remotePath: plan.upload,
                triggers,
              },
              { parent: this },
            ),
          ];
    const sudo = pulumi
      .output(server.connection)
      .apply(({ user }) => ((user ?? "root") === "root" ? "" : "sudo -n "));
    const deployment = new remote.Command(
      `${name}-deploy`,
      {
        connection: server.connection,
        create: pulumi.unsecret(pulumi.interpolate`${sudo}${plan.command}`),
        triggers,
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: [provision, ...upload] },
    );
    // Known only once the server says so: whoever reads it waits for the release to be live.
    this.release = deployment.stdout.apply(() => plan.release);
    this.log = deployment.stdout;
    this.registerOutputs({ release: this.release, server: server.serverName });
  }
}
