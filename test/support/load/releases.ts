import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Archive, deterministicArchive } from "../../../components/servers/archive";
import { releaseName } from "../../../components/servers/release";

/** One release, packed. */
export interface MarkedRelease {
  readonly mark: string;
  readonly release: string;
  readonly archive: Archive;
}

/**
 * Packs the load tests' site with a mark of its own in each of its parts, so that a page put together from two releases shows.
 * @param change is given the folder before it is packed, to break something in it.
 */
export function markedRelease(
  runtime: "php" | "python",
  mark: string,
  bundles: string,
  change: (folder: string) => void = () => {},
): MarkedRelease {
  return packedRelease(mark, bundles, (folder) => {
    cpSync(join(__dirname, "site", runtime), folder, { recursive: true });
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        writeFileSync(path, readFileSync(path, "utf8").replaceAll("{{MARK}}", mark));
      }
    }
    change(folder);
  });
}

/**
 * Packs what `fill` puts into an empty folder, as a deployment does.
 * @param bundles the folder that packed releases are kept in
 */
export function packedRelease(mark: string, bundles: string, fill: (folder: string) => void): MarkedRelease {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  try {
    fill(folder);
    const archive = deterministicArchive(folder, { bundles });
    return { mark, release: releaseName(archive.hash), archive };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
