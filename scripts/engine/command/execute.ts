import type { Client, ClientChannel } from "ssh2";

/** How long a cancelled command may take to end by itself, in milliseconds. */
const PATIENCE = 1500;

/**
 * Ends what else runs over the same connection. SSH has a message for that, but OpenSSH ignores it for root, and a
 * command that is merely cut off runs on. Each command leads a process group; the server's process for the connection
 * is the parent of all of them. Works wherever there is a POSIX shell and /proc, and does nothing elsewhere.
 */
const END_OTHERS = `
for file in /proc/[0-9]*/stat; do
  pid=\${file#/proc/}
  pid=\${pid%/stat}
  read -r line <"$file" || continue
  set -- \${line##*) }
  if [ "$2" = "$PPID" ] && [ "$pid" != "$$" ]; then kill -TERM -- "-$pid"; fi
done 2>/dev/null`;

/** What a command is given, and where what it prints goes. */
export interface Execution {
  env?: { [name: string]: string };
  stdin?: string;
  stdout: (chunk: Buffer) => void;
  stderr: (chunk: Buffer) => void;
}

/**
 * Runs a command on a connection. Resolves with undefined when it succeeds, otherwise with how it ended.
 *
 * @param signal asks the command to end; its reason is then how it ended
 * @throws when the machine does not begin the command
 */
export function execute(
  signal: AbortSignal,
  client: Client,
  command: string,
  how: Execution,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env: how.env ?? {} }, (error, channel) => {
      // What a short command says may have arrived along with this: whoever listens a moment later never hears how it ended.
      if (error) reject(error);
      else follow(signal, client, channel, how).then(resolve);
    });
  });
}

function follow(
  signal: AbortSignal,
  client: Client,
  channel: ClientChannel,
  how: Execution,
): Promise<string | undefined> {
  channel.on("data", how.stdout);
  channel.stderr.on("data", how.stderr);
  channel.stdin.on("error", () => undefined); // A command need not read what it is given.
  channel.stdin.end(how.stdin ?? "");
  return new Promise((resolve) => {
    let ended: string | undefined = "the connection was lost";
    const stop = () => {
      client.exec(END_OTHERS, (_, other) => other?.resume());
      setTimeout(() => client.destroy(), PATIENCE).unref();
    };
    channel.once("exit", (code: number | null, name?: string) => {
      if (code === 0) ended = undefined;
      else ended = code === null ? `signal ${name ?? "unknown"}` : `exit status ${code}`;
    });
    channel.once("close", () => {
      signal.removeEventListener("abort", stop);
      resolve(signal.aborted ? (signal.reason as Error).message : ended);
    });
    client.once("close", () => channel.destroy());
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
}
