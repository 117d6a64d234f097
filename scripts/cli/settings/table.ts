import { conditionText } from "../../../components/settings/conditions";
import { defaultText } from "../../../components/settings/read";
import { expected, isDerived } from "../../../components/settings/setting";
import { entryOf, type SettingName, subjects } from "../../../components/settings/table";

/** One configuration key as a person reads about it. */
export interface DescribedSetting {
  readonly name: string;
  /** The heading it stands under. */
  readonly subject: string;
  readonly about: string;
  /** What stands in Pulumi.yaml; empty where nothing is set. */
  readonly default: string;
  /** Where the default follows from another setting: how. */
  readonly derived: string;
  /** What is allowed. */
  readonly expected: string;
  /** A value that is right. */
  readonly example: string;
  /** Where it has an effect, such as `platform aws`; empty: everywhere. */
  readonly only: string;
  /** Whether it has to be set with `--secret`. */
  readonly secret: boolean;
}

/** Every setting, from the table. */
export function describedSettings(): DescribedSetting[] {
  return Object.entries(subjects).flatMap(([subject, entries]) =>
    Object.keys(entries).map((name) => described(subject, name as SettingName)),
  );
}

function described(subject: string, name: SettingName): DescribedSetting {
  const entry = entryOf(name);
  return {
    name,
    subject,
    about: entry.about,
    default: defaultText(entry),
    derived: isDerived(entry.default) ? entry.default.words : "",
    expected: expected(entry),
    example: entry.example,
    only: entry.only === undefined ? "" : conditionText(entry.only),
    secret: entry.secret === true,
  };
}

/** The settings for a terminal, each on some lines. */
export function settingsText(settings: readonly DescribedSetting[]): string {
  return settings
    .map((setting) => {
      const kept = setting.secret ? " (secret: set it with --secret)" : "";
      return [
        `${setting.name}${kept}`,
        `  ${setting.about}`,
        `  allowed  ${setting.expected}`,
        `  default  ${setting.default || setting.derived || "not set"}`,
        `  example  ${setting.example}`,
        ...(setting.only === "" ? [] : [`  only     with ${setting.only}`]),
      ].join("\n");
    })
    .join("\n\n");
}

/** The settings as tables in Markdown, one for each subject. */
export function settingsMarkdown(settings: readonly DescribedSetting[]): string {
  const of = (subject: string) => settings.filter((setting) => setting.subject === subject);
  return [...new Set(settings.map(({ subject }) => subject))]
    .map((subject) => [`## ${subject}`, "", ...markdownTable(of(subject)), ""].join("\n"))
    .join("\n");
}

function markdownTable(settings: readonly DescribedSetting[]): string[] {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const code = (text: string) => (text === "" ? "" : `\`${cell(text)}\``);
  const rows = settings.map(({ name, about, expected, default: value, derived, example, only, secret }) => {
    const where = only === "" ? "" : ` Only with ${only}.`;
    const cells = [
      `${code(name)}${secret ? " (secret)" : ""}`,
      cell(`${about}${where}`),
      cell(expected),
      value === "" ? cell(derived) : code(value),
      code(example),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| key | what it means | allowed | default | example |", "|---|---|---|---|---|", ...rows];
}
