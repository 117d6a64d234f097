import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Archive, deterministicArchive } from "../../../components/servers/archive";
import { formatAssignments } from "../../../components/servers/assignments";
import { type ReleaseContract, releaseName } from "../../../components/servers/releasePlan";
import { releaseVariables, type ServerVariables } from "../settings";

/** One release, packed, with its settings. */
export interface MarkedRelease {
  readonly mark: string;
  readonly release: string;
  readonly archive: Archive;
  readonly contract: ReleaseContract;
}

/** The settings that the load tests' site needs. */
export function markedSettings(runtime: "php" | "python"): ServerVariables {
  return {
    MIGRATE: runtime === "php" ? "php bin/migrate.php" : "python3 bin/migrate.py",
    SHARED_PATHS: "uploads",
  };
}

/**
 * Packs the load tests' site with a mark of its own in each of its parts, so that a page put together from two releases shows.
 * @param change is given the folder before it is packed, to break something in it.
 * @param settings besides those that the site needs
 */
export function markedRelease(
  runtime: "php" | "python",
  mark: string,
  bundles: string,
  change: (folder: string) => void = () => {},
  settings: ServerVariables = {},
): MarkedRelease {
  const fill = (folder: string) => {
    writeMarkedSite(runtime, mark, folder);
    change(folder);
  };
  return packedRelease(mark, bundles, fill, { ...markedSettings(runtime), ...settings });
}

/** Writes the load tests' site into a folder, with a mark of its own in each of its parts. */
export function writeMarkedSite(runtime: "php" | "python", mark: string, folder: string): void {
  cpSync(join(__dirname, "site", runtime), folder, { recursive: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      writeFileSync(path, readFileSync(path, "utf8").replaceAll("{{MARK}}", mark));
    }
  }
}

/**
 * Packs what `fill` puts into an empty folder, as a deployment does.
 * @param bundles the folder that packed releases are kept in
 * @param settings those that are not the defaults
 */
export function packedRelease(
  mark: string,
  bundles: string,
  fill: (folder: string) => void,
  settings: ServerVariables = {},
): MarkedRelease {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  try {
    fill(folder);
    return withSettings({ mark, archive: deterministicArchive(folder, { bundles }) }, settings);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same files with other settings. */
export function withSettings(
  { mark, archive }: Pick<MarkedRelease, "mark" | "archive">,
  settings: ServerVariables,
): MarkedRelease {
  const contract = { text: formatAssignments(releaseVariables(settings)), key: "for-load-tests-only" };
  return { mark, archive, contract, release: releaseName(archive.hash, contract) };
}
