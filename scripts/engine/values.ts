/**
 * Property values as they travel between the engine and a plugin: JSON, in which an object with the key below is
 * something JSON has no word for (a secret, an asset, an archive), and some fixed strings stand for "not known yet".
 *
 * The signatures are part of the protocol (sdk/go/common/resource/sig and .../plugin/rpc.go of pulumi/pulumi).
 * Values are kept in this form, so that what a plugin does not look into goes back unchanged.
 */

/** One property value: JSON, with the special objects described above. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
/** The properties of a resource, by name. */
export type Properties = { [key: string]: Value };

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** What the engine puts in the place of a value that only becomes known by the update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWNS = new Set<unknown>([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** A file or a text, as the engine sends it. */
export interface Asset {
  kind: "asset";
  /** SHA-256 of the content. */
  hash: string;
  text?: string;
  path?: string;
  uri?: string;
}

/** A folder or a packed archive on disk, or an archive put together in the program (`assets`). */
export interface Archive {
  kind: "archive";
  /** SHA-256 of the content. */
  hash: string;
  path?: string;
  uri?: string;
  assets?: Properties;
}

/** Is this an object (also a special one), not an array? */
export function isObject(value: Value | undefined): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Is this value, or the value inside this secret, not known yet? */
export function isUnknown(value: Value | undefined): boolean {
  return UNKNOWNS.has(value === undefined ? undefined : open(value));
}

/** Is this value marked as a secret (at its top)? */
export function isSecret(value: Value | undefined): boolean {
  if (!isObject(value)) return false;
  return value[SIGNATURE] === SECRET || (value[SIGNATURE] === OUTPUT && value.secret === true);
}

/** The value marked as a secret; a secret stays as it is. */
export function secret(value: Value): Value {
  return isSecret(value) ? value : { [SIGNATURE]: SECRET, value };
}

/** The value without the marks around it; an output whose value is missing is unknown. */
function open(value: Value): Value {
  if (!isObject(value)) return value;
  if (value[SIGNATURE] === SECRET) return open(value.value ?? null);
  if (value[SIGNATURE] === OUTPUT) return value.value === undefined ? UNKNOWN : open(value.value);
  return value;
}

/** The value with every secret in it opened. */
export function reveal(value: Value): Value {
  const opened = open(value);
  if (Array.isArray(opened)) return opened.map(reveal);
  if (!isObject(opened)) return opened;
  return Object.fromEntries(Object.entries(opened).map(([key, inner]) => [key, reveal(inner)]));
}

/** Does any part of the value satisfy the question? Marks and their contents are both asked. */
function some(value: Value | undefined, question: (part: Value) => boolean): boolean {
  if (value === undefined) return false;
  if (question(value)) return true;
  if (Array.isArray(value)) return value.some((inner) => some(inner, question));
  return isObject(value) && Object.values(value).some((inner) => some(inner, question));
}

/** Is any part of the value not known yet? */
export function containsUnknown(value: Value | undefined): boolean {
  return some(value, isUnknown);
}

/** Is any part of the value a secret? */
export function containsSecret(value: Value | undefined): boolean {
  return some(value, isSecret);
}

/** Every text that lies inside a secret of this value. */
export function secretTexts(value: Value | undefined): string[] {
  if (value === undefined) return [];
  if (isSecret(value)) return texts(reveal(value));
  if (Array.isArray(value)) return value.flatMap(secretTexts);
  return isObject(value) ? Object.values(value).flatMap(secretTexts) : [];
}

/** Every text in this value, secret or not. */
export function texts(value: Value | undefined): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isObject(value) ? Object.values(value).flatMap(texts) : [];
}

/** The asset or archive that this value is, or undefined. */
export function assetOrArchive(value: Value | undefined): Asset | Archive | undefined {
  const opened = value === undefined ? undefined : open(value);
  if (!isObject(opened)) return undefined;
  const text = (key: string) =>
    typeof opened[key] === "string" && opened[key] !== "" ? { [key]: opened[key] } : {};
  const hash = typeof opened.hash === "string" ? opened.hash : "";
  if (opened[SIGNATURE] === ASSET) {
    // An empty text is a text: an asset without path and uri is one of text.
    const content =
      typeof opened.text === "string" && !opened.path && !opened.uri ? { text: opened.text } : {};
    return { kind: "asset", hash, ...content, ...text("path"), ...text("uri") };
  }
  if (opened[SIGNATURE] === ARCHIVE) {
    const assets =
      isObject(opened.assets) && Object.keys(opened.assets).length > 0 ? { assets: opened.assets } : {};
    return { kind: "archive", hash, ...text("path"), ...text("uri"), ...assets };
  }
  return undefined;
}

/** An asset of the file at `path`, in the form the engine wants. */
export function fileAsset(path: string, hash: string): Value {
  return { [SIGNATURE]: ASSET, path, hash };
}

/** An archive made of assets by name, in the form the engine wants. */
export function assetArchive(assets: Properties, hash: string): Value {
  return { [SIGNATURE]: ARCHIVE, assets, hash };
}
