import { randomBytes } from "node:crypto";
import { difference } from "../difference";
import type { Call, ResourceHandler } from "../providerServer";
import { isObject, type Properties, reveal, secretTexts, texts, UNKNOWN } from "../values";
import { checkFields, type Fields } from "./fields";
import { type Logging, Output } from "./output";
import { type Redact, redactor } from "./secrets";

/** One run of a command. */
export interface Run {
  /** The text of the command. */
  command: string;
  /** The resource's inputs, with every secret opened: never to be shown. */
  inputs: Properties;
  /** What the run before printed; given to the command where `addPreviousOutputInEnv` is true. */
  previous: { [variable: string]: string };
  /** Takes and shows what the command prints. */
  output: Output;
  redact: Redact;
}

/** Runs a command to its end and gives the outputs it leaves beside stdout and stderr; throws where it fails. */
export type Runner = (call: Call, run: Run) => Promise<Properties>;

/** The inputs that commands have in common, wherever they run. */
export const COMMAND_FIELDS: Fields = {
  create: { type: "text" },
  update: { type: "text" },
  delete: { type: "text" },
  triggers: { type: "values" },
  stdin: { type: "text" },
  environment: { type: "textMap" },
  addPreviousOutputInEnv: { type: "boolean", fallback: true },
  logging: { type: "text", oneOf: ["stdout", "stderr", "stdoutAndStderr", "none"] },
};

/** The inputs whose change replaces a resource; a change of any other one updates it. */
export const REPLACING = ["triggers"];

/** A new id that begins with the resource's name. */
export function newId(name: string): string {
  return name + randomBytes(4).toString("hex");
}

/**
 * A resource that runs one command when it is created, one when it is updated (the first again when there is none)
 * and one when it is deleted (none when there is none).
 *
 * Outputs are the inputs, stdout and stderr. In a preview nothing runs, and what the command would print is unknown.
 */
export function commandResource(fields: Fields, run: Runner): ResourceHandler {
  const perform = async (call: Call, command: string, inputs: Properties, previous: Properties) => {
    const revealed = reveal(inputs) as Properties;
    const redact = redactor(hiddenTexts(inputs));
    const logging = (revealed.logging ?? "stdoutAndStderr") as Logging;
    const output = new Output(call, logging, redact);
    const variables = revealed.addPreviousOutputInEnv === false ? {} : previousOutput(previous);
    const others = await run(call, { command, inputs: revealed, previous: variables, output, redact });
    return { stdout: output.text("stdout"), stderr: output.text("stderr"), ...others };
  };
  const commandOf = (inputs: Properties, ...names: string[]) => {
    const found = names.map((name) => inputs[name]).find((value) => value !== undefined && value !== null);
    return found === undefined ? undefined : String(reveal(found));
  };
  const unknown = { stdout: UNKNOWN, stderr: UNKNOWN };

  return {
    check: (_, { inputs }) => checkFields(fields, inputs),
    diff: (_, { olds, news }) => difference(olds, news, Object.keys(fields), REPLACING),
    async create(call, { inputs, preview }) {
      const id = newId(call.name);
      if (preview) return { id, outputs: { ...inputs, ...unknown } };
      const command = commandOf(inputs, "create");
      const printed =
        command === undefined ? { stdout: "", stderr: "" } : await perform(call, command, inputs, {});
      return { id, outputs: { ...inputs, ...printed } };
    },
    async update(call, { olds, news, preview }) {
      if (preview) return { ...news, ...unknown };
      const command = commandOf(news, "update", "create");
      const { stdout = "", stderr = "", assets, archive } = olds;
      const kept = { stdout, stderr, ...(assets ? { assets } : {}), ...(archive ? { archive } : {}) };
      return { ...news, ...(command === undefined ? kept : await perform(call, command, news, olds)) };
    },
    async delete(call, { outputs }) {
      const command = commandOf(outputs, "delete");
      if (command !== undefined) await perform(call, command, outputs, outputs);
    },
  };
}

/** What the run before printed, as environment variables; empty outputs are left out. */
function previousOutput(outputs: Properties): { [variable: string]: string } {
  const { stdout, stderr } = reveal({
    stdout: outputs.stdout ?? "",
    stderr: outputs.stderr ?? "",
  }) as Properties;
  return {
    ...(stdout ? { PULUMI_COMMAND_STDOUT: String(stdout) } : {}),
    ...(stderr ? { PULUMI_COMMAND_STDERR: String(stderr) } : {}),
  };
}

/** Every text that must not be shown: what the program marked, and of a connection what opens the machine. */
function hiddenTexts(inputs: Properties): string[] {
  // A connection is a secret as a whole, but its host, port and user are what an error has to name.
  const { connection, ...others } = inputs;
  return [
    ...secretTexts(others),
    ...(connection === undefined ? [] : credentials(reveal(connection) as Properties)),
  ];
}

function credentials(connection: Properties): string[] {
  const own = texts([
    connection.password ?? "",
    connection.privateKey ?? "",
    connection.privateKeyPassword ?? "",
  ]);
  return isObject(connection.proxy) ? [...own, ...credentials(connection.proxy)] : own;
}
