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

/** What is wrong with the names of several servers, as it follows the setting's name in an error. */
export function nameProblem(
  servers: readonly { readonly name?: string | undefined; readonly tiers?: readonly string[] | undefined }[],
): string | undefined {
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
