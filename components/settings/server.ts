import * as pulumi from "@pulumi/pulumi";
import type { Values } from "./keys";

/** How a server is set up, on every platform. */
export interface ServerSettings {
  /** nginx or Apache. */
  readonly stack: "lemp" | "lamp";
  readonly phpExtensions: readonly string[];
  /** The Python application, `module:name`. */
  readonly application: string;
  readonly interface: "wsgi" | "asgi";
  /** MiB that one request may upload. */
  readonly maximumUpload: number;
  /** How long pages without cookies are served from memory, such as `10s`; not at all when unset. */
  readonly pageCache?: string;
  readonly backup?: BackupSettings;
}

/** Where backups go. */
export interface BackupSettings {
  /** As restic names it. */
  readonly repository: string;
  readonly password: pulumi.Output<string>;
  /** What restic's target wants to know; secret. */
  readonly environment: pulumi.Output<Record<string, string>>;
  readonly keepDays: number;
}

export function serverSettings(values: Values): ServerSettings {
  return {
    stack: values.stack ?? "lemp",
    phpExtensions: values.phpExtensions ?? [],
    application: values.application ?? "wsgi:application",
    interface: values.interface ?? "wsgi",
    maximumUpload: values.maximumUpload ?? 32,
    ...(values.pageCache === undefined ? {} : { pageCache: values.pageCache }),
    ...(values.backupRepository === undefined ? {} : { backup: backupSettings(values) }),
  };
}

function backupSettings(values: Values): BackupSettings {
  return {
    repository: values.backupRepository ?? "",
    password: pulumi.secret(values.backupPassword ?? ""),
    environment: pulumi.secret(values.backupEnvironment ?? {}),
    keepDays: values.backupKeepDays ?? 14,
  };
}
