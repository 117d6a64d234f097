import { alertTable } from "./alerts";
import { awsTable } from "./aws";
import { backupTable } from "./backup";
import { acmeTable, certificatesTable } from "./certificates";
import { databaseTable } from "./database";
import { generalTable } from "./general";
import { localTable } from "./local";
import { serverTable } from "./server";
import type { Known, Setting, Value } from "./setting";
import { siteTable } from "./site";
import { sshTable } from "./ssh";

/** Every setting, in the order in which a person reads about them, by subjects. */
export const subjects = {
  General: generalTable,
  Site: siteTable,
  Server: serverTable,
  Alarms: alertTable,
  Backups: backupTable,
  Database: databaseTable,
  Certificates: { ...certificatesTable, ...acmeTable },
  "Platform local": localTable,
  "Platform ssh": sshTable,
  "Platform aws": awsTable,
};

/** The one table: every key that `pulumi config` may hold under this project's name. */
export const table = {
  ...generalTable,
  ...siteTable,
  ...serverTable,
  ...alertTable,
  ...backupTable,
  ...databaseTable,
  ...certificatesTable,
  ...acmeTable,
  ...localTable,
  ...sshTable,
  ...awsTable,
};

type Entries = typeof table;
export type SettingName = keyof Entries;

export const settingNames = Object.keys(table) as SettingName[];

/** An entry by its name, without its value's type. */
export function entryOf(name: SettingName): Setting {
  return table[name];
}

/** The values as read, before defaults. */
export type Values = { readonly [Name in SettingName]?: Value<Entries[Name]> };

/** The values after defaults, by the settings' own names. */
export type KnownSettings = { readonly [Name in SettingName]: Known<Entries[Name]> };

/** Entries whose default or check reads a setting that there is not, or takes it for another type. */
type Misread = {
  [Name in SettingName]: Entries[Name] extends {
    readonly default: { readonly from: (known: infer Read, ...rest: never[]) => unknown };
  }
    ? KnownSettings extends Read
      ? never
      : Name
    : Entries[Name] extends { readonly check: (value: never, known: infer Read, ...rest: never[]) => unknown }
      ? KnownSettings extends Read
        ? never
        : Name
      : never;
}[SettingName];
// Does not compile while there is one.
const nothingIsMisread: [Misread] extends [never] ? true : Misread = true;
void nothingIsMisread;

/** `KEEP_RELEASES` for `keepReleases`. */
type InCapitals<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? Uppercase<First> : `_${First}`}${InCapitals<Rest>}`
  : "";

/** The variables that settings are on servers. */
export type SettingVariable = {
  [Name in SettingName]: Entries[Name] extends { readonly server: infer Server }
    ? Server extends { readonly name: infer Own extends string }
      ? Own
      : InCapitals<Name>
    : never;
}[SettingName];
