import { z } from "zod";

/** A server's public key as known_hosts holds it, without the name: `ssh-ed25519 AAAA…`. */
export const sshHostKey = z
  .string()
  .refine(isHostKey)
  .describe("an SSH server's public key as ssh-keyscan prints it, without the name");

/** The kind of the key stands before it and again inside it, behind its own length (RFC 4253, section 6.6). */
function isHostKey(text: string): boolean {
  const parts = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) ([A-Za-z0-9+/]+=*)(?: .*)?$/.exec(text);
  if (parts === null) return false;
  const [, kind = "", body = ""] = parts;
  const key = Buffer.from(body, "base64");
  const length = key.length > 4 ? key.readUInt32BE(0) : 0;
  return length === kind.length && key.subarray(4, 4 + length).toString() === kind && key.length > 4 + length;
}

/** Each server is a machine of its own: no two behind one address and port. */
export function areDifferentServers(servers: readonly { address: string; port: number }[]): boolean {
  return new Set(servers.map(({ address, port }) => `${address} ${port}`)).size === servers.length;
}

interface Login {
  readonly address: string;
  readonly port: number;
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
}

interface NamedServer {
  readonly name?: string | undefined;
  readonly tiers?: readonly string[] | undefined;
}

/** What is wrong with the servers, as it follows the setting's name in an error. */
export function serversProblem(
  servers: readonly (NamedServer & Login & { readonly bastion?: Login | undefined })[],
): string | undefined {
  const logins = servers.flatMap((server, index) => [
    { login: server as Login, where: `[${index}]` },
    ...(server.bastion === undefined ? [] : [{ login: server.bastion, where: `[${index}].bastion` }]),
  ]);
  const keys = logins.map(({ login, where }) => keyProblem(login, where));
  return nameProblem(servers) ?? keys.find((problem) => problem !== undefined) ?? bastionProblem(servers);
}

/** A key that can't be read here can't be used anywhere: what is wrong is never a part of the key. */
function keyProblem({ privateKey, passphrase }: Login, where: string): string | undefined {
  if (privateKey === undefined) {
    return process.env.SSH_AUTH_SOCK
      ? undefined
      : `has no privateKey at ${where}, and no SSH agent runs here (SSH_AUTH_SOCK)`;
  }
  // Loaded only here: other platforms have no use for it.
  const { utils } = require("ssh2") as typeof import("ssh2");
  const key = utils.parseKey(privateKey, passphrase);
  // Of other formats than OpenSSH's and PEM only the engine's plugin can say whether it reads them.
  if (!(key instanceof Error) || !/passphrase/i.test(key.message)) return undefined;
  return passphrase === undefined
    ? `has a privateKey at ${where} that is encrypted, and no passphrase beside it`
    : `has a passphrase at ${where} that does not open its privateKey`;
}

/** A server forwards nothing once it is set up, also not to other servers. */
function bastionProblem(
  servers: readonly (Login & { readonly bastion?: Login | undefined })[],
): string | undefined {
  const index = servers.findIndex(({ bastion }) =>
    servers.some(({ address, port }) => bastion?.address === address && bastion.port === port),
  );
  return index < 0
    ? undefined
    : `has a bastion at [${index}] that is itself one of the servers, which forward no connections`;
}

/** What is wrong with the names of several servers. */
function nameProblem(servers: readonly NamedServer[]): string | undefined {
  if (servers.length < 2) return undefined;
  const unnamed = servers.findIndex(({ name, tiers }) => name === undefined || tiers === undefined);
  if (unnamed >= 0) {
    const missing = servers[unnamed]?.name === undefined ? "name" : "tiers";
    return `has several servers, of which [${unnamed}] has no ${missing}: machines are not assigned by their order`;
  }
  const names = servers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `names two servers ${twice}`;
}
