import type { Client } from "ssh2";
import type { Call, ResourceHandler } from "../providerServer";
import type { Properties } from "../values";
import { commandError } from "./commandError";
import { address, CONNECTION_FIELDS, type Endpoint, endpointOf } from "./connection";
import { dial } from "./dial";
import { execute } from "./execute";
import { COMMAND_FIELDS, commandResource, type Run } from "./resource";

/** `command:remote:Command`: a command on a machine that is reached over SSH. */
export const remoteCommand: ResourceHandler = commandResource(
  { ...COMMAND_FIELDS, connection: { type: CONNECTION_FIELDS, required: true, secret: true } },
  runRemotely,
);

/** Runs a command on the machine of `connection`. */
async function runRemotely(call: Call, run: Run): Promise<Properties> {
  const endpoint = endpointOf(run.inputs.connection);
  const environment = (run.inputs.environment ?? {}) as { [name: string]: string };
  const client = await dial(call, endpoint);
  try {
    await requireVariables(call, client, endpoint, environment, run.previous);
    const ended = await execute(call.signal, client, run.command, {
      env: { ...environment, ...run.previous },
      stdin: run.inputs.stdin === undefined ? "" : String(run.inputs.stdin),
      stdout: (chunk) => run.output.add("stdout", chunk),
      stderr: (chunk) => run.output.add("stderr", chunk),
    });
    run.output.end();
    if (ended !== undefined) throw commandError(run, ended, `on ${address(endpoint)}`);
    return {};
  } finally {
    client.end();
  }
}

/**
 * SSH servers take only the variables that their AcceptEnv names, and drop the others without a word, so the machine
 * is asked which arrived. Missing ones of `environment` are an error, of the previous output only a warning.
 */
async function requireVariables(
  call: Call,
  client: Client,
  endpoint: Endpoint,
  environment: { [name: string]: string },
  previous: { [name: string]: string },
): Promise<void> {
  const env = { ...environment, ...previous };
  const names = Object.keys(env).filter((name) => /^[A-Za-z_]\w*$/.test(name));
  if (names.length === 0) return;
  const chunks: Buffer[] = [];
  const command = `for name in ${names.join(" ")}; do printenv "$name" >/dev/null || echo "missing:$name"; done`;
  const ended = await execute(call.signal, client, command, {
    env,
    stdout: (chunk) => chunks.push(chunk),
    stderr: () => undefined,
  });
  if (ended !== undefined) return; // Not a POSIX shell: it cannot be known.
  const missing = [
    ...Buffer.concat(chunks)
      .toString()
      .matchAll(/^missing:(\w+)$/gm),
  ].map((match) => match[1] ?? "");
  const advice =
    `${address(endpoint)} does not take these variables: its sshd accepts only what AcceptEnv names. ` +
    "Give them on standard input instead (`stdin`), or write them before the command (NAME=value command)";
  const refused = missing.filter((name) => name in environment);
  if (refused.length > 0) throw new Error(`cannot set ${refused.join(", ")}: ${advice}`);
  if (missing.length > 0) {
    call.log(
      "warning",
      `cannot set ${missing.join(", ")}: ${advice}, or set addPreviousOutputInEnv to false`,
    );
  }
}
