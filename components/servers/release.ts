import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Server } from "../platforms/platform";
import type { Settings } from "../settings/settings";
import type { Archive } from "./archive";
import { driftWarning, judge, judgeCopy, marked, markOf } from "./drift";
import { siteArchive } from "./siteArchive";
import type { Sight, Survey } from "./survey";

export interface ReleaseArgs {
  /** The machine that serves the site. */
  readonly server: Server;
  /** What has to be finished before a release goes live: the server's own provisioning and its database's. The upload does not wait. */
  readonly provisions: readonly pulumi.Resource[];
  readonly settings: Pick<Settings, "site">;
  /** Knows what the server says of itself. */
  readonly survey: Survey;
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

/** As far as a plan depends on what is on the server. */
export interface SeenReleasePlan extends ReleasePlan {
  /** What a person should know of the server: that it drifted. */
  readonly warning: string | undefined;
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
 * @param remotePath where the archive is put, when not in its usual place.
 */
export function planRelease(
  archive: Pick<Archive, "hash" | "digest">,
  pinned?: string,
  remotePath?: string,
): ReleasePlan {
  const release = releaseName(archive.hash);
  const script = "/opt/one-server-web/release.sh";
  if (pinned !== undefined && pinned !== release) {
    return { release: pinned, upload: undefined, command: `${script} deploy ${pinned}` };
  }
  const upload = remotePath ?? `.one-server-web-release-${release}.tar.gz`;
  return {
    release,
    upload,
    command: `${script} deploy ${release} --archive "$HOME/${upload}" --digest ${archive.digest}`,
  };
}

/**
 * The plan for a server that may not be as the stack's state says: another release is live there, or its upload is gone.
 * @param name of the server
 */
export function planReleaseOn(
  name: string,
  archive: Pick<Archive, "hash" | "digest">,
  pinned: string | undefined,
  { believed, reported, freshMark }: Sight,
): SeenReleasePlan {
  const usual = planRelease(archive, pinned);
  const text = believed.commands[`${name}-deploy`]?.text;
  const was = /\brelease\.sh deploy (\S+)/.exec(text ?? "")?.[1];
  const { mark, drifted } = judge(
    text === undefined || was === undefined ? undefined : { release: was, mark: markOf(text) },
    // A server of version 0.1.0 does not say which release is live.
    reported?.facts.release === undefined ? undefined : reported.facts,
    { release: usual.release },
    freshMark,
  );
  const copy =
    usual.upload === undefined
      ? undefined
      : judgeCopy(
          believed.copies[`${name}-upload`],
          reported?.digests,
          { remotePath: usual.upload, hash: archive.hash, digest: archive.digest },
          /--digest ([0-9a-f]{64})/.exec(text ?? "")?.[1],
          freshMark,
        );
  const plan = planRelease(archive, pinned, copy?.remotePath);
  return {
    ...plan,
    command: marked(plan.command, mark),
    warning: driftWarning(name, [
      ...(drifted.length === 0
        ? []
        : [`${reported?.facts.release || "no release"} is live, and this stack deployed ${was}`]),
      ...(copy?.drifted === true ? ["the uploaded release is not in the login's home folder"] : []),
    ]),
  };
}

/** One release of the site on one server: uploaded while the server is provisioned, then put live with no failed request. */
export class Release extends pulumi.ComponentResource {
  /** The name of the release that is live. */
  public readonly release: pulumi.Output<string>;
  /** What the deployment printed. */
  public readonly log: pulumi.Output<string>;

  constructor(name: string, args: ReleaseArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { server, provisions, settings, survey } = args;
    const archive = siteArchive(settings.site);
    const pinned = settings.site.release;
    const usual = planRelease(archive, pinned);
    super(
      "one-server-web:server:Release",
      name,
      { server: server.serverName, release: usual.release },
      options,
    );
    const plan = survey.of(server).apply((sight) => {
      const seen = planReleaseOn(name, archive, pinned, sight);
      if (seen.warning !== undefined) void pulumi.log.warn(seen.warning, server);
      return seen;
    });
    // Another machine behind the same address has neither the files nor the release.
    const triggers = [server.instanceId];
    const upload =
      usual.upload === undefined
        ? []
        : [
            new remote.CopyToRemote(
              `${name}-upload`,
              {
                connection: server.connection,
                source: new pulumi.asset.FileAsset(archive.path),
                remotePath: plan.apply(({ upload }) => upload ?? ""),
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
      { parent: this, dependsOn: [...provisions, ...upload] },
    );
    // Known only once the server says so: a reader of this output waits for the release to be live.
    this.release = deployment.stdout.apply(() => usual.release);
    this.log = deployment.stdout;
    this.registerOutputs({ release: this.release, server: server.serverName });
  }
}
