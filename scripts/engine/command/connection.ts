import { createHash, timingSafeEqual } from "node:crypto";
import type { ConnectConfig } from "ssh2";
import { isObject, type Properties, type Value } from "../values";
import type { Fields } from "./fields";
import { ssh } from "./ssh";

const ENDPOINT_FIELDS: Fields = {
  host: { type: "text", required: true },
  port: { type: "number", fallback: 22 },
  user: { type: "text", fallback: "root" },
  password: { type: "text" },
  privateKey: { type: "text" },
  privateKeyPassword: { type: "text" },
  agentSocketPath: { type: "text" },
  dialErrorLimit: { type: "number", fallback: 10 },
  perDialTimeout: { type: "number", fallback: 15 },
  hostKey: { type: "text" },
};

/** The `connection` input of remote resources, with the machine to go through, if any, as `proxy`. */
export const CONNECTION_FIELDS: Fields = { ...ENDPOINT_FIELDS, proxy: { type: ENDPOINT_FIELDS } };

/** How to reach one machine over SSH. */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  /** The text of a private key; tried before the password. */
  privateKey?: string;
  privateKeyPassword?: string;
  /** The socket of an SSH agent; default: SSH_AUTH_SOCK. */
  agentSocketPath?: string;
  /** How many failed attempts are forgiven; -1: all. */
  dialErrorLimit: number;
  /** Seconds one attempt may take; 0: as long as it takes. */
  perDialTimeout: number;
  /** The machine's public key (`ssh-ed25519 AAAA…`); unset: any key is believed. */
  hostKey?: string;
  /** The machine to go through. */
  proxy?: Endpoint;
}

/** Reads a checked `connection` input whose secrets are opened. */
export function endpointOf(connection: Value | undefined): Endpoint {
  if (!isObject(connection)) throw new Error("connection must be an object with a host");
  const { host, port, user, dialErrorLimit, perDialTimeout, proxy } = connection;
  return {
    host: String(host),
    port: Number(port ?? 22),
    user: String(user ?? "root"),
    dialErrorLimit: Number(dialErrorLimit ?? 10),
    perDialTimeout: Number(perDialTimeout ?? 15),
    ...optionalTexts(connection),
    ...(proxy ? { proxy: endpointOf(proxy) } : {}),
  };
}

function optionalTexts(connection: Properties): Partial<Endpoint> {
  const names = ["password", "privateKey", "privateKeyPassword", "agentSocketPath", "hostKey"] as const;
  return Object.fromEntries(
    names.flatMap((name) => (connection[name] ? [[name, String(connection[name])]] : [])),
  );
}

/** `user@host:port`, as errors name a machine. */
export function address(endpoint: Endpoint): string {
  return `${endpoint.user}@${endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
}

/** The command by which a person looks for themselves. */
export function loginCommand(endpoint: Endpoint): string {
  const { proxy } = endpoint;
  const jump = proxy ? `-J ${proxy.user}@${proxy.host}:${proxy.port} ` : "";
  return `ssh ${jump}-p ${endpoint.port} ${endpoint.user}@${endpoint.host}`;
}

/** An error that another attempt cannot mend: a wrong key file, a machine that is not the one it should be. */
export class FinalError extends Error {}

/**
 * The settings of one attempt for the library.
 *
 * @param refused called with the key the machine showed when it is not the expected one
 * @throws FinalError when the private key or the expected host key cannot be read
 */
export function connectConfig(endpoint: Endpoint, refused: (shown: string) => void): ConnectConfig {
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  const { privateKey, privateKeyPassword, password } = endpoint;
  if (privateKey !== undefined) readPrivateKey(endpoint, privateKey, privateKeyPassword);
  const methods = [
    ...(privateKey === undefined ? [] : (["publickey"] as const)),
    ...(password === undefined ? [] : (["password", "keyboard-interactive"] as const)),
    ...(agent ? (["agent"] as const) : []),
  ];
  return {
    host: endpoint.host,
    port: endpoint.port,
    username: endpoint.user,
    readyTimeout: endpoint.perDialTimeout * 1000,
    // A machine that dies while it works is noticed after a minute instead of never.
    keepaliveInterval: 15_000,
    keepaliveCountMax: 4,
    authHandler: methods.length > 0 ? [...methods] : ["none"],
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(privateKeyPassword === undefined ? {} : { passphrase: privateKeyPassword }),
    ...(password === undefined ? {} : { password, tryKeyboard: true }),
    ...(agent ? { agent } : {}),
    ...(endpoint.hostKey === undefined ? {} : hostKeyConfig(endpoint, endpoint.hostKey, refused)),
  };
}

function readPrivateKey(endpoint: Endpoint, text: string, passphrase: string | undefined): void {
  const key = ssh().utils.parseKey(text, passphrase);
  // The library's message may quote the key, so it is not passed on.
  if (key instanceof Error) {
    const hint = passphrase === undefined ? "; is it encrypted and privateKeyPassword missing?" : "";
    throw new FinalError(`the private key for ${address(endpoint)} cannot be read${hint}`);
  }
}

/** Only the expected kind of key is asked for, so that a machine with several kinds shows the right one. */
function hostKeyConfig(
  endpoint: Endpoint,
  expected: string,
  refused: (shown: string) => void,
): Partial<ConnectConfig> {
  const [type = "", body = ""] = expected.trim().split(/\s+/);
  const key = Buffer.from(body, "base64");
  if (!/^(ssh|ecdsa|sk)-/.test(type) || key.length === 0) {
    throw new FinalError(`the hostKey for ${address(endpoint)} must look like "ssh-ed25519 AAAA…"`);
  }
  const kinds = type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type];
  return {
    algorithms: {
      serverHostKey: kinds as NonNullable<NonNullable<ConnectConfig["algorithms"]>["serverHostKey"]>,
    },
    hostVerifier: (shown: Buffer) => {
      const same = shown.length === key.length && timingSafeEqual(shown, key);
      if (!same) refused(fingerprint(shown));
      return same;
    },
  };
}

/** A key's fingerprint as ssh shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}
