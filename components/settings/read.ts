import type { z } from "zod";
import { region } from "./awsValues";
import { Complaints, quote, SettingsError } from "./complaints";
import { type Condition, holds } from "./conditions";
import { isDerived, type Setting } from "./setting";
import type { SettingsSource } from "./source";
import { entryOf, type KnownSettings, type SettingName, settingNames, table, type Values } from "./table";

export { SettingsError } from "./complaints";

/** What a stack's configuration says. */
export interface ReadSettings {
  readonly known: KnownSettings;
  /** One line for each setting that has no effect. */
  readonly warnings: readonly string[];
}

/**
 * Reads every key's text, then what only several keys together or the file system can tell.
 * @throws {SettingsError} naming each wrong key, its value (never a secret's), what is allowed and an example.
 */
export function readValues(source: SettingsSource): ReadSettings {
  const complaints = new Complaints(source);
  const known = withDefaults(readEach(source, complaints), complaints, source);
  for (const name of settingNames) {
    skippingFaulty(() => checkRequired(name, known, source, complaints));
    skippingFaulty(() => checkUse(name, known, source, complaints));
  }
  skippingFaulty(() => checkRegion(known, source, complaints));
  if (complaints.lines.length > 0) throw new SettingsError(complaints.lines);
  return { known: { ...known }, warnings: complaints.warnings };
}

function readEach(source: SettingsSource, complaints: Complaints): Values {
  const values: Record<string, unknown> = {};
  const prefix = `${source.project}:`;
  for (const fullName of Object.keys(source.config)) {
    if (!fullName.startsWith(prefix)) continue;
    const name = fullName.slice(prefix.length) as SettingName;
    const text = givenText(source, name);
    if (text === undefined) continue;
    if (!Object.hasOwn(table, name)) {
      complaints.unknownKey(name);
      continue;
    }
    const { schema, secret } = entryOf(name);
    if (secret === true && !source.secretKeys.includes(fullName)) {
      complaints.complain(name, "is a secret but stands in the stack's file in plain text");
      continue;
    }
    const result = schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else complaints.complain(name, secret === true ? secretProblem(result.error) : `is ${quote(text)}`);
  }
  return values as Values;
}

/** What a stack says for a setting. Pulumi.yaml's default for a key that is not set is an empty text. */
function givenText(source: SettingsSource, name: string): string | undefined {
  const text = source.config[`${source.project}:${name}`];
  return text === "" ? undefined : text;
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

/** Ends a check that depends on a setting which is wrong itself. */
class FaultySetting extends Error {}

function skippingFaulty(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof FaultySetting)) throw error;
  }
}

/** All settings; each is worked out when it is read, because defaults follow from each other. */
function withDefaults(given: Values, complaints: Complaints, source: SettingsSource): KnownSettings {
  const known = {} as KnownSettings;
  for (const name of settingNames) {
    const value = () => {
      if (complaints.isFaulty(name)) throw new FaultySetting(name);
      if (given[name] !== undefined) return given[name];
      const fallback = entryOf(name).default;
      return isDerived(fallback) ? fallback.from(known as never, source) : fallback;
    };
    Object.defineProperty(known, name, { enumerable: true, get: value });
  }
  return known;
}

function checkRequired(
  name: SettingName,
  known: KnownSettings,
  source: SettingsSource,
  complaints: Complaints,
): void {
  const { required } = entryOf(name);
  if (required === undefined || givenText(source, name) !== undefined) return;
  if (required === true) {
    complaints.complain(name, "is not set");
    return;
  }
  const need = required.find(({ when }) => holds(when, known));
  if (need !== undefined)
    complaints.complain(name, ["is not set", need.because].filter(Boolean).join(", and "));
}

/** Where a setting has an effect its value is checked beside the others; elsewhere it is named. */
function checkUse(
  name: SettingName,
  known: KnownSettings,
  source: SettingsSource,
  complaints: Complaints,
): void {
  const entry: Setting = entryOf(name);
  if (entry.only !== undefined && !holds(entry.only, known)) {
    const text = givenText(source, name);
    if (text !== undefined && text !== defaultText(entry)) {
      complaints.withoutEffect(name, text, presentState(entry.only, known));
    }
    return;
  }
  const value = known[name];
  const problem = value === undefined ? undefined : entry.check?.(value as never, known as never, source);
  if (problem !== undefined) complaints.complain(name, problem);
}

/** What holds instead of a condition: `platform is local`. */
function presentState(condition: Condition, known: Readonly<Record<string, unknown>>): string {
  return Object.keys(condition)
    .filter((name) => !holds({ [name]: condition[name] ?? true }, known))
    .map((name) => (known[name] === undefined ? `${name} is not set` : `${name} is ${String(known[name])}`))
    .join(" and ");
}

/** The default as Pulumi.yaml holds it: empty where it follows from something else, or is nothing. */
export function defaultText({ default: value }: Setting): string {
  if (isDerived(value) || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  return Object.keys(value ?? {}).length === 0 ? "" : JSON.stringify(value);
}

function checkRegion(known: KnownSettings, source: SettingsSource, complaints: Complaints): void {
  const given = source.config["aws:region"];
  if (known.platform !== "aws") return;
  if (given === undefined) complaints.wrongRegion("is not set");
  else if (!region.test(given)) complaints.wrongRegion(`is ${JSON.stringify(given)}`);
}
