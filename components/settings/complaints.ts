import { closest } from "fastest-levenshtein";
import { conditionText } from "./conditions";
import { expected, type Setting } from "./setting";
import type { SettingsSource } from "./source";
import { entryOf, type SettingName, settingNames } from "./table";

/** The settings can't be used: one line for each key that is wrong. */
export class SettingsError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join("\n"));
    this.name = "SettingsError";
  }
}

/** What is wrong with a stack's settings, one line a setting, and what has no effect. */
export class Complaints {
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  private readonly faulty = new Set<string>();

  constructor(private readonly source: SettingsSource) {}

  /** Whether a setting's value can't be relied upon. */
  isFaulty(name: string): boolean {
    return this.faulty.has(name);
  }

  /** A setting is wrong; what its value leads to is not named as well. */
  complain(name: SettingName, problem: string): void {
    if (this.faulty.has(name)) return;
    this.faulty.add(name);
    const entry = entryOf(name);
    const { project, stack } = this.source;
    this.lines.push(
      `${project}:${name} ${problem}; expected ${expected(entry)}; for example: ${exampleCommand(name, entry, stack)}`,
    );
  }

  unknownKey(name: string): void {
    const { project, stack } = this.source;
    this.lines.push(
      `${project}:${name} is not a setting; did you mean ${closest(name, settingNames)}? ` +
        `Remove it: ${removeCommand(name, stack)} (all settings: npm run settings)`,
    );
  }

  wrongRegion(problem: string): void {
    const { stack } = this.source;
    this.lines.push(
      `aws:region ${problem}; expected an AWS region's code; for example: pulumi config set aws:region us-east-1 -s ${stack}`,
    );
  }

  /**
   * A setting is set where it has no effect.
   * @param present what holds instead: `platform is local`
   */
  withoutEffect(name: SettingName, text: string, present: string): void {
    const entry = entryOf(name);
    const { project, stack } = this.source;
    const value = entry.secret === undefined ? `is ${quote(text)}` : "is set";
    const only = conditionText(entry.only ?? {});
    const setting = `${project}:${name} ${value}`;
    if (entry.elsewhere === "refused") {
      this.faulty.add(name);
      this.lines.push(
        `${setting}, and ${present}; expected no value, or ${only}; for example: ${removeCommand(name, stack)}`,
      );
    } else {
      this.warnings.push(
        `${setting}, which has no effect: it applies only with ${only}, and ${present}; remove it: ${removeCommand(name, stack)}`,
      );
    }
  }
}

function removeCommand(name: string, stack: string): string {
  return `pulumi config rm ${name} -s ${stack}`;
}

/** A secret comes by standard input: a command line can be read by everybody on the machine. */
function exampleCommand(name: string, { example, secret }: Setting, stack: string): string {
  if (secret !== true) return `pulumi config set ${name} ${shown(example)} -s ${stack}`;
  const maker = /^\$\((.+)\)$/.exec(example)?.[1] ?? `echo ${shown(example)}`;
  return `${maker} | pulumi config set --secret ${name} -s ${stack}`;
}

/** A value as a person would type it in a shell. */
function shown(example: string): string {
  return /^[A-Za-z0-9_./:@-]+$/.test(example) ? example : `'${example}'`;
}

/** A value in an error: on one line and not endless. */
export function quote(text: string): string {
  const line = JSON.stringify(text);
  return line.length > 100 ? `${line.slice(0, 99)}…"` : line;
}
