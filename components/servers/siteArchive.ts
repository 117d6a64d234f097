import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ignore from "ignore";
import { refusal } from "../refusal";
import type { SiteSettings } from "../settings/settings";
import { type Archive, deterministicArchive } from "./archive";

/** What of the settings says what a release is made of. */
export type SiteFolder = Readonly<Pick<SiteSettings, "folder">> & { readonly exclude: readonly string[] };

const packed = new WeakMap<SiteFolder, Archive>();

/**
 * The site's folder as it is uploaded; packed once in a run, before anything is made.
 * @throws {pulumi.RunError} one line: what can't be uploaded, and what to do
 */
export function siteArchive(site: SiteFolder): Archive {
  const known = packed.get(site);
  if (known !== undefined) return known;
  const { folder, exclude } = site;
  try {
    const ignored = gitIgnored(folder);
    const archive = deterministicArchive(folder, { exclude, ignored: new Set(ignored) });
    if (ignored.length > 0) void pulumi.log.info(ignoredText(ignored));
    const doubtful = rarelyMeant(folder, exclude, ignored);
    if (doubtful.length > 0) void pulumi.log.warn(doubtfulText(doubtful));
    packed.set(site, archive);
    return archive;
  } catch (error) {
    throw refusal(`one-server-web:site can't be packed: ${(error as Error).message}`);
  }
}

/** The paths in a folder that git ignores, where the folder is a repository; a folder stands for all that is in it. */
export function gitIgnored(folder: string): string[] {
  if (!existsSync(join(folder, ".git"))) return [];
  const list = ["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"];
  // Whichever user owns the folder: git only lists, and runs no program that the repository names.
  const options = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-C", folder];
  const ran = spawnSync("git", [...options, ...list], { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (ran.error !== undefined || ran.status !== 0) {
    const problem = ran.error?.message ?? ran.stderr.trim().split("\n")[0];
    throw new Error(
      `${folder} is a git repository, and git can't say what it ignores (${problem}); install git, or remove ${join(folder, ".git")}`,
    );
  }
  return ran.stdout
    .split("\0")
    .filter((path) => path !== "")
    .map((path) => path.replace(/\/$/, ""));
}

function ignoredText(ignored: readonly string[]): string {
  const shown = ignored.slice(0, 5).join(", ");
  const more = ignored.length > 5 ? ` and ${ignored.length - 5} more` : "";
  return `of the site's folder git ignores ${shown}${more}, which is not uploaded; what has to be: pulumi config set --path 'exclude[0]' '!/PATH'`;
}

/** What is in most folders by accident, in this one, and neither left out nor named as wanted (`!.env`). */
function rarelyMeant(folder: string, exclude: readonly string[], ignored: readonly string[]): string[] {
  const rules = ignore().add([...exclude]);
  return [".env", "node_modules"].filter((name) => {
    const decided = rules.test(name === "node_modules" ? `${name}/` : name);
    return (
      !decided.ignored && !decided.unignored && !ignored.includes(name) && existsSync(join(folder, name))
    );
  });
}

function doubtfulText(names: readonly string[]): string {
  const patterns = JSON.stringify(names);
  const wanted = JSON.stringify(names.map((name) => `!${name}`));
  return `the site's folder holds ${names.join(" and ")}, which is uploaded with each release; leave it out: pulumi config set exclude '${patterns}' (or say that it is wanted: '${wanted}')`;
}
