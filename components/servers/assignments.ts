import type { ServerSettings, Settings } from "../settings/settings";

/** Settings of one server as provision.sh reads them: names in capitals, values of any text. */
export type Assignments = Readonly<Record<string, string>>;

/** The values of a provisioning that are only known, or only shown, at run time. */
export interface ProvisionFacts {
  readonly databasePassword: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly certificate: CertificateFacts;
  /** The key by which the server is verified, as known_hosts writes it: its type stays in use there. */
  readonly hostKey?: string | undefined;
  readonly backup?: BackupFacts | undefined;
  /** What the command line that tells of alarms wants to know. */
  readonly alertEnvironment?: Readonly<Record<string, string>>;
}

/** Where backups go, with their secrets. */
export interface BackupFacts {
  readonly repository: string;
  readonly password: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly keepDays: number;
  readonly authority?: string;
  readonly privateKey: string;
  readonly hostKey?: string;
}

/** A certificate as its server is told of it. */
export type CertificateFacts =
  | { readonly source: "local"; readonly certificate: string; readonly privateKey: string }
  | { readonly source: "acme"; readonly email: string; readonly directory: string };

/** What provision.sh is told on a server of the rung `single`, which holds every tier. */
export function provisionAssignments(settings: Settings, facts: ProvisionFacts): Assignments {
  const { site, server } = settings;
  return {
    DOMAIN: settings.domain,
    ALIASES: settings.aliases.join(" "),
    ROLES: roles(settings).join(" "),
    STACK: server.stack,
    RUNTIME: site.runtime,
    PHP_VERSION: server.phpVersion ?? "",
    PHP_EXTENSIONS: server.phpExtensions.join(" "),
    APPLICATION: server.application,
    INTERFACE: server.interface,
    MAXIMUM_UPLOAD_MIB: String(server.maximumUpload),
    APP_PROCESSES: String(server.appProcesses ?? ""),
    REQUEST_TIMEOUT: String(server.requestTimeout),
    PAGE_CACHE: server.pageCache ?? "",
    HTTP3: server.http3 ? "yes" : "no",
    REBOOT_WINDOW: server.rebootWindow,
    CACHE: server.cache === "valkey" ? "valkey" : "",
    WORKERS: workerLines(server.workers),
    CRON: cronLines(server.cron),
    EXPORTERS: server.exporters ? "yes" : "no",
    ALERT_COMMAND: server.alert?.command ?? "",
    ALERT_ENVIRONMENT: environmentLines(facts.alertEnvironment ?? {}),
    DATABASE: settings.database.engine,
    DATABASE_PASSWORD: facts.databasePassword,
    DOCUMENT_ROOT: site.documentRoot,
    HEALTH_PATH: site.healthPath,
    MIGRATE: site.migrate ?? "",
    SHARED_PATHS: site.sharedPaths.join(" "),
    KEEP_RELEASES: String(site.keepReleases),
    ENVIRONMENT: environmentLines(facts.environment),
    SSH_HOST_KEY_TYPE: facts.hostKey?.split(" ")[0] ?? "",
    ...certificateAssignments(facts.certificate),
    ...backupAssignments(facts.backup),
  };
}

/** What the one server does, in the order in which it is set up. */
function roles({ site, server }: Settings): string[] {
  const web = server.stack === "lemp" ? "nginx" : "apache";
  const app = site.runtime === "php" ? "php-fpm" : "python";
  const own = ["tasks", "backup", "watch", "exporters", "later"];
  return ["base", "hardening", "tls", web, app, "mysql", "valkey", "site", ...own];
}

/** One NAME, a tab and a command a line. */
function workerLines(workers: Readonly<Record<string, string>>): string {
  return Object.entries(workers)
    .map((parts) => parts.join("\t"))
    .sort()
    .join("\n");
}

/** One NAME, a tab, a schedule, a tab and a command a line. */
function cronLines(cron: ServerSettings["cron"]): string {
  return Object.entries(cron)
    .map(([name, { schedule, command }]) => [name, schedule, command].join("\t"))
    .sort()
    .join("\n");
}

function environmentLines(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join("\n");
}

function backupAssignments(backup: BackupFacts | undefined): Assignments {
  if (backup === undefined) return {};
  return {
    BACKUP_REPOSITORY: backup.repository,
    BACKUP_PASSWORD: backup.password,
    BACKUP_ENVIRONMENT: environmentLines(backup.environment),
    BACKUP_KEEP_DAYS: String(backup.keepDays),
    BACKUP_AUTHORITY: backup.authority?.trim() ?? "",
    BACKUP_PRIVATE_KEY: backup.privateKey.trim(),
    BACKUP_HOST_KEY: backup.hostKey ?? "",
  };
}

function certificateAssignments(certificate: CertificateFacts): Assignments {
  if (certificate.source === "local") {
    return {
      TLS_SOURCE: "local",
      CERTIFICATE: certificate.certificate.trim(),
      CERTIFICATE_KEY: certificate.privateKey.trim(),
    };
  }
  return { TLS_SOURCE: "acme", ACME_EMAIL: certificate.email, ACME_DIRECTORY: certificate.directory };
}

/**
 * One `NAME='value'` a line, in the order of the names, so that the same settings are the same text.
 * @throws Error when a name is none, or a value holds a NUL, which no shell can hold.
 */
export function formatAssignments(assignments: Assignments): string {
  return Object.keys(assignments)
    .sort()
    .map((name) => formatAssignment(name, assignments[name] ?? ""))
    .join("");
}

function formatAssignment(name: string, value: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
    throw new Error(`${JSON.stringify(name)} is no name of a server setting: capitals, digits and _ only`);
  }
  if (value.includes("\0")) {
    throw new Error(`server setting ${name} holds a NUL character, which can't be passed on; remove it`);
  }
  return `${name}=${shellQuote(value)}\n`;
}

/** A text as one word of a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
