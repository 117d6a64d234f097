import { timingSafeEqual } from "node:crypto";
import type { types } from "@pulumi/command";
import type { Unwrap } from "@pulumi/pulumi";
import type { Client, ConnectConfig } from "ssh2";
import { shellQuote } from "./assignments";
import type { Facts } from "./drift";

type Connection = Unwrap<types.input.remote.ConnectionArgs>;

/** What a server says of itself. */
export interface Report {
  /** As scripts/server/state.sh prints them; none where the server has no such script. */
  readonly facts: Facts;
  /** SHA-256 of copied files in the login's home, by path; those that are not there are left out. */
  readonly digests: Facts;
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
  const ready = connected(client, connection).then(
    () => true,
    () => false,
  );
  return async (paths) => {
    const limit = setTimeout(() => client.destroy(), dialTimeout + answerTimeout);
    try {
      if (paths === undefined || !(await ready)) return undefined;
      return parseReport(await output(client, questionOf(paths)));
    } catch {
      return undefined;
    } finally {
      clearTimeout(limit);
      client.end();
    }
  };
}

/** The question as a shell command: it prints the facts, then the files' digests. */
export function questionOf(paths: readonly string[]): string {
  const script = "/opt/one-server-web/state.sh";
  return [
    'root=""',
    '[ "$(id -u)" = 0 ] || root="sudo -n"',
    // A server without the script is known to have none; one that can't run it is not known at all.
    `if [ -e ${script} ]; then $root ${script} || exit 1; fi`,
    "cd",
    ...paths.map((path) => `sha256sum -- ${shellQuote(path)} 2>/dev/null || true`),
  ].join("\n");
}

/** What a server answered: `name=value` lines, and those of sha256sum. */
export function parseReport(text: string): Report {
  const matches = (form: RegExp) =>
    [...text.matchAll(form)].map(([, first = "", second = ""]) => [first, second]);
  return {
    facts: Object.fromEntries(matches(/^([a-z]+)=(.*)$/gm)),
    digests: Object.fromEntries(
      matches(/^([0-9a-f]{64}) {2}(.+)$/gm).map(([digest = "", path = ""]) => [path, digest]),
    ),
  };
}

function connected(client: Client, connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once("ready", () => resolve());
    client.on("error", reject);
    client.once("close", () => reject(new Error("closed")));
    client.connect(connectConfig(connection));
    // The handshake is a dozen small messages, each of which would wait 40 ms for the receipt of the one before.
    client.setNoDelay(true);
  });
}

/** Asks for the one kind of host key that is expected, so that a server with several shows that one. */
function connectConfig({ host, port, user, privateKey, hostKey = "" }: Connection): ConnectConfig {
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
    ...(agent === undefined || privateKey !== undefined ? {} : { agent }),
  };
}

/** @throws {Error} when the command ends with anything but 0 */
function output(client: Client, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let text = "";
      let code: number | null = null;
      channel.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      channel.stderr.resume();
      channel.once("exit", (ended: number | null) => {
        code = ended;
      });
      channel.once("close", () => (code === 0 ? resolve(text) : reject(new Error(`ended with ${code}`))));
    });
  });
}
