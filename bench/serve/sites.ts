import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deterministicArchive } from "../../components/server/archive";
import { releaseName } from "../../components/server/release";
import type { MarkedRelease } from "../load/releases";
import type { ReleaseServer } from "../load/server";
import { makeWordPress } from "../load/wordpress";

/** What is asked for: a path, and whether the answer may come packed, as browsers ask. */
export const pages = {
  static: { path: "/bench/1k.txt", packed: false },
  select: { path: "/bench/select.php", packed: false },
  wait: { path: "/bench/wait.php", packed: false },
  fresh: { path: "/bench/fresh.php", packed: false },
  sample: { path: "/", packed: false },
  // 69 KB plain: nobody's browser asks for it so.
  wordPress: { path: "/", packed: true },
} as const;
export type Page = keyof typeof pages;

/** WordPress' own settings, in the site's environment. */
export const wordPressEnvironment = {
  SITE_SECRET: "for-load-tests-only",
  ADMIN_PASSWORD: "for-load-tests-only",
};

/** The sample site with the bench's pages in it. */
export function sampleSite(bundles: string): MarkedRelease {
  return packed("sample", bundles, (folder) =>
    cpSync(join(__dirname, "../../site/php"), folder, { recursive: true }),
  );
}

/** WordPress as the distribution packages it, with the bench's pages in it. */
export function wordPress(server: ReleaseServer, bundles: string): MarkedRelease {
  return packed("wordpress", bundles, (folder) => makeWordPress(server, folder));
}

function packed(mark: string, bundles: string, fill: (folder: string) => void): MarkedRelease {
  const folder = mkdtempSync(join(tmpdir(), "serve-"));
  try {
    fill(folder);
    cpSync(join(__dirname, "pages"), join(folder, "public/bench"), { recursive: true });
    writeFileSync(join(folder, "public", pages.static.path), "x".repeat(1024));
    const archive = deterministicArchive(folder, { bundles });
    return { mark, release: releaseName(archive.hash), archive };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
