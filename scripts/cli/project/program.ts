import { type ParseArgsConfig, parseArgs } from "node:util";
import { EngineError } from "../../engine/errors";
import { endInOrder, interruptedCode } from "../../engine/interruption";
import { Interrupted, UpdateFailed, WorkspaceError, WrongUse } from "./faults";

/** The option that every program of this project takes for the stack it works on. */
export const stackOption = { stack: { type: "string", short: "s", default: "local" } } as const;

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What a program was called with. */
export interface Arguments<Known extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: Known }>>["values"];
  readonly positionals: readonly string[];
}

/**
 * Runs one of the project's programs: `--help` prints the usage, and what it does not know ends with 2 and the usage. An expected fault is
 * one clear message and 1, anything else shows its stack. Interrupted, it ends in order, with the code that shells expect (130 for Ctrl-C).
 * @param most how many arguments without a name it takes
 */
export async function runProgram<const Known extends Options>(
  usage: string,
  options: Known,
  action: (called: Arguments<Known>) => Promise<number>,
  most = 0,
): Promise<void> {
  endInOrder();
  try {
    const help = { help: { type: "boolean", short: "h" } } as const;
    const { values, positionals } = parseArgs({ options: { ...options, ...help }, allowPositionals: true });
    if ("help" in values) {
      console.log(usage);
      return;
    }
    refuseOthers(positionals.slice(most), options);
    const code = await action({ values, positionals } as unknown as Arguments<Known>);
    process.exitCode = code === 0 ? 0 : (interruptedCode() ?? code);
  } catch (error) {
    process.exitCode = complain(error as Error & { code?: string }, usage);
  }
}

function refuseOthers([first]: readonly string[], options: Options): void {
  if (first === undefined) return;
  const meant = "stack" in options ? `; did you mean --stack ${first}?` : "";
  throw new WrongUse(`Unexpected argument '${first}'${meant}`);
}

function complain(error: Error & { code?: string }, usage: string): number {
  if (error instanceof WrongUse || error.code?.startsWith("ERR_PARSE_ARGS")) {
    console.error(`${error.message}\n\n${usage}`);
    return 2;
  }
  const expected = [WorkspaceError, UpdateFailed, EngineError, Interrupted].some(
    (kind) => error instanceof kind,
  );
  console.error(expected ? error.message : error);
  return interruptedCode() ?? 1;
}
