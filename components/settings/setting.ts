import type { Output } from "@pulumi/pulumi";
import type { z } from "zod";
import type { Condition } from "./conditions";
import type { RoleName } from "./roleNames";
import type { SettingsSource } from "./source";

/** A default that follows from other settings or from the stack. */
export interface Derived<Value> {
  /** As a person reads it: `the name without www`. */
  readonly words: string;
  /** From the other settings, their defaults included. */
  readonly from: (known: never, source: SettingsSource) => Value;
}

/** How a setting reaches the servers: as a variable of the shell. */
export interface OnServer<Value> {
  /** The roles that read it: servers without one of them are not given it. What travels with a release alone is read where it goes. */
  readonly roles: readonly RoleName[];
  /** The variable; the setting's name in capitals when unset (`keepReleases`: `KEEP_RELEASES`). */
  readonly name?: string;
  /** Its text; `variableText` when unset. */
  readonly format?: (value: Value) => string;
}

/** When a setting may not be missing. */
export interface Requirement {
  readonly when: Condition;
  /** Follows "is not set" in the error. */
  readonly because: string;
}

/** Makes a value one that Pulumi keeps secret. */
export type Hide = <Value>(value: Value) => Output<Value>;

interface Options<Value> {
  /** What it is about: one or more sentences, the description in Pulumi.yaml. */
  readonly about: string;
  /** A value that is right, or a command that makes one. */
  readonly example: string;
  /** Undefined where there is none: the setting's value may then be undefined. */
  readonly default?: (Value extends readonly (infer Item)[] ? readonly Item[] : Value) | Derived<Value>;
  /** `true`: has to be set with `--secret`; `optional`: is kept secret where it was set so. */
  readonly secret?: true | "optional";
  /** Its name in `Settings`, where that is another one. */
  readonly field?: string;
  /** Where it has an effect. */
  readonly only?: Condition;
  /** What is said of it elsewhere: a warning, or an error. */
  readonly elsewhere?: "refused";
  /** `true`: always. */
  readonly required?: true | readonly Requirement[];
  /** What is wrong with a value beside other settings or on this host; follows the setting's name in the error. */
  readonly check?: (value: Value, known: never, source: SettingsSource) => string | undefined;
  /** Turns the value into the one in `Settings`; `hide` makes an output of it that is kept secret. */
  readonly present?: (value: Value, source: SettingsSource, hide: Hide) => unknown;
  /** `release`: travels with a release; `both`: the server needs it as well; the server's alone when unset. */
  readonly scope?: "release" | "both";
  readonly server?: OnServer<Value>;
}

/** One setting: everything that is to be known of it. */
export type Setting = Omit<Options<never>, "default"> & {
  /** Reads the text that Pulumi hands over; its description is what is allowed, as it stands in an error. */
  readonly schema: z.ZodType;
  readonly default?: unknown;
};

/** Settings by their names: the keys of `pulumi config`. */
export type Table = Readonly<Record<string, Setting>>;

export function setting<Schema extends z.ZodType, const Rest extends Options<z.output<Schema>>>(
  schema: Schema,
  rest: Rest,
): { readonly schema: Schema } & Rest {
  return { schema, ...rest };
}

/** A default that follows from other settings or from the stack; `words` are for people. */
export function derived<Known, Value>(
  words: string,
  from: (known: Known, source: SettingsSource) => Value,
): { readonly words: string; readonly from: (known: Known, source: SettingsSource) => Value } {
  return { words, from };
}

export function isDerived(value: unknown): value is Derived<unknown> {
  return typeof value === "object" && value !== null && "from" in value && typeof value.from === "function";
}

/** What is allowed, as it stands in an error. */
export function expected({ schema }: Setting): string {
  return schema.description ?? "";
}

type SchemaOf<Entry> = Entry extends { readonly schema: infer Schema extends z.ZodType } ? Schema : never;

/** A value as read. */
export type Value<Entry> = z.output<SchemaOf<Entry>>;

/** Whether a setting always has a value, once the settings were checked. */
type IsCertain<Entry> = Entry extends { readonly default: unknown } | { readonly required: true }
  ? true
  : false;

/** A value after defaults. */
export type Known<Entry> = IsCertain<Entry> extends true ? Value<Entry> : Value<Entry> | undefined;

type Presented<Entry> = Entry extends { readonly present: (...args: never[]) => infer Result }
  ? Result
  : Entry extends { readonly secret: true | "optional" }
    ? Output<Value<Entry>>
    : Value<Entry>;

type FieldName<Entries, Name extends keyof Entries> = Entries[Name] extends {
  readonly field: infer Field extends string;
}
  ? Field
  : Name;

/** A table's part of `Settings`: its entries by their fields, secrets as outputs. */
export type Fields<Entries> = {
  readonly [Name in keyof Entries as IsCertain<Entries[Name]> extends true
    ? FieldName<Entries, Name>
    : never]: Presented<Entries[Name]>;
} & {
  readonly [Name in keyof Entries as IsCertain<Entries[Name]> extends true
    ? never
    : FieldName<Entries, Name>]?: Presented<Entries[Name]>;
};
