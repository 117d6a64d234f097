import * as pulumi from "@pulumi/pulumi";
import type { Values } from "./keys";

/** How a server is set up, on every platform. */
export interface ServerSettings {
  /** nginx or Apache. */
  readonly stack: "lemp" | "lamp";
  /** One of those that the distribution has; its own when unset. */
  readonly phpVersion?: string;
  readonly phpExtensions: readonly string[];
  /** The Python application, `module:name`. */
  readonly application: string;
  readonly interface: "wsgi" | "asgi";
  /** MiB that one request may upload. */
  readonly maximumUpload: number;
  /** How many requests the app server works on at the same time; by memory and cores when unset. */
  readonly appProcesses?: number;
  /** Seconds that one request may take, also while releases are switched. */
  readonly requestTimeout: number;
  /** How long pages without cookies are served from memory, such as `10s`; not at all when unset. */
  readonly pageCache?: string;
  /** Whether HTTP/3 is offered beside HTTP/1.1 and 2; nginx alone has it. */
  readonly http3: boolean;
  /** When an upgrade that needs it may restart the server: `HH:MM`, or `never`. */
  readonly rebootWindow: string;
  /** Where sessions and what the site keeps for a while are: files, or Valkey on a unix socket. */
  readonly cache: "none" | "valkey";
  /** Command lines that run all the time, by their names. */
  readonly workers: Readonly<Record<string, string>>;
  /** Command lines that run at times (systemd.time(7)), by their names. */
  readonly cron: Readonly<Record<string, { readonly schedule: string; readonly command: string }>>;
  /** Whether Prometheus' exporters listen on the server's own loopback address. */
  readonly exporters: boolean;
  /** Who is told of an alarm. */
  readonly alert?: AlertSettings;
  readonly backup?: BackupSettings;
}

/** How somebody is told that something failed. */
export interface AlertSettings {
  /** A command line that gets the text on standard input. */
  readonly command: string;
  /** What the command line wants to know; secret. */
  readonly environment: pulumi.Output<Record<string, string>>;
}

/** Where backups go. */
export interface BackupSettings {
  /** As restic names it. */
  readonly repository: string;
  readonly password: pulumi.Output<string>;
  /** What restic's target wants to know; secret. */
  readonly environment: pulumi.Output<Record<string, string>>;
  readonly keepDays: number;
  /** PEM of who signed the target's certificate, where no public authority did. */
  readonly authority?: string;
  /** PEM that an SFTP target lets in, secret; empty where there is none. */
  readonly privateKey: pulumi.Output<string>;
  /** The SFTP target's public key. */
  readonly hostKey?: string;
}

export function serverSettings(values: Values): ServerSettings {
  return {
    stack: values.stack ?? "lemp",
    ...(values.phpVersion === undefined ? {} : { phpVersion: values.phpVersion }),
    phpExtensions: values.phpExtensions ?? [],
    application: values.application ?? "wsgi:application",
    interface: values.interface ?? "wsgi",
    maximumUpload: values.maximumUpload ?? 32,
    ...(values.appProcesses === undefined ? {} : { appProcesses: values.appProcesses }),
    requestTimeout: values.requestTimeout ?? 60,
    ...(values.pageCache === undefined ? {} : { pageCache: values.pageCache }),
    http3: values.http3 ?? false,
    rebootWindow: values.rebootWindow ?? "03:30",
    cache: values.cache ?? "none",
    workers: values.workers ?? {},
    cron: values.cron ?? {},
    exporters: values.exporters ?? false,
    ...(values.alertCommand === undefined ? {} : { alert: alertSettings(values.alertCommand, values) }),
    ...(values.backupRepository === undefined ? {} : { backup: backupSettings(values) }),
  };
}

function alertSettings(command: string, { alertEnvironment }: Values): AlertSettings {
  return { command, environment: pulumi.secret(alertEnvironment ?? {}) };
}

function backupSettings(values: Values): BackupSettings {
  return {
    repository: values.backupRepository ?? "",
    password: pulumi.secret(values.backupPassword ?? ""),
    environment: pulumi.secret(values.backupEnvironment ?? {}),
    keepDays: values.backupKeepDays ?? 14,
    ...(values.backupAuthority === undefined ? {} : { authority: values.backupAuthority }),
    privateKey: pulumi.secret(values.backupPrivateKey ?? ""),
    ...(values.backupHostKey === undefined ? {} : { hostKey: values.backupHostKey }),
  };
}
