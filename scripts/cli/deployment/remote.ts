import type { ClientChannel } from "ssh2";
import { becomeRoot, doubleQuoted, loginCommand } from "../../../components/servers/login";
import { dial } from "../../engine/command/dial";
import type { Call } from "../../engine/providerServer";
import { UpdateFailed } from "../project/faults";
import type { StackServer } from "./servers";

/**
 * Runs a command as root on a server, over SSH with its verified host key.
 * @param onLine is called with each line that it prints.
 * @param input its standard input
 * @returns what it printed to its standard output.
 * @throws UpdateFailed with what it said when it does not end with 0.
 */
export async function runOn(
  server: Pick<StackServer, "name" | "endpoint" | "owner">,
  command: string,
  onLine: (line: string) => void = () => {},
  input = "",
): Promise<string> {
  const call: Call = {
    urn: "",
    name: server.name,
    signal: new AbortController().signal,
    log: (_, message) => onLine(message),
  };
  const client = await dial(call, server.endpoint);
  try {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.exec(asRoot(command, server.owner), (error, opened) =>
        error ? reject(error) : resolve(opened),
      );
    });
    channel.end(input);
    return await outputOf(server, channel, onLine);
  } finally {
    client.end();
  }
}

/** A command as root, on a server that is still this stack's: another stack may have taken it over. */
export function asRoot(command: string, owner: string | undefined): string {
  const check = [
    "owner=$($root cat /var/lib/one-server-web/owner 2>/dev/null || true)",
    `[ -z "$owner" ] || [ "$owner" = ${doubleQuoted(owner ?? "")} ] || {`,
    '  echo "this server belongs to another stack now, $(echo "$owner" | cut -d" " -f1): nothing was done" >&2',
    "  exit 1",
    "}",
  ];
  return loginCommand(
    [...becomeRoot, ...(owner === undefined ? [] : check), `exec $root ${command}`].join("\n"),
  );
}

function outputOf(
  { name }: Pick<StackServer, "name">,
  channel: ClientChannel,
  onLine: (line: string) => void,
): Promise<string> {
  let output = "";
  let errors = "";
  let rest = "";
  channel.on("data", (chunk: Buffer) => {
    output += chunk;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
  channel.stderr.on("data", (chunk: Buffer) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    let code: number | null = null;
    channel.once("exit", (ended: number | null) => {
      code = ended;
    });
    channel.once("close", () => {
      if (code === 0) {
        resolve(output);
      } else {
        reject(new UpdateFailed(`${name}: ${errors.trim() || output.trim() || "the connection was lost"}`));
      }
    });
  });
}
