import { createHmac } from "node:crypto";
import { releaseAssignments } from "../roles/assignments";
import type { PlainSettings } from "../settings/settings";
import type { Archive } from "./archive";
import { formatAssignments } from "./assignments";
import { driftWarning, judge, judgeCopy, marked, markOf } from "./drift";
import type { Sight } from "./survey";

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

/** The uploaded files, as release.sh takes them. */
function uploadedFiles(upload: string, { digest }: Pick<Archive, "digest">): string {
  return `--archive "$HOME/${upload}" --digest ${digest}`;
}

/** What a person is shown of a server on which another release is live than this stack deployed. */
function otherRelease(reported: string | undefined, deployed: string | undefined): string {
  return `${reported || "no release"} is live, and this stack deployed ${deployed}`;
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
  return {
    release,
    upload,
    command: `${script} deploy ${release} ${uploadedFiles(upload, archive)} --settings`,
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
      ...(drifted.length === 0 ? [] : [otherRelease(reported?.facts.release, was)]),
      ...(copy.drifted ? ["the uploaded release is not in the login's home folder"] : []),
    ]),
  };
}

/** One of several servers that a release goes to. */
export interface RolloutTarget {
  readonly name: string;
  /** How it is reached over SSH; secret. */
  readonly connection: object;
  /** Where the files were uploaded to, from the login's home folder. */
  readonly upload: string;
  /** The release that the server says is live; undefined where it could not be asked. */
  readonly reported: string | undefined;
}

/** What scripts/cli/rollout.ts reads from its standard input; secret. */
export interface RolloutInput {
  readonly release: string;
  /** In the order in which they go live; `files` is what prepare and finish take besides the release. */
  readonly servers: readonly { readonly name: string; readonly connection: object; readonly files: string }[];
  /** The release's settings; undefined for one that is on the servers already. */
  readonly settings?: string;
}

/** What the settings and the stack's state say of a rollout. */
export interface RolloutFacts {
  readonly pinned: string | undefined;
  /** The command that the state says was run; undefined where there was none. */
  readonly believed: string | undefined;
  /** A mark that no command had before. */
  readonly freshMark: string;
}

/** Decides how several servers are driven: by one command on this host, which is run again when one of them has another release. */
export function planRollout(
  targets: readonly RolloutTarget[],
  archive: Pick<Archive, "hash" | "digest">,
  contract: ReleaseContract,
  { pinned, believed, freshMark }: RolloutFacts,
): { readonly command: string; readonly stdin: string; readonly warnings: readonly string[] } {
  const own = planRelease(archive, contract, pinned);
  const { release } = own;
  const isPinned = own.stdin === "";
  const was = /\brollout\.ts (\S+)/.exec(believed ?? "")?.[1];
  const state =
    believed === undefined || was === undefined ? undefined : { release: was, mark: markOf(believed) };
  const verdicts = targets.map(({ name, reported }) => ({
    name,
    reported,
    ...judge(state, reported === undefined ? undefined : { release: reported }, { release }, freshMark),
  }));
  const drifted = verdicts.filter(({ drifted }) => drifted.length > 0);
  const input: RolloutInput = {
    release,
    servers: targets.map(({ name, connection, upload }) => ({
      name,
      connection,
      files: isPinned ? "" : uploadedFiles(upload, archive),
    })),
    ...(isPinned ? {} : { settings: contract.text }),
  };
  return {
    command: marked(
      `node --import tsx scripts/cli/rollout.ts ${release}`,
      drifted.length > 0 ? freshMark : (state?.mark ?? ""),
    ),
    stdin: JSON.stringify(input),
    warnings: drifted.flatMap(
      ({ name, reported }) => driftWarning(name, [otherRelease(reported, was)]) ?? [],
    ),
  };
}
