import { parse, stringify } from "yaml";

/** The name of a stack's settings file, whatever organization and project stand before the stack's own name. */
export function stackFileName(stack: string): string {
  return `Pulumi.${stack.slice(stack.lastIndexOf("/") + 1)}.yaml`;
}

/** A stack's settings that stand in plain text, without the salt: the others cannot be read without its passphrase. */
export function withoutSecrets(text: string): string {
  const { config = {} } = parse(text) as { config?: Record<string, unknown> };
  const plain = Object.entries(config).filter(([, value]) => !isEncrypted(value));
  return stringify({ config: Object.fromEntries(plain) });
}

function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}
