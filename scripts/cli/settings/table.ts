import { parse } from "yaml";
import { keys } from "../../../components/settings/keys";

/** One configuration key as a person reads about it. */
export interface DescribedSetting {
  readonly name: string;
  readonly description: string;
  /** What stands in Pulumi.yaml; empty where nothing is set. */
  readonly default: string;
  /** What is allowed. */
  readonly expected: string;
  /** A value that is right. */
  readonly example: string;
  /** Whether it has to be set with `--secret`. */
  readonly secret: boolean;
}

/**
 * The project's settings in the order of its project file, which holds what each means, with what the program allows.
 * @param project the text of Pulumi.yaml
 */
export function describedSettings(project: string): DescribedSetting[] {
  const { config } = parse(project) as {
    config: Record<string, { description: string; default?: unknown }>;
  };
  return Object.entries(keys).flatMap(([name, { expected, example, secret }]) => {
    const written = config[name];
    if (written === undefined) return [];
    const { description, default: value = "" } = written;
    return [{ name, description, default: String(value), expected, example, secret: secret === true }];
  });
}

/** The settings for a terminal, each on some lines. */
export function settingsText(settings: readonly DescribedSetting[]): string {
  return settings
    .map((setting) => {
      const kept = setting.secret ? " (secret: set it with --secret)" : "";
      const value = setting.default === "" ? "not set" : setting.default;
      return [
        `${setting.name}${kept}`,
        `  ${setting.description}`,
        `  allowed  ${setting.expected}`,
        `  default  ${value}`,
        `  example  ${setting.example}`,
      ].join("\n");
    })
    .join("\n\n");
}

/** The settings as a table in Markdown. */
export function settingsMarkdown(settings: readonly DescribedSetting[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const code = (text: string) => (text === "" ? "" : `\`${cell(text)}\``);
  const rows = settings.map(
    ({ name, description, default: value, example, secret }) =>
      `| ${code(name)}${secret ? " (secret)" : ""} | ${cell(description)} | ${code(value)} | ${code(example)} |`,
  );
  return ["| key | what it means | default | example |", "|---|---|---|---|", ...rows].join("\n");
}
