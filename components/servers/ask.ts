import { timingSafeEqual } from "node:crypto";
import type { types } from "@pulumi/command";
import type { Unwrap } from "@pulumi/pulumi";
import type { Client, ConnectConfig } from "ssh2";
import type { Facts } from "./drift";
import { becomeRoot, doubleQuoted, loginCommand } from "./login";

type Connection = Unwrap<types.input.remote.ConnectionArgs>;
/** A machine on the way: the server or its bastion host. */
type Hop = Omit<Connection, "proxy">;

/** What a server says of itself. */
export interface Report {
  /** As scripts/server/state.sh prints them; none where the server has no such script. */
  readonly facts: Facts;
  /** SHA-256 of copied files in the login's home, by path; those that are not there are left out. */
  readonly digests: Facts;
  /** Why nothing can be done with this login, as it follows the server's name in an error. */
  readonly problem?: string;
}

/** What stands before a server's own answer is printed by the login's shell. */
const begin = "one-server-web:";

/** What a command on a server printed, and its exit code. */
export interface Answer {
  readonly text: string;
  readonly errors: string;
  readonly code: number;
}

/** How long a server may take to let in, and then to answer, in milliseconds. One that takes longer is as good as unreachable. */
const dialTimeout = 5_000;
const answerTimeout = 10_000;

/** Asks the server that was dialled, and hangs up; without paths it hangs up at once. Undefined: it did not answer. */
export type Ask = (paths: readonly string[] | undefined) => Promise<Report | undefined>;

/**
 * Begins to connect to a server, by its verified host key.
 * @returns what the server is asked by once it is known what to ask; no fault is thrown, for a server that does not answer is nothing to
 *   compare with
 */
export function dial(connection: Connection): Ask {
  // Loaded only here: most programs that read settings ask no server.
  const { Client } = require("ssh2") as typeof import("ssh2");
  const client = new Client();
  const bastion = connection.proxy === undefined ? undefined : new Client();
  const ready = reached(client, bastion, connection).then(
    () => true,
    () => false,
  );
  return async (paths) => {
    const limit = setTimeout(() => client.destroy(), dialTimeout + answerTimeout);
    try {
      if (paths === undefined || !(await ready)) return undefined;
      return parseReport(await answerOf(client, questionOf(paths)));
    } catch {
      return undefined;
    } finally {
      clearTimeout(limit);
      client.end();
      bastion?.end();
    }
  };
}

/** Connects, through the bastion host where there is one. */
async function reached(client: Client, bastion: Client | undefined, connection: Connection): Promise<void> {
  if (bastion === undefined || connection.proxy === undefined) return connected(client, connection);
  await connected(bastion, connection.proxy);
  const sock = await new Promise<ConnectConfig["sock"]>((resolve, reject) => {
    bastion.forwardOut("127.0.0.1", 0, connection.host, connection.port ?? 22, (error, stream) =>
      error ? reject(error) : resolve(stream),
    );
  });
  return connected(client, connection, sock);
}

/** The question as a shell command: it prints the facts, then the files' digests. */
export function questionOf(paths: readonly string[]): string {
  const script = "/opt/one-server-web/state.sh";
  const lines = [
    `echo "${begin}"`,
    ...becomeRoot,
    // A server without the script is known to have none; one that can't run it is not known at all.
    `if [ -e ${script} ]; then $root ${script} || exit 1; fi`,
    "cd",
    ...paths.map((path) => `sha256sum -- ${doubleQuoted(path)} 2>/dev/null || true`),
  ];
  return loginCommand(lines.join("\n"));
}

/** What a server answered: `name=value` lines, and those of sha256sum; undefined where it could not say. */
export function parseReport({ text, errors, code }: Answer): Report | undefined {
  const [before = "", own] = text.split(`${begin}\n`);
  const nothing = { facts: {}, digests: {} };
  if (own === undefined) {
    const said = firstLine(errors) ?? firstLine(text) ?? "nothing";
    return {
      ...nothing,
      problem: `its shell runs no commands: it says ${JSON.stringify(said)}; take another user in the setting servers, or give this one /bin/bash: chsh -s /bin/bash`,
    };
  }
  const noise = firstLine(before);
  if (noise !== undefined) {
    return {
      ...nothing,
      problem: `its shell prints ${JSON.stringify(noise)} before each command, which breaks the transfer of files: let ~/.bashrc (or the like) print only where [ -t 1 ] holds`,
    };
  }
  const refused = /^error: (.*)/m.exec(errors)?.[1];
  if (code !== 0 && refused !== undefined) return { ...nothing, problem: refused };
  if (code !== 0) return undefined;
  const matches = (form: RegExp) =>
    [...own.matchAll(form)].map(([, first = "", second = ""]) => [first, second]);
  return {
    facts: Object.fromEntries(matches(/^([a-z]+)=(.*)$/gm)),
    digests: Object.fromEntries(
      matches(/^([0-9a-f]{64}) {2}(.+)$/gm).map(([digest = "", path = ""]) => [path, digest]),
    ),
  };
}

/** The first line that says something, at most 100 characters of it. */
function firstLine(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "")
    ?.slice(0, 100);
}

function connected(client: Client, connection: Hop, sock?: ConnectConfig["sock"]): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once("ready", () => resolve());
    client.on("error", reject);
    client.once("close", () => reject(new Error("closed")));
    client.connect({ ...connectConfig(connection), ...(sock === undefined ? {} : { sock }) });
    // The handshake is a dozen small messages, each of which would wait 40 ms for the receipt of the one before.
    if (sock === undefined) client.setNoDelay(true);
  });
}

/** Asks for the one kind of host key that is expected, so that a server with several shows that one. */
function connectConfig({
  host,
  port,
  user,
  privateKey,
  privateKeyPassword,
  hostKey = "",
}: Hop): ConnectConfig {
  const [type = "", body = ""] = hostKey.trim().split(/\s+/);
  const expected = Buffer.from(body, "base64");
  const kinds = type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
  const agent = process.env.SSH_AUTH_SOCK;
  return {
    host,
    port: port ?? 22,
    username: user ?? "root",
    readyTimeout: dialTimeout,
    algorithms: {
      serverHostKey: kinds as NonNullable<NonNullable<ConnectConfig["algorithms"]>["serverHostKey"]>,
    },
    hostVerifier: (shown: Buffer) => shown.length === expected.length && timingSafeEqual(shown, expected),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(privateKeyPassword === undefined ? {} : { passphrase: privateKeyPassword }),
    ...(agent === undefined || privateKey !== undefined ? {} : { agent }),
  };
}

/** @throws {Error} when the connection breaks, or the command was not begun */
function answerOf(client: Client, command: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let text = "";
      let errors = "";
      let code: number | null = null;
      channel.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      channel.stderr.on("data", (chunk: Buffer) => {
        errors += chunk.toString();
      });
      channel.once("exit", (ended: number | null) => {
        code = ended;
      });
      channel.once("close", () =>
        code === null ? reject(new Error("it was cut off")) : resolve({ text, errors, code }),
      );
    });
  });
}
