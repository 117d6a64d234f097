import type { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "ssh2";
import type { Call } from "../providerServer";
import { address, connectConfig, type Endpoint, FinalError, loginCommand } from "./connection";
import { ssh } from "./ssh";

/** The waits between attempts, in milliseconds: they begin short, grow, and stay at the longest. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;
const GROWTH = 1.5;

/** How long to wait after the attempt of this number, from 0, in milliseconds. */
export function waitAfter(attempt: number): number {
  return Math.min(FIRST_WAIT * GROWTH ** attempt, LONGEST_WAIT);
}

/** Have this many attempts failed too often? A limit of 10 forgives ten; -1 forgives all. */
export function limitReached(failures: number, dialErrorLimit: number): boolean {
  return dialErrorLimit > -1 && failures > dialErrorLimit;
}

/**
 * A connection to a machine, through its proxy if it has one. Tries again, as long as the connection's settings allow,
 * for a machine may still be booting.
 *
 * @throws with the machine, how long it was tried, why the last attempt failed and how to look
 */
export async function dial(call: Call, endpoint: Endpoint): Promise<Client> {
  const began = Date.now();
  for (let attempt = 0; ; attempt++) {
    call.signal.throwIfAborted();
    try {
      return await attemptOnce(call, endpoint);
    } catch (error) {
      if (call.signal.aborted) throw call.signal.reason;
      if (error instanceof FinalError) throw error;
      const reason = explain(error as NodeJS.ErrnoException);
      const tries = attempt + 1;
      if (limitReached(tries, endpoint.dialErrorLimit)) {
        const seconds = Math.round((Date.now() - began) / 1000);
        throw new Error(
          `could not reach ${address(endpoint)} in ${seconds} s (${tries} ${tries === 1 ? "try" : "tries"}): ` +
            `${reason}; look with: ${loginCommand(endpoint)}`,
        );
      }
      call.log("status", `waiting for ${address(endpoint)}: ${reason} (try ${tries})`);
      await wait(waitAfter(attempt), undefined, { signal: call.signal }).catch(() => undefined);
    }
  }
}

/** One attempt, with the proxy's own attempts before it. */
async function attemptOnce(call: Call, endpoint: Endpoint): Promise<Client> {
  if (!endpoint.proxy) return connect(call, endpoint);
  const proxy = await dial(call, endpoint.proxy);
  try {
    const tunnel = await new Promise<Duplex>((resolve, reject) => {
      proxy.forwardOut("127.0.0.1", 0, endpoint.host, endpoint.port, (error, stream) =>
        error ? reject(error) : resolve(stream),
      );
    });
    const client = await connect(call, endpoint, tunnel);
    client.once("close", () => proxy.end());
    return client;
  } catch (error) {
    proxy.end();
    throw error;
  }
}

function connect(call: Call, endpoint: Endpoint, tunnel?: Duplex): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new (ssh().Client)();
    let unexpected: string | undefined;
    const config = connectConfig(endpoint, (shown) => {
      unexpected = shown;
    });
    const stop = () => client.destroy();
    const settle = (act: () => void) => {
      call.signal.removeEventListener("abort", stop);
      act();
    };
    client.once("ready", () =>
      settle(() => {
        client.on("error", () => undefined); // Whoever uses the connection sees it close.
        resolve(client);
      }),
    );
    client.once("error", (error) =>
      settle(() => {
        client.on("error", () => undefined);
        client.destroy();
        reject(unexpected === undefined ? error : hostKeyError(endpoint, unexpected));
      }),
    );
    client.once("close", () =>
      settle(() => reject(new Error("the connection was closed while it was set up"))),
    );
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => endpoint.password ?? "")),
    );
    call.signal.addEventListener("abort", stop, { once: true });
    client.connect(tunnel ? { ...config, sock: tunnel } : config);
    // The handshake is a dozen small messages, each of which would wait 40 ms for the receipt of the one before.
    client.setNoDelay(true);
  });
}

function hostKeyError(endpoint: Endpoint, shown: string): FinalError {
  const known = `ssh-keyscan -p ${endpoint.port} ${endpoint.host}`;
  return new FinalError(
    `refused to talk to ${address(endpoint)}: its host key ${shown} is not the one in connection.hostKey; ` +
      `if the machine was replaced, compare with ${known} and set the new key`,
  );
}

/** What went wrong, in words a person knows. */
function explain(error: NodeJS.ErrnoException & { level?: string }): string {
  if (error.level === "client-authentication") return "the login was refused (user, key or password)";
  if (error.level === "client-timeout") return "no answer in time";
  const words: { [code: string]: string } = {
    ECONNREFUSED: "connection refused",
    EHOSTUNREACH: "no route to the host",
    ENETUNREACH: "no route to the network",
    ETIMEDOUT: "no answer in time",
    ECONNRESET: "connection reset",
    ENOTFOUND: "the name is not known",
    EAI_AGAIN: "name resolution does not work",
  };
  return words[error.code ?? ""] ?? error.message;
}
