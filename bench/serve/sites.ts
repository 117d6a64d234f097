import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type MarkedRelease, markedSettings, packedRelease } from "../../test/support/load/releases";
import type { ReleaseServer } from "../../test/support/load/server";
import { makeWordPress } from "../../test/support/load/wordpress";
import type { ServerVariables } from "../../test/support/settings";

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
  SITE_TITLE: "Under test",
  ADMIN_NAME: "ann",
  ADMIN_EMAIL: "ann@example.com",
  ADMIN_PASSWORD: "for-load-tests-only",
};

/** The sample site with the bench's pages in it. */
export function sampleSite(bundles: string): MarkedRelease {
  const fill = (folder: string) => cpSync(join(__dirname, "../../site/php"), folder, { recursive: true });
  return withPages("sample", bundles, fill, markedSettings("php"));
}

/** WordPress as the distribution packages it, with the bench's pages in it. */
export function wordPress(server: ReleaseServer, bundles: string): MarkedRelease {
  return withPages("wordpress", bundles, (folder) => makeWordPress(server, folder), {
    HEALTH_PATH: "/",
    MIGRATE: "php bin/migrate.php",
    SHARED_PATHS: "public/wp-content/uploads",
    ENVIRONMENT: Object.entries(wordPressEnvironment)
      .map(([name, value]) => `${name}=${value}`)
      .join("\n"),
  });
}

/** The bench's own pages come along. */
function withPages(
  mark: string,
  bundles: string,
  fill: (folder: string) => void,
  settings: ServerVariables,
): MarkedRelease {
  const fillAll = (folder: string) => {
    fill(folder);
    cpSync(join(__dirname, "pages"), join(folder, "public/bench"), { recursive: true });
    writeFileSync(join(folder, "public", pages.static.path), "x".repeat(1024));
  };
  return packedRelease(mark, bundles, fillAll, settings);
}
