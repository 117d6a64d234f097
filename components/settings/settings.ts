import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformName, Rung } from "../../policy/vocabulary";
import { type AwsSettings, awsSettings } from "./aws";
import type { Values } from "./keys";
import { readValues } from "./read";
import { type ServerSettings, serverSettings } from "./server";
import type { SettingsSource } from "./source";
import { apexOf } from "./values";

export type Runtime = "php" | "python";
export type DatabaseEngine = "mysql" | "mariadb";

/** The website: what the site contract says of it. */
export interface SiteSettings {
  /** Absolute path of the folder that holds the site. */
  readonly folder: string;
  readonly runtime: Runtime;
  /** The folder inside the site that the web server serves files from. */
  readonly documentRoot: string;
  /** The path that answers 200 when the site and its database work. */
  readonly healthPath: string;
  /** One command line, run once in a new release before it goes live. */
  readonly migrate?: string;
  /** Paths inside the site that are writable and outlive releases. */
  readonly sharedPaths: readonly string[];
  /** Given to the site's processes and to its command line alike; secret when the key was set as one. */
  readonly environment: pulumi.Output<Record<string, string>>;
  /** A release on the server that shall be live instead of the folder's, such as after a rollback. */
  readonly release?: string;
  /** How many releases stay on the server. */
  readonly keepReleases: number;
}

/** What the platform `local` needs. */
export interface LocalSettings {
  /** The Debian suite of the machines. */
  readonly suite: "sid" | "trixie";
  /** Names the bridge, the machines and the firewall table on this host. */
  readonly network: string;
  /** The network's addresses in CIDR form; the host takes `.1`. */
  readonly subnet: string;
  /** The memory of each machine in MiB; as much as the host has when unset. */
  readonly memory?: number;
}

/** One machine of the platform `ssh`. */
export interface SshServerSettings {
  readonly address: string;
  readonly user: string;
  readonly port: number;
  /** PEM, secret. */
  readonly privateKey: pulumi.Output<string>;
  /** As `ssh-keyscan` prints it, without the name. */
  readonly hostKey: string;
}

/** Everything the program does is decided by these. */
export interface Settings {
  readonly stack: string;
  readonly domain: string;
  /** Other names, which redirect to the domain. */
  readonly aliases: readonly string[];
  readonly platform: PlatformName;
  readonly rung: Rung;
  readonly site: SiteSettings;
  readonly server: ServerSettings;
  readonly database: { readonly engine: DatabaseEngine; readonly password: pulumi.Output<string> };
  /** Where certificates come from: a public authority, or one of the stack's own. */
  readonly certificates: "acme" | "local";
  readonly acme: { readonly email?: string; readonly directory: string };
  readonly local: LocalSettings;
  readonly ssh: {
    readonly servers: readonly SshServerSettings[];
    /** `print` shows the records that a person has to set. */
    readonly dns: "print" | "none";
  };
  readonly aws: AwsSettings;
}

/** Let's Encrypt's production directory, https://letsencrypt.org/docs/acme-protocol-updates/ */
const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory";

/**
 * Reads and checks all settings at once.
 * @throws {SettingsError} with one line for every key that is wrong; nothing was changed by then.
 */
export function readSettings(source: SettingsSource): Settings {
  return withDefaults(readValues(source), source);
}

function withDefaults(values: Values & { site: string }, source: SettingsSource): Settings {
  const domain = values.domain ?? "www.foobar.com";
  const suite = values.suite ?? "sid";
  const network = values.network ?? networkName(source.stack);
  const secret = (name: string) => source.secretKeys.includes(`${source.project}:${name}`);
  const environment = values.environment ?? {};
  return {
    stack: source.stack,
    domain,
    aliases: values.aliases ?? apexOf(domain),
    platform: values.platform ?? "local",
    rung: values.rung ?? "single",
    site: {
      folder: values.site,
      runtime: values.runtime ?? "php",
      documentRoot: values.documentRoot ?? "public",
      healthPath: values.healthPath ?? "/healthz",
      ...(values.migrate === undefined ? {} : { migrate: values.migrate }),
      sharedPaths: values.sharedPaths ?? [],
      environment: secret("environment") ? pulumi.secret(environment) : pulumi.output(environment),
      ...(values.release === undefined ? {} : { release: values.release }),
      keepReleases: values.keepReleases ?? 5,
    },
    server: serverSettings(values),
    database: {
      engine: values.database ?? (suite === "trixie" ? "mariadb" : "mysql"),
      password: pulumi.secret(values.databasePassword ?? ""),
    },
    certificates:
      values.certificates ?? (values.platform === "ssh" || values.platform === "aws" ? "acme" : "local"),
    acme: {
      ...(values.acmeEmail === undefined ? {} : { email: values.acmeEmail }),
      directory: values.acmeDirectory ?? letsEncrypt,
    },
    local: {
      suite,
      network,
      subnet: values.subnet ?? subnetOf(network),
      ...(values.memory === undefined ? {} : { memory: values.memory }),
    },
    ssh: {
      servers: (values.servers ?? []).map((server) => ({
        ...server,
        privateKey: pulumi.secret(server.privateKey),
      })),
      dns: values.dns ?? "print",
    },
    aws: awsSettings(values, domain, values.acmeDirectory ?? letsEncrypt, source.config["aws:region"]),
  };
}

/** A stack's own network name: the stack's name where it fits an interface's name, else a digest of it. */
export function networkName(stack: string): string {
  return /^[a-z][a-z0-9-]{0,9}$/.test(stack) ? stack : `n${digest(stack).toString("hex").slice(0, 9)}`;
}

/** A subnet for a network's name, spread over 10.128.0.0/10, so that two stacks seldom ask for the same. */
export function subnetOf(network: string): string {
  const [first = 0, second = 0] = digest(network);
  return `10.${128 + (first % 64)}.${second}.0/24`;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
