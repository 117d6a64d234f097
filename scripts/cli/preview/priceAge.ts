/** Older than this, in days, a table of prices is not to be trusted. */
const longest = 90;

/**
 * Days since a table of prices was true.
 * @param asOf `2026-06` (its last day counts) or `2026-06-30`
 */
export function priceAge(asOf: string, today: Date): number {
  const [year = 0, month = 0, day] = asOf.split("-").map(Number);
  const then = day === undefined ? Date.UTC(year, month, 0) : Date.UTC(year, month - 1, day);
  return Math.floor((today.getTime() - then) / 86_400_000);
}

/** What to tell about prices that are too old; undefined while they are fresh. */
export function priceAgeWarning(asOf: string | undefined, today: Date): string | undefined {
  if (asOf === undefined) return undefined;
  const age = priceAge(asOf, today);
  if (age <= longest) return undefined;
  return `The prices are of ${asOf}, ${age} days old: refresh them with npm run prices.`;
}
