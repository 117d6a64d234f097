import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DescribedSetting, describedSettings, settingsMarkdown } from "./table";

/** A file whose end is made from the table of settings. */
interface MadeFile {
  readonly path: string;
  /** The line after which the table begins; it stays. */
  readonly mark: string;
  readonly text: () => string;
}

const files: readonly MadeFile[] = [
  { path: "Pulumi.yaml", mark: "config:\n", text: () => configBlock(describedSettings()) },
  {
    path: "docs/settings.md",
    mark: "<!-- From here on made by: npm run settings -- --write -->\n",
    text: () => `\n${settingsMarkdown(describedSettings())}`,
  },
];

/**
 * What the files that are made from the table of settings have to hold.
 * @returns path from the folder → text
 */
export function madeFiles(folder: string): Record<string, string> {
  const made = files.map(({ path, mark, text }) => {
    const written = readFileSync(join(folder, path), "utf8");
    const end = written.indexOf(mark);
    if (end < 0) throw new Error(`${path}: the line ${JSON.stringify(mark)} is missing; put it back`);
    return [path, written.slice(0, end + mark.length) + text()];
  });
  return Object.fromEntries(made) as Record<string, string>;
}

/** Writes them. @returns the paths of those that changed */
export function writeMadeFiles(folder: string): string[] {
  const changed = Object.entries(madeFiles(folder)).filter(
    ([path, text]) => readFileSync(join(folder, path), "utf8") !== text,
  );
  for (const [path, text] of changed) writeFileSync(join(folder, path), text);
  return changed.map(([path]) => path);
}

/** The entries below `config:` in Pulumi.yaml. */
export function configBlock(settings: readonly DescribedSetting[]): string {
  return settings
    .map(({ name, about, default: value, derived, only, secret }) => {
      const scope = only === "" ? "" : ` Only with ${only}.`;
      const fallback = derived === "" ? "" : ` Default: ${derived}.`;
      return [
        `  ${name}:`,
        `    description: ${scalar(`${about}${scope}${fallback}`)}`,
        ...(secret ? ["    secret: true"] : []),
        `    default: ${/^(\d{1,9}|true|false)$/.test(value) ? value : scalar(value)}`,
        "",
      ].join("\n");
    })
    .join("");
}

/** A text as a YAML scalar: as it is where YAML reads it as the same text, else in double quotes. */
function scalar(text: string): string {
  const isPlain =
    /^[A-Za-z/][^\n]*[^\s:]$/.test(text) &&
    !/: | #/.test(text) &&
    !/^(true|false|null|yes|no|on|off)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
