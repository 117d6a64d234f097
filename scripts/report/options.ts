import { type ParseArgsConfig, parseArgs } from "node:util";

/** An option of a command line: `--name VALUE`, or `--name` alone where there is no value. */
export interface OptionKind {
  readonly value?: string;
  readonly describe: string;
}

/**
 * Reads options; anything that isn't one is refused.
 * @throws Error that names the argument and lists what is allowed
 */
export function readOptions<K extends string>(
  usage: string,
  kinds: Readonly<Record<K, OptionKind>>,
  args: readonly string[],
): Partial<Record<K, string | true>> {
  const entries = Object.entries<OptionKind>(kinds);
  const options: ParseArgsConfig["options"] = Object.fromEntries(
    entries.map(([name, { value }]) => [name, { type: value === undefined ? "boolean" : "string" }]),
  );
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    const empty = Object.entries(values).find(([, value]) => value === "");
    if (empty !== undefined) throw new Error(`--${empty[0]}: expected ${kinds[empty[0] as K].value}`);
    return values as Partial<Record<K, string | true>>;
  } catch (error) {
    const help = entries.map(
      ([name, { value, describe }]) => `  --${name}${value === undefined ? "" : ` ${value}`}  ${describe}`,
    );
    throw new Error([(error as Error).message, `usage: ${usage}`, ...help].join("\n"));
  }
}

/** The value of an option that has one. */
export function textOf(option: string | true | undefined): string | undefined {
  return typeof option === "string" ? option : undefined;
}
