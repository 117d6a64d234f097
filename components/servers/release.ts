import { createHmac } from "node:crypto";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Server } from "../platforms/platform";
import { releaseAssignments } from "../roles/assignments";
import type { PlainSettings, Settings } from "../settings/settings";
import type { Archive } from "./archive";
import { formatAssignments } from "./assignments";
import { driftWarning, judge, judgeCopy, marked, markOf } from "./drift";
import { siteArchive } from "./siteArchive";
import type { Sight, Survey } from "./survey";

export interface ReleaseArgs {
  /** The machine that serves the site. */
  readonly server: Server;
  /** What has to be finished before a release goes live: the server's own provisioning and its database's. The upload does not wait. */
  readonly provisions: readonly pulumi.Resource[];
  readonly settings: Settings;
  /** Knows what the server says of itself. */
  readonly survey: Survey;
}

/** What makes a release besides its files. */
export interface ReleaseContract {
  /** Shell assignments, with the site's environment among them: secret. */
  readonly text: string;
  /** Keeps what is in the text from being guessed by the release's name, which visitors see; secret. */
  readonly key: string;
}

/** What is done on the server to put a release live. */
export interface ReleasePlan {
  /** The release's name. */
  readonly release: string;
  /** Where the archive is put, from the login's home folder. */
  readonly upload: string;
  /** The shell command, to be run as root. */
  readonly command: string;
  /** The command's standard input; secret. */
  readonly stdin: string;
}

/** As far as a plan depends on what is on the server. */
export interface SeenReleasePlan extends ReleasePlan {
  /** What a person should know of the server: that it drifted. */
  readonly warning: string | undefined;
}

/** How many hexadecimal digits of a hash name a release or an upload: 48 bits, no two of one site share them. */
const nameLength = 12;

/** What of the settings belongs to a release. */
export function releaseContract(settings: PlainSettings): ReleaseContract {
  return { text: formatAssignments(releaseAssignments(settings)), key: settings.database.password };
}

/**
 * The name of a release: the same files with the same settings are the same release.
 *
 * The environment may hold secrets, and the name is sent to every visitor (X-Release). With a plain hash somebody who has the files could
 * try out passwords; the key, which never leaves the stack and its servers, prevents that.
 * @param hash of the files, as `Archive` has it.
 */
export function releaseName(hash: string, { text, key }: ReleaseContract): string {
  return createHmac("sha256", key).update(`${hash}\n${text}`).digest("hex").slice(0, nameLength);
}

/** Where files are put, from the login's home folder. The same files are uploaded once, whatever settings go with them. */
export function uploadPath({ hash }: Pick<Archive, "hash">): string {
  return `.one-server-web-release-${hash.slice(0, nameLength)}.tar.gz`;
}

/**
 * Decides what has to be uploaded and run.
 * @param pinned a release that is on the server already, with its settings, and shall be live instead of the folder's.
 * @param upload where the archive is put, when not in its usual place.
 */
export function planRelease(
  archive: Pick<Archive, "hash" | "digest">,
  contract: ReleaseContract,
  pinned?: string,
  upload: string = uploadPath(archive),
): ReleasePlan {
  const release = releaseName(archive.hash, contract);
  const script = "/opt/one-server-web/release.sh";
  if (pinned !== undefined && pinned !== release) {
    return { release: pinned, upload, command: `${script} deploy ${pinned}`, stdin: "" };
  }
  const files = `--archive "$HOME/${upload}" --digest ${archive.digest}`;
  return {
    release,
    upload,
    command: `${script} deploy ${release} ${files} --settings`,
    stdin: contract.text,
  };
}

/**
 * The plan for a server that may not be as the stack's state says: another release is live there, or its upload is gone.
 * @param name of the server
 */
export function planReleaseOn(
  name: string,
  archive: Pick<Archive, "hash" | "digest">,
  contract: ReleaseContract,
  pinned: string | undefined,
  { believed, reported, freshMark }: Sight,
): SeenReleasePlan {
  const usual = planRelease(archive, contract, pinned);
  const text = believed.commands[`${name}-deploy`]?.text;
  const was = /\brelease\.sh deploy (\S+)/.exec(text ?? "")?.[1];
  const { mark, drifted } = judge(
    text === undefined || was === undefined ? undefined : { release: was, mark: markOf(text) },
    // A server of version 0.1.0 does not say which release is live.
    reported?.facts.release === undefined ? undefined : reported.facts,
    { release: usual.release },
    freshMark,
  );
  const copy = judgeCopy(
    believed.copies[`${name}-upload`],
    reported?.digests,
    { remotePath: usual.upload, hash: archive.hash, digest: archive.digest },
    /--digest ([0-9a-f]{64})/.exec(text ?? "")?.[1],
    freshMark,
  );
  const plan = planRelease(archive, contract, pinned, copy.remotePath);
  return {
    ...plan,
    command: marked(plan.command, mark),
    warning: driftWarning(name, [
      ...(drifted.length === 0
        ? []
        : [`${reported?.facts.release || "no release"} is live, and this stack deployed ${was}`]),
      ...(copy.drifted ? ["the uploaded release is not in the login's home folder"] : []),
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
    const contract = pulumi.output(settings).apply(releaseContract);
    const usual = pulumi.unsecret(contract.apply((known) => planRelease(archive, known, pinned).release));
    super("one-server-web:server:Release", name, { server: server.serverName, release: usual }, options);
    const plan = pulumi.all([contract, survey.of(server)]).apply(([known, sight]) => {
      const seen = planReleaseOn(name, archive, known, pinned, sight);
      if (seen.warning !== undefined) void pulumi.log.warn(seen.warning, server);
      return seen;
    });
    // Another machine behind the same address has neither the files nor the release.
    const triggers = [server.instanceId];
    const upload = new remote.CopyToRemote(
      `${name}-upload`,
      {
        connection: server.connection,
        source: new pulumi.asset.FileAsset(archive.path),
        remotePath: pulumi.unsecret(plan.upload),
        triggers,
      },
      { parent: this },
    );
    const sudo = pulumi
      .output(server.connection)
      .apply(({ user }) => ((user ?? "root") === "root" ? "" : "sudo -n "));
    const deployment = new remote.Command(
      `${name}-deploy`,
      {
        connection: server.connection,
        create: pulumi.unsecret(pulumi.interpolate`${sudo}${plan.command}`),
        stdin: pulumi.secret(plan.stdin),
        triggers,
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: [...provisions, upload] },
    );
    // Known only once the server says so: a reader of this output waits for the release to be live.
    this.release = pulumi.all([deployment.stdout, usual]).apply(([, release]) => release);
    this.log = deployment.stdout;
    this.registerOutputs({ release: this.release, server: server.serverName });
  }
}
