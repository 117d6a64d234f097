/**
 * A POSIX script as a command line for a login, whatever its shell is: bash, zsh, ksh, dash or fish (csh reads no line breaks in quotes).
 * @param args what the script finds as `$1` and so on
 * @throws Error when a text holds a single quote, which these shells do not write alike
 */
export function loginCommand(script: string, ...args: readonly string[]): string {
  const words = [script, "one-server-web", ...args];
  const quoted = words.find((word) => word.includes("'"));
  if (quoted !== undefined) throw new Error(`no single quotes in a login's command: ${quoted}`);
  return `exec sh -c ${words.map((word) => `'${word}'`).join(" ")}`;
}

/** Sets `root` to what makes the login root: nothing, or sudo; ends the script where neither is possible. */
export const becomeRoot = [
  'root=""',
  'if [ "$(id -u)" != 0 ]; then',
  '  root="sudo -n"',
  "  $root true 2>/dev/null || {",
  '    echo "error: the login $(id -un) is not root and may not use sudo without a password: have /etc/sudoers.d/one-server-web say: $(id -un) ALL=(ALL) NOPASSWD:ALL" >&2',
  "    exit 1",
  "  }",
  "fi",
];

/** Any text as one word in double quotes, within a login's command. */
export function doubleQuoted(text: string): string {
  return `"${text.replace(/[\\"$`]/g, "\\$&")}"`;
}
