// How values become the text of a variable on a server. The same value is always the same text.

/** The text of a value that has none of its own: `yes` and `no`, a list's items between spaces, empty where nothing is set. */
export function variableText(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.join(" ");
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new Error(`${JSON.stringify(value)} needs a format of its own to be a variable`);
}

/** `KEEP_RELEASES` for `keepReleases`. */
export function variableName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase();
}

/** One `NAME=value` a line. */
export function environmentLines(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join("\n");
}

/** One name, a tab and a command line a line. */
export function workerLines(workers: Readonly<Record<string, string>>): string {
  return Object.entries(workers)
    .map((parts) => parts.join("\t"))
    .sort()
    .join("\n");
}

/** One name, a tab, a schedule, a tab and a command line a line. */
export function cronLines(
  cron: Readonly<Record<string, { readonly schedule: string; readonly command: string }>>,
): string {
  return Object.entries(cron)
    .map(([name, { schedule, command }]) => [name, schedule, command].join("\t"))
    .sort()
    .join("\n");
}

/** PEM without the empty lines around it. */
export function trimmed(pem: string): string {
  return pem.trim();
}
