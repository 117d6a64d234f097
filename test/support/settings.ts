import {
  type Assignments,
  assignmentsOf,
  releaseAssignments,
  type VariableName,
} from "../../components/roles/assignments";
import { rolesOf } from "../../components/roles/roles";
import { visitors } from "../../components/rungs/visitors";
import { firewallRules } from "../../components/servers/firewall";
import type { RoleName } from "../../components/settings/roleNames";
import { type PlainSettings, readPlainSettings } from "../../components/settings/settings";
import type { SettingsSource } from "../../components/settings/source";
import { entryOf, type SettingName, settingNames } from "../../components/settings/table";
import { projectFolder } from "../../scripts/cli/project/folders";

/** The settings that have to be set with `--secret`. */
export const secretSettings = settingNames.filter((name) => entryOf(name).secret === true);

export type Config = { readonly [Name in SettingName]?: string };

/** A stack's configuration on top of a database's password, as Pulumi hands it over. */
export function settingsSource(config: Config, stack = "local"): SettingsSource {
  const all = { databasePassword: "correct horse battery staple", ...config };
  return {
    config: {
      ...Object.fromEntries(Object.entries(all).map(([name, text]) => [`one-server-web:${name}`, text])),
      "aws:region": "eu-west-1",
    },
    secretKeys: secretSettings.map((name) => `one-server-web:${name}`),
    project: "one-server-web",
    stack,
    projectFolder,
  };
}

/** The settings of a configuration, secrets in plain text. */
export function plainSettings(config: Config = {}): PlainSettings {
  return readPlainSettings(settingsSource(config));
}

/** Variables on a server, some of them. */
export type ServerVariables = { readonly [Name in VariableName]?: string };

/**
 * What the program gives to a server, with some variables changed.
 * @param variables ROLES among them says which it is given, all tiers' when unset; those that its roles do not read are left out
 */
export function serverAssignments(variables: ServerVariables = {}): Assignments {
  const settings = plainSettings();
  const roles = variables.ROLES?.split(" ") ?? rolesOf(["web", "app", "database"], settings);
  const showsPages = roles.includes("nginx") || roles.includes("apache");
  const admits = showsPages ? visitors(variables.HTTP3 === "yes") : [];
  const given = assignmentsOf(roles as RoleName[], settings, {
    firewallRules: firewallRules(admits, () => []),
  });
  const changed = Object.entries(variables).filter(([name]) => Object.hasOwn(given, name));
  return { ...given, ...Object.fromEntries(changed) };
}

/**
 * What a release brings besides its files, with some variables changed.
 * @throws Error when one is changed that no release brings
 */
export function releaseVariables(variables: ServerVariables = {}): Assignments {
  const brought = releaseAssignments(plainSettings());
  const strange = Object.keys(variables).filter((name) => !Object.hasOwn(brought, name));
  if (strange.length > 0) throw new Error(`no release brings ${strange.join(", ")}`);
  return { ...brought, ...variables };
}
