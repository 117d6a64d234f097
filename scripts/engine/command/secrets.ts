/** Replaces what must not be shown. */
export type Redact = (text: string) => string;

/** Texts shorter than this would take too much of the output with them, such as `1` or `on`. */
const SHORTEST = 4;

/** Names of settings that hold secrets. */
const TELLING = /PASSWORD|PASSPHRASE|SECRET|TOKEN|KEY|CREDENTIAL|DSN/i;

/**
 * A function that hides secrets in texts. Of a secret that is a script of assignments (`NAME='value'`), as given to a
 * command's standard input, each line is hidden too, and each value whose name or looks tell that it is one, for a
 * command may print one of them alone. Values such as `local` or `mysql` stay, or no message could be read.
 */
export function redactor(secrets: string[]): Redact {
  const hidden = [...new Set(secrets.flatMap(parts))].filter((part) => part.length >= SHORTEST);
  hidden.sort((one, other) => other.length - one.length); // The whole before its parts.
  return (text) => hidden.reduce((shown, part) => shown.replaceAll(part, "[secret]"), text);
}

function parts(secret: string): string[] {
  const lines = secret.split("\n").map((line) => line.trim());
  const values = lines.flatMap((line) => {
    const assignment = /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line);
    if (assignment === null) return [];
    const [, name = "", quoted = ""] = assignment;
    const value = quoted.replace(/^(['"])(.*)\1$/, "$2");
    return TELLING.test(name) || looksRandom(value) ? [quoted, value] : [];
  });
  return [secret, ...lines, ...values];
}

/** Long, in one word, of letters and digits mixed: a key rather than a name or a path. */
function looksRandom(value: string): boolean {
  return /^[A-Za-z0-9+=_-]{16,}$/.test(value) && /[0-9]/.test(value) && /[A-Za-z]/.test(value);
}
