/** Where a part of the engine came from: downloaded from the vendor, or built here. */
export type Source = "vendor" | "built";

/**
 * Reads the setting that takes the choice away.
 *
 * @throws when it is neither empty nor a source
 */
export function wantedSource(setting: string | undefined): Source | undefined {
  if (!setting) return undefined;
  if (setting === "vendor" || setting === "built") return setting;
  throw new Error(
    `ONE_SERVER_WEB_ENGINE must be vendor or built, not "${setting}"; example: ONE_SERVER_WEB_ENGINE=built`,
  );
}

/**
 * Which CLI to use: the one that is asked for; or what is in the cache, the vendor's first; or the vendor's when it
 * can be reached.
 */
export async function chooseSource(about: {
  wanted: Source | undefined;
  vendorCached: boolean;
  builtCached: boolean;
  /** Asks whether the vendor can be reached; only asked when it matters. */
  probe: () => Promise<boolean>;
}): Promise<Source> {
  if (about.wanted) return about.wanted;
  if (about.vendorCached) return "vendor";
  if (about.builtCached) return "built";
  return (await about.probe()) ? "vendor" : "built";
}
