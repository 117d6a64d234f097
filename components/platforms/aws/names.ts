/** What every name and tag of a stack is made from. */
export interface Naming {
  readonly stack: string;
  /** The site's main host name. */
  readonly domain: string;
  readonly rung: string;
  /** The user's own tags; they win over the program's. */
  readonly tags: Readonly<Record<string, string>>;
}

/** S3 allows 63 characters, of which Pulumi takes 8 for its suffix; "-backup" needs 7 more. */
const bucketStemLength = 63 - 8 - "-backup".length;

/** `www-foobar-com-prod`: letters, digits and hyphens, to be read by people in AWS's console. */
export function stem({ domain, stack }: Naming): string {
  return `${domain}-${stack}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** The start of the backup bucket's name. Bucket names are shared by all of AWS, so Pulumi adds a random suffix. */
export function bucketName(naming: Naming): string {
  return `${stem(naming).slice(0, bucketStemLength).replace(/-+$/, "")}-backup`;
}

/** A dashboard's name: letters, digits, hyphens, at most 255 characters, unique in the account. */
export function dashboardName(naming: Naming, server: string): string {
  return `${stem(naming)}-${server}`.slice(0, 255);
}

/**
 * The tags of one resource.
 * @param part what it is within the stack, such as `web-1 data`
 * @param more tags that only this resource has
 */
export function tagsOf(
  naming: Naming,
  part: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    Name: `${naming.domain} ${part}`.slice(0, 256),
    Site: naming.domain,
    Stack: naming.stack,
    Rung: naming.rung,
    Project: "one-server-web",
    ManagedBy: "Pulumi",
    ...more,
    ...naming.tags,
  };
}

/** Marks the volumes of this stack that are snapshot every day; its value is unique in the account. */
export function snapshotTag(naming: Naming): Record<string, string> {
  return { "one-server-web:snapshots": stem(naming) };
}
