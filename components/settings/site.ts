import { existsSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { environmentLines } from "./formats";
import { type Fields, setting } from "./setting";
import type { SettingsSource } from "./source";
import { command, environment, json, line, oneOf, relativePath, text, urlPath, wholeNumber } from "./values";

/** The website: what the site contract says of it. */
export const siteTable = {
  site: setting(
    line
      .refine((path) => !path.startsWith("~"))
      .describe("the path of a folder, from the project's folder or absolute"),
    {
      about: "The site's folder, from the project's folder or absolute.",
      default: "site/php",
      example: "site/php",
      field: "folder",
      check: (site, _known: unknown, source) => {
        const folder = siteFolder(site, source);
        return isFolder(folder) ? undefined : `is ${JSON.stringify(folder)}, where no folder is`;
      },
      present: siteFolder,
    },
  ),
  exclude: setting(
    json(
      z.array(z.string().regex(/^[^\n\r\0]+$/)).max(200),
      "a list of patterns as .gitignore has them, ! in front of what is uploaded after all",
    ),
    {
      about:
        "What in the site's folder is not uploaded, in patterns of .gitignore. Where the folder is a git repository, what git ignores is left out as well, but for patterns with !.",
      default: [],
      example: '["*.log", "/node_modules", "!public/build"]',
    },
  ),
  runtime: setting(oneOf(["php", "python"]), {
    about: "What runs the site.",
    default: "php",
    example: "php",
    server: {
      roles: ["nginx", "apache", "php-fpm", "python", "valkey", "site", "exporters"],
    },
  }),
  documentRoot: setting(
    z
      .union([z.literal("."), relativePath])
      .describe(`${relativePath.description}, or . for the whole folder`),
    {
      about:
        "The folder inside the site that the web server serves files from; . is the whole folder, of which visitors then can get everything but PHP's source and names that begin with a dot.",
      default: "public",
      example: "public",
      check: (documentRoot, { site, runtime }: { site: string; runtime: string }, source) => {
        if (documentRoot === "." && runtime !== "php") {
          return `is ".", which would give visitors the application's source; put the files for visitors in a folder of their own`;
        }
        const folder = siteFolder(site, source);
        // A folder that is missing is the complaint of the setting site.
        return !isFolder(folder) || isFolder(join(folder, documentRoot))
          ? undefined
          : `is ${JSON.stringify(documentRoot)}, which is not a folder in ${folder}`;
      },
      scope: "release",
      server: { roles: [] },
    },
  ),
  healthPath: setting(urlPath, {
    about: "The path that answers 200 when the site and its database work.",
    default: "/healthz",
    example: "/healthz",
    check: (path, { platform }: { platform: string }) =>
      // https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
      platform === "aws" && path.length > 255
        ? "is longer than the 255 characters that Route 53 asks for"
        : undefined,
    scope: "release",
    server: { roles: [] },
  }),
  migrate: setting(command, {
    about: "A command line that is run once in a new release, before it goes live.",
    example: "php bin/migrate.php",
    scope: "release",
    server: { roles: [] },
  }),
  sharedPaths: setting(json(z.array(relativePath).max(50), "a list of relative paths inside the site"), {
    about: "Paths inside the site that are writable and are kept from release to release.",
    default: [],
    example: '["uploads"]',
    scope: "release",
    server: { roles: [] },
  }),
  environment: setting(environment, {
    about: "Environment variables for the site; set it with --secret where it holds one.",
    default: {},
    example: '{"APP_ENV": "production"}',
    secret: "optional",
    scope: "release",
    server: { roles: [], format: environmentLines },
  }),
  release: setting(
    text(/^[0-9a-z][0-9a-z.-]{3,63}$/, "the name of a release on the server (npm run releases)"),
    {
      about:
        "A release on the server that is live instead of the folder's: npm run rollback sets it, npm run deploy removes it.",
      example: "95274b356bd9",
    },
  ),
  keepReleases: setting(wholeNumber("releases", 2, 50), {
    about: "How many releases stay on the server.",
    default: 5,
    example: "5",
    server: { roles: ["site"] },
  }),
};

export type SiteSettings = Fields<typeof siteTable>;
export type Runtime = SiteSettings["runtime"];

function siteFolder(site: string, source: SettingsSource): string {
  return isAbsolute(site) ? site : join(source.projectFolder, site);
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
