import { type ParseArgsConfig, parseArgs } from "node:util";
import { EngineError } from "../../engine/errors";
import { UpdateFailed } from "./runUpdate";
import { WorkspaceError } from "./workspace";

/** The option that every program of this project takes for the stack it works on. */
export const stackOption = { stack: { type: "string", short: "s", default: "local" } } as const;

/** What a program was called with. */
export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/**
 * Runs one of the project's programs: `--help` prints the usage, a wrong argument ends with 2, an expected fault is
 * one clear message and 1, and anything else shows its stack.
 */
export async function runProgram(
  usage: string,
  options: NonNullable<ParseArgsConfig["options"]>,
  action: (called: Arguments) => Promise<number>,
): Promise<void> {
  try {
    const { values, positionals } = parseArgs({
      options: { ...options, help: { type: "boolean", short: "h", default: false } },
      allowPositionals: usage.includes("["),
    });
    if (values.help === true) console.log(usage);
    else process.exitCode = await action({ values: values as Arguments["values"], positionals });
  } catch (error) {
    process.exitCode = complain(error as Error & { code?: string }, usage);
  }
}

function complain(error: Error & { code?: string }, usage: string): number {
  if (error.code?.startsWith("ERR_PARSE_ARGS")) {
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
  const expected = [WorkspaceError, UpdateFailed, EngineError].some((kind) => error instanceof kind);
  console.error(expected ? error.message : error);
  return 1;
}
