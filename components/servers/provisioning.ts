import type { Archive } from "./archive";
import type { BelievedCommand } from "./beliefs";
import { driftWarning, type Facts, judge, judgeCopy, marked, markOf } from "./drift";
import { becomeRoot, doubleQuoted, loginCommand } from "./login";
import { ownerIn } from "./owner";
import type { Sight } from "./survey";

/** Where the scripts lie after their upload, from the login's home folder. */
const uploadPath = "one-server-web-provision.tar.gz";

/** What is uploaded and run to provision a server. */
export interface ProvisioningPlan {
  readonly remotePath: string;
  readonly command: string;
  /** What a person should know of the server: that it drifted, or was another stack's. */
  readonly warning: string | undefined;
  /** Why nothing may be done to it. */
  readonly refusal?: string;
}

/**
 * Decides what has to be uploaded and run.
 * @param name of the server
 * @param settings SHA-256 of what the command reads on standard input, in hex
 * @param takeOver whether a server of another stack may become this one's
 */
export function planProvisioning(
  name: string,
  archive: Pick<Archive, "hash" | "digest">,
  { believed, reported, freshMark, owner }: Sight,
  settings: string,
  takeOver = false,
): ProvisioningPlan {
  const command = believed.commands[`${name}-provision`];
  const wanted = { settings, bundle: folderOf(archive.hash), owner };
  const was = command === undefined ? undefined : believedFacts(command);
  const { mark, drifted } = judge(was, reported?.facts, wanted, freshMark);
  const copy = judgeCopy(
    believed.copies[`${name}-scripts`],
    reported?.digests,
    { remotePath: uploadPath, hash: archive.hash, digest: archive.digest },
    /^echo "([0-9a-f]{64}) /m.exec(command?.text ?? "")?.[1],
    freshMark,
  );
  const causes = [
    ...driftWords(drifted, reported?.facts ?? {}),
    ...(copy.drifted ? ["the uploaded scripts are not in the login's home folder"] : []),
  ];
  const other = otherOwner(reported?.facts, owner);
  const refusal =
    reported?.problem ?? (other === undefined || takeOver ? undefined : belongsTo(other, owner));
  return {
    ...(refusal === undefined ? {} : { refusal: `server ${name}: ${refusal}` }),
    remotePath: copy.remotePath,
    command: marked(provisionCommand(archive, copy.remotePath, owner), mark),
    warning:
      other === undefined || command !== undefined
        ? driftWarning(name, causes)
        : `${name} belonged to the stack ${stackOf(other)}: this stack takes it over`,
  };
}

/** The other stack that a server says it belongs to; version 0.1.0 noted none. */
function otherOwner(reported: Facts | undefined, owner: string): string | undefined {
  const said = reported?.owner ?? "";
  return said === "" || said === owner ? undefined : said;
}

function stackOf(owner: string): string {
  return owner.split(" ")[0] ?? owner;
}

/** Why a server of another stack is left alone. */
function belongsTo(other: string, owner: string): string {
  const name = stackOf(other);
  const which =
    name === stackOf(owner)
      ? `another stack of the same name, ${name}, or to this one before it was destroyed or its state was lost`
      : `the stack ${name}`;
  return `it belongs to ${which}, whose site and database are on it; take another server, or take it over from that stack: pulumi config set takeOver true`;
}

/** What a command of an earlier run did; undefined for one of version 0.1.0, after which servers could not be asked. */
function believedFacts({
  text,
  inputDigest,
}: BelievedCommand): (Facts & { readonly mark: string }) | undefined {
  const owner = ownerIn(text);
  const bundle = /\bone-server-web-[0-9a-f]{16}\b/.exec(text)?.[0];
  if (owner === undefined || bundle === undefined) return undefined;
  return { settings: inputDigest, bundle, owner, mark: markOf(text) };
}

/** What is said of a server that drifted: the first cause explains the others. */
function driftWords(drifted: readonly string[], { settings, owner }: Facts): string[] {
  if (drifted.length === 0) return [];
  if (!settings) return ["its last provisioning did not succeed, or its record is gone"];
  if (drifted.includes("owner")) return [`another stack provisioned it last, ${owner?.split(" ")[0]}`];
  if (drifted.includes("bundle")) return ["it was last provisioned by other scripts"];
  return ["it was last provisioned with other settings"];
}

function folderOf(hash: string): string {
  return `one-server-web-${hash.slice(0, 16)}`;
}

/**
 * The command that unpacks the uploaded scripts and runs them, as root or through sudo. Its settings come on standard input, which nothing
 * before provision.sh reads. The folder is named after the scripts' hash, so that a run still at work keeps its own.
 * @param remotePath of the upload, from the login's home folder
 */
export function provisionCommand(
  { hash, digest }: Pick<Archive, "hash" | "digest">,
  remotePath: string,
  owner: string,
): string {
  const folder = `/opt/${folderOf(hash)}`;
  const asRoot = [
    "set -eu",
    `[ -x ${folder}/provision.sh ] || {`,
    `  rm -rf ${folder}.part ${folder}`,
    `  mkdir -p ${folder}.part`,
    `  tar -xzf "$1" --no-same-owner -C ${folder}.part`,
    `  mv -T ${folder}.part ${folder}`,
    "}",
    // It makes /opt/one-server-web point at its folder, and takes that back with all else when it fails.
    `exec ${folder}/provision.sh`,
  ].join("\n");
  const script = [
    "set -eu",
    `owner=${doubleQuoted(owner)}`,
    `bundle="$HOME/${remotePath}"`,
    `echo "${digest}  $bundle" | sha256sum --check --status || { echo "error: the scripts in $bundle are not whole: run again" >&2; exit 1; }`,
    ...becomeRoot,
    // Who came in this way confirms that the way stays open: sudo hides it.
    "connection=$(printenv SSH_CONNECTION || true)",
    'exec $root env OWNER="$owner" CONFIRM=yes SSH_CONNECTION="$connection" sh -c "$1" provision "$bundle"',
  ].join("\n");
  return loginCommand(script, asRoot);
}
