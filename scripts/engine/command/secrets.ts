/** Replaces what must not be shown. */
export type Redact = (text: string) => string;

/** Texts shorter than this would take too much of the output with them, such as `1` or `on`. */
const SHORTEST = 4;

/**
 * A function that hides secrets in texts. Of a secret that is a script of assignments (`NAME='value'`), as given to a
 * command's standard input, each line and each value is hidden too, for a command may print one of them alone.
 */
export function redactor(secrets: string[]): Redact {
  const hidden = [...new Set(secrets.flatMap(parts))].filter((part) => part.length >= SHORTEST);
  hidden.sort((one, other) => other.length - one.length); // The whole before its parts.
  return (text) => hidden.reduce((shown, part) => shown.replaceAll(part, "[secret]"), text);
}

function parts(secret: string): string[] {
  const lines = secret.split("\n").map((line) => line.trim());
  const values = lines.flatMap((line) => {
    const assignment = /^(?:export\s+)?[A-Za-z_]\w*=(.*)$/.exec(line);
    return assignment?.[1] === undefined
      ? []
      : [assignment[1], assignment[1].replace(/^(['"])(.*)\1$/, "$2")];
  });
  return [secret, ...lines, ...values];
}
