import type { Assignments } from "../roles/assignments";

/**
 * One `NAME='value'` a line, in the order of the names, so that the same settings are the same text.
 * @throws Error when a name is invalid, or a value holds a NUL, which no shell can hold.
 */
export function formatAssignments(assignments: Assignments): string {
  return Object.keys(assignments)
    .sort()
    .map((name) => formatAssignment(name, assignments[name] ?? ""))
    .join("");
}

function formatAssignment(name: string, value: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
    throw new Error(
      `${JSON.stringify(name)} is not a valid name of a server setting: capitals, digits and _ only`,
    );
  }
  if (value.includes("\0")) {
    throw new Error(`server setting ${name} holds a NUL character, which can't be passed on; remove it`);
  }
  return `${name}=${shellQuote(value)}\n`;
}

/** A text as one word of a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
