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
import type { Fields, Setting, Table } from "./setting";
import { type SiteSettings, siteTable } from "./site";
import type { SettingsSource } from "./source";
import { type SshSettings, sshTable } from "./ssh";
import type { KnownSettings } from "./table";

export type { DatabaseEngine } from "./database";
export { type LocalSettings, networkName, subnetOf } from "./local";
export type { Runtime, SiteSettings } from "./site";
export type { SshServerSettings } from "./ssh";

/** How a server is set up, on every platform. */
export type ServerSettings = Fields<typeof serverTable> & {
  /** Undefined: nobody is notified. */
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

/**
 * Reads and checks all settings at once.
 * @param warn is called with one line for each setting that has no effect
 * @throws {SettingsError} with one line for every key that is wrong; nothing was changed by then.
 */
export function readSettings(source: SettingsSource, warn: (line: string) => void = () => {}): Settings {
  const { known, warnings } = readValues(source);
  for (const line of warnings) warn(line);
  const part = <Entries extends Table>(entries: Entries) => fields(entries, known, source);
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
): Fields<Entries> {
  const values = known as Readonly<Record<string, unknown>>;
  const present = Object.entries(entries).filter(([name]) => values[name] !== undefined);
  return Object.fromEntries(
    present.map(([name, entry]) => [entry.field ?? name, presented(name, entry, values[name], source)]),
  ) as Fields<Entries>;
}

function presented(name: string, entry: Setting, value: unknown, source: SettingsSource): unknown {
  if (entry.present !== undefined) return entry.present(value as never, source);
  if (entry.secret === undefined) return value;
  const hidden = entry.secret === true || source.secretKeys.includes(`${source.project}:${name}`);
  return hidden ? pulumi.secret(value) : pulumi.output(value);
}
