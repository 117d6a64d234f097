import type { Counts } from "./group";

/** `12 passed, 0 failed`, with `, 3 skipped` where there were any: alone on a line, as machines read it. */
export function closingLine({ passes, failures, pending }: Counts): string {
  const skipped = pending > 0 ? `, ${pending} skipped` : "";
  return `${passes} passed, ${failures} failed${skipped}`;
}
