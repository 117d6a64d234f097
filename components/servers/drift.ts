/**
 * What is compared of a server, by name: in the stack's state (believed), on the server (reported) and in the settings (wanted).
 * A fact that is empty is missing.
 */
export type Facts = Readonly<Record<string, string>>;

/** A command's mark and why it changed. */
export interface Verdict {
  /** Part of the command's text: another mark has Pulumi run the command again. Empty until there was a first drift. */
  readonly mark: string;
  /** The facts that differ, in the order of `wanted`; empty: none differ, or the server could not be asked. */
  readonly drifted: readonly string[];
}

/**
 * Whether a command that Pulumi believes done has to be run again.
 *
 * A server has drifted where it is neither as the state says nor as it is to be. Where the state and the settings differ, Pulumi runs the
 * command anyway; where the server can't be asked, or is new to the stack, there is nothing to compare.
 * @param freshMark a mark that no command had before
 */
export function judge(
  believed: (Facts & { readonly mark: string }) | undefined,
  reported: Facts | undefined,
  wanted: Facts,
  freshMark: string,
): Verdict {
  if (believed === undefined) return { mark: "", drifted: [] };
  const { mark } = believed;
  if (reported === undefined) return { mark, drifted: [] };
  const names = Object.keys(wanted);
  if (names.every((name) => reported[name] === wanted[name])) return { mark, drifted: [] };
  const drifted = names.filter((name) => reported[name] !== believed[name]);
  return drifted.length === 0 ? { mark, drifted } : { mark: freshMark, drifted };
}

/** The warning about a server that drifted; undefined where it did not. */
export function driftWarning(server: string, causes: readonly string[]): string | undefined {
  return causes.length === 0
    ? undefined
    : `${server} has drifted: ${causes.join("; ")}; this update mends it`;
}

/** A command with a mark that the shell ignores. */
export function marked(command: string, mark: string): string {
  return mark === "" ? command : `${command}\n# run ${mark}`;
}

/** The mark of a command; empty where it has none. */
export function markOf(command: string): string {
  return /\n# run ([0-9a-f]+)$/.exec(command)?.[1] ?? "";
}

/** A file that was copied to a server, as the stack's state knows it. */
export interface BelievedCopy {
  /** From the login's home folder. */
  readonly remotePath: string;
  /** The hash of the folder that was packed into it. */
  readonly hash: string;
}

/** A file to be copied. */
export interface WantedCopy {
  /** Where it is put when nothing is known, such as `one-server-web-provision.tar.gz`. */
  readonly remotePath: string;
  /** The hash of the folder packed into it. */
  readonly hash: string;
  /** SHA-256 of the file itself. */
  readonly digest: string;
}

/** Where a file is copied to. */
export interface CopyVerdict {
  /** Another path has Pulumi copy the file again. */
  readonly remotePath: string;
  /** Whether the server lacks a file that the state says is there. */
  readonly drifted: boolean;
}

/**
 * Whether a file that Pulumi believes copied has to be copied again: it is gone, is another one, or lies in another login's home.
 * @param digests by path: what the server has; undefined where it could not be asked
 * @param believedDigest of the file that the state's command expects: the same folder may have been packed into other bytes elsewhere
 */
export function judgeCopy(
  believed: BelievedCopy | undefined,
  digests: Facts | undefined,
  wanted: WantedCopy,
  believedDigest: string | undefined,
  freshMark: string,
): CopyVerdict {
  if (believed === undefined || stemOf(believed.remotePath) !== stemOf(wanted.remotePath)) {
    return { remotePath: wanted.remotePath, drifted: false };
  }
  const { remotePath } = believed;
  // Another content is copied anyway.
  if (digests === undefined || believed.hash !== wanted.hash) return { remotePath, drifted: false };
  const there = digests[remotePath];
  if (there === wanted.digest || (there !== undefined && there === believedDigest)) {
    return { remotePath, drifted: false };
  }
  return { remotePath: wanted.remotePath.replace(/\.tar\.gz$/, `.${freshMark}.tar.gz`), drifted: true };
}

/** A path without its mark. */
function stemOf(path: string): string {
  return path.replace(/(\.[0-9a-f]{8})?\.tar\.gz$/, "");
}
