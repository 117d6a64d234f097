import { variableName, variableText } from "../settings/formats";
import type { RoleName } from "../settings/roleNames";
import { type PlainSettings, settingValue } from "../settings/settings";
import { entryOf, type SettingName, type SettingVariable, settingNames } from "../settings/table";
import { type BundleFacts, type FactName, factVariables } from "./facts";

/** A variable on a server: a setting's, a fact's, or the list of roles. */
export type VariableName = "ROLES" | SettingVariable | FactName;

/** The settings of one server as its shell reads them: names in capitals, values of any text. */
export type Assignments = Readonly<Record<string, string>>;

// Does not compile while a fact has the name of a setting.
const noFactIsSetting: [Extract<FactName, SettingVariable | "ROLES">] extends [never] ? true : false = true;
void noFactIsSetting;

/**
 * What a server with these roles is given: the settings, secrets and facts of its own roles, all of them, and nothing else. What belongs to
 * a release comes with the release.
 */
export function assignmentsOf(
  roles: readonly RoleName[],
  settings: PlainSettings,
  facts: BundleFacts = {},
): Assignments {
  const isOwn = (readers: readonly RoleName[]) => readers.some((role) => roles.includes(role));
  const ofSettings = settingNames
    .filter((name) => entryOf(name).scope !== "release" && isOwn(entryOf(name).server?.roles ?? []))
    .map((name) => [variableOf(name), textOf(name, settings)]);
  const ofFacts = Object.entries(factVariables)
    .filter(([, variable]) => isOwn(variable.roles))
    .map(([name, variable]) => [name, variable.text(facts)]);
  return Object.fromEntries([["ROLES", roles.join(" ")], ...ofSettings, ...ofFacts]) as Assignments;
}

/** What a release brings besides its files. Its environment may hold secrets. */
export function releaseAssignments(settings: PlainSettings): Assignments {
  const names = settingNames.filter((name) => entryOf(name).scope !== undefined);
  return Object.fromEntries(names.map((name) => [variableOf(name), textOf(name, settings)]));
}

/** The variable that a setting is on a server. */
export function variableOf(name: SettingName): string {
  return entryOf(name).server?.name ?? variableName(name);
}

function textOf(name: SettingName, settings: PlainSettings): string {
  const value = settingValue(settings, name);
  const format = entryOf(name).server?.format;
  return value === undefined || format === undefined ? variableText(value) : format(value as never);
}
