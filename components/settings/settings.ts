import * as pulumi from "@pulumi/pulumi";
import { type AlertSettings, alertTable } from "./alerts";
import { type AwsSettings, awsTable } from "./aws";
import { type BackupSettings, backupTable } from "./backup";
import { type AcmeSettings, acmeTable, certificatesTable } from "./certificates";
import { databaseTable } from "./database";
import { generalTable } from "./general";
import { type LocalSettings, localTable } from "./local";
import { readValues } from "./read";
import { serverTable } from "./server";
import { type Fields, type Hide, isDerived, type Setting, type Table } from "./setting";
import { type SiteSettings, siteTable } from "./site";
import type { SettingsSource } from "./source";
import { type SshSettings, sshTable } from "./ssh";
import { entryOf, type KnownSettings, type SettingName } from "./table";

export type { DatabaseEngine } from "./database";
export { type LocalSettings, networkName, subnetOf } from "./local";
export type { Runtime, SiteSettings } from "./site";
export type { SshServerSettings } from "./ssh";

/** How a server is set up, on every platform. */
export type ServerSettings = Fields<typeof serverTable> & {
  /** Undefined: no notification is sent. */
  readonly alert?: AlertSettings;
  /** Undefined: no backups are made. */
  readonly backup?: BackupSettings;
};

/** Everything the program does is decided by these. */
export interface Settings extends Fields<typeof generalTable>, Fields<typeof certificatesTable> {
  readonly stack: string;
  readonly site: SiteSettings;
  readonly server: ServerSettings;
  readonly database: Fields<typeof databaseTable>;
  readonly acme: AcmeSettings;
  readonly local: LocalSettings;
  readonly ssh: SshSettings;
  readonly aws: AwsSettings;
}

/** The settings without outputs: what a server is given follows from these. */
export type PlainSettings = pulumi.UnwrappedObject<Settings>;

/**
 * Reads and checks all settings at once.
 * @param warn is called with one line for each setting that has no effect
 * @throws {SettingsError} with one line for every key that is wrong; nothing was changed by then.
 */
export function readSettings(source: SettingsSource, warn: (line: string) => void = () => {}): Settings {
  const { known, warnings } = readValues(source);
  for (const line of warnings) warn(line);
  return settingsOf(known, source, { hide: pulumi.secret, show: pulumi.output });
}

/** As readSettings, without an engine: secrets are plain values. */
export function readPlainSettings(source: SettingsSource): PlainSettings {
  const plain = (<Value>(value: Value) => value) as unknown as Hide;
  return settingsOf(readValues(source).known, source, {
    hide: plain,
    show: plain,
  }) as unknown as PlainSettings;
}

/** How values that may be secret become outputs. */
interface Outputs {
  readonly hide: Hide;
  readonly show: Hide;
}

function settingsOf(known: KnownSettings, source: SettingsSource, outputs: Outputs): Settings {
  const part = <Entries extends Table>(entries: Entries) => fields(entries, known, source, outputs);
  return {
    stack: source.stack,
    ...part(generalTable),
    ...part(certificatesTable),
    site: part(siteTable),
    server: {
      ...part(serverTable),
      ...(known.alertCommand === undefined ? {} : { alert: part(alertTable) as AlertSettings }),
      ...(known.backupRepository === undefined ? {} : { backup: part(backupTable) as BackupSettings }),
    },
    database: part(databaseTable),
    acme: part(acmeTable),
    local: part(localTable),
    ssh: part(sshTable),
    aws: { ...part(awsTable), region: source.config["aws:region"] ?? "" },
  };
}

/** A table's part of the settings. */
function fields<Entries extends Table>(
  entries: Entries,
  known: KnownSettings,
  source: SettingsSource,
  outputs: Outputs,
): Fields<Entries> {
  const values = known as Readonly<Record<string, unknown>>;
  const present = Object.entries(entries).filter(([name]) => values[name] !== undefined);
  return Object.fromEntries(
    present.map(([name, entry]) => [
      entry.field ?? name,
      presented(name, entry, values[name], source, outputs),
    ]),
  ) as Fields<Entries>;
}

function presented(
  name: string,
  entry: Setting,
  value: unknown,
  source: SettingsSource,
  { hide, show }: Outputs,
): unknown {
  if (entry.present !== undefined) return entry.present(value as never, source, hide);
  if (entry.secret === undefined) return value;
  const hidden = entry.secret === true || source.secretKeys.includes(`${source.project}:${name}`);
  return hidden ? hide(value) : show(value);
}

/** Where each table's part is in the settings. */
const places: readonly (readonly [Table, (settings: PlainSettings) => object | undefined])[] = [
  [generalTable, (settings) => settings],
  [certificatesTable, (settings) => settings],
  [siteTable, ({ site }) => site],
  [serverTable, ({ server }) => server],
  [alertTable, ({ server }) => server.alert],
  [backupTable, ({ server }) => server.backup],
  [databaseTable, ({ database }) => database],
  [acmeTable, ({ acme }) => acme],
  [localTable, ({ local }) => local],
  [sshTable, ({ ssh }) => ssh],
  [awsTable, ({ aws }) => aws],
];

/** A setting's value by its name; undefined where there is none. A part that is not used, such as backups, has its defaults. */
export function settingValue(settings: PlainSettings, name: SettingName): unknown {
  const [, part] = places.find(([entries]) => Object.hasOwn(entries, name)) ?? [];
  const values = part?.(settings) as Readonly<Record<string, unknown>> | undefined;
  const entry = entryOf(name);
  const fallback = isDerived(entry.default) ? undefined : entry.default;
  return values?.[entry.field ?? name] ?? fallback;
}
