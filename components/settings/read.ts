import { existsSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { closest } from "fastest-levenshtein";
import type { z } from "zod";
import { checkAws } from "./aws";
import type { Key } from "./key";
import { type KeyName, keys, type Values } from "./keys";
import type { SettingsSource } from "./source";
import { apexOf } from "./values";

/** The settings can't be used: one line for each key that is wrong. */
export class SettingsError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join("\n"));
    this.name = "SettingsError";
  }
}

type Complaint = (name: KeyName, problem: string) => void;

/**
 * Reads every key's text, then what only several keys together or the file system can tell.
 * @throws {SettingsError} naming each wrong key, its value (never a secret's), what is allowed and an example.
 */
export function readValues(source: SettingsSource): Values & { site: string } {
  const lines: string[] = [];
  const told = new Set<KeyName>();
  const complain: Complaint = (name, problem) => {
    // The first says what is wrong; that the value is missing then follows from it.
    if (!told.has(name)) lines.push(describe(source, name, problem));
    told.add(name);
  };
  const values = readEach(source, lines, complain);
  const site = values.site ?? "site/php";
  const folder = isAbsolute(site) ? site : join(source.projectFolder, site);
  checkTogether(values, complain);
  checkPlatform(source, values, lines, complain);
  checkFolder(values, folder, complain);
  if (lines.length > 0) throw new SettingsError(lines);
  return { ...values, site: folder };
}

function readEach(source: SettingsSource, lines: string[], complain: Complaint): Values {
  const values: Record<string, unknown> = {};
  const prefix = `${source.project}:`;
  for (const [fullName, text] of Object.entries(source.config)) {
    // Pulumi.yaml's default for a key that is not set is an empty text.
    if (!fullName.startsWith(prefix) || text === "") continue;
    const name = fullName.slice(prefix.length);
    const key = (keys as Record<string, Key>)[name];
    if (key === undefined) {
      lines.push(unknownKey(source, name));
    } else if (key.secret && !source.secretKeys.includes(fullName)) {
      complain(name as KeyName, "is a secret but stands in the stack's file in plain text");
    } else {
      const result = key.schema.safeParse(text);
      if (result.success) values[name] = result.data;
      else complain(name as KeyName, key.secret ? secretProblem(result.error) : `is ${quote(text)}`);
    }
  }
  return values as Values;
}

/** Where a secret is wrong, without its value: the names inside it are no secrets. */
function secretProblem({ issues }: z.ZodError): string {
  const [issue] = issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys : [];
  const path = [...(issue?.path ?? []), ...unknown.slice(0, 1)].map((part) =>
    typeof part === "number" ? `[${part}]` : `.${String(part)}`,
  );
  const where = path.length === 0 ? "" : ` at ${path.join("").replace(/^\./, "")}`;
  return `has a value that is not allowed${where}`;
}

/** What no key can tell by itself. */
function checkTogether(values: Values, complain: Complaint): void {
  const platform = values.platform ?? "local";
  const domain = values.domain ?? "www.foobar.com";
  if (values.databasePassword === undefined) complain("databasePassword", "is not set");
  if (values.backupRepository !== undefined && values.backupPassword === undefined) {
    complain("backupPassword", "is not set, and backups are encrypted");
  }
  if (values.backupRepository?.startsWith("sftp:")) {
    for (const name of ["backupPrivateKey", "backupHostKey"] as const)
      if (values[name] === undefined) complain(name, "is not set, and backupRepository is sftp:");
  }
  if (values.aliases?.includes(domain)) complain("aliases", `holds the domain ${domain} itself`);
  if (platform === "local" && values.suite === "trixie" && values.database === "mysql") {
    complain("database", "is mysql, which Debian trixie does not have; take mariadb, or the suite sid");
  }
}

/** What the platforms other than `local` can't do without. */
function checkPlatform(source: SettingsSource, values: Values, lines: string[], complain: Complaint): void {
  if (values.platform === "ssh") {
    if (values.servers === undefined) complain("servers", "is not set");
  }
  if (values.platform === "ssh" || values.platform === "aws") {
    if (values.acmeEmail === undefined && values.certificates !== "local") {
      complain(
        "acmeEmail",
        "is not set, and the certificate authority writes to it before a certificate ends",
      );
    }
  } else if (values.certificates === "acme") {
    complain("certificates", "is acme, and no public authority can reach the platform local");
  }
  if (values.platform === "aws") {
    const domain = values.domain ?? "www.foobar.com";
    const hostnames = [domain, ...(values.aliases ?? apexOf(domain))];
    checkAws(values, hostnames, source.config["aws:region"], (name, problem) => {
      if (name === "aws:region") lines.push(regionProblem(source, problem));
      else complain(name, problem);
    });
  }
}

function regionProblem(source: SettingsSource, problem: string): string {
  return `aws:region ${problem}; expected an AWS region's code; for example: pulumi config set aws:region us-east-1 -s ${source.stack}`;
}

function checkFolder(values: Values, folder: string, complain: Complaint): void {
  if (!isFolder(folder)) {
    complain("site", `is ${quote(folder)}, where no folder is`);
  } else if (!isFolder(join(folder, values.documentRoot ?? "public"))) {
    complain("documentRoot", `is ${quote(values.documentRoot ?? "public")}, which is no folder in ${folder}`);
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function describe(source: SettingsSource, name: KeyName, problem: string): string {
  const key: Key = keys[name];
  const command = exampleCommand(name, key, source.stack);
  return `${source.project}:${name} ${problem}; expected ${key.expected}; for example: ${command}`;
}

/** A secret comes by standard input: a command line can be read by everybody on the machine. */
function exampleCommand(name: KeyName, { example, secret }: Key, stack: string): string {
  if (secret !== true) return `pulumi config set ${name} ${shown(example)} -s ${stack}`;
  const maker = /^\$\((.+)\)$/.exec(example)?.[1] ?? `echo ${shown(example)}`;
  return `${maker} | pulumi config set --secret ${name} -s ${stack}`;
}

function unknownKey(source: SettingsSource, name: string): string {
  const meant = closest(name, Object.keys(keys));
  return (
    `${source.project}:${name} is not a setting; did you mean ${meant}? ` +
    `Remove it: pulumi config rm ${name} -s ${source.stack} (all settings: README.md, "Settings")`
  );
}

/** A value as a person would type it in a shell. */
function shown(example: string): string {
  return /^[A-Za-z0-9_./:@-]+$/.test(example) ? example : `'${example}'`;
}

/** A value in an error: on one line and not endless. */
function quote(text: string): string {
  const line = JSON.stringify(text);
  return line.length > 100 ? `${line.slice(0, 99)}…"` : line;
}
