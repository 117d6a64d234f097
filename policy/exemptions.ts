import type { Exemption } from "./settings";

/** What an exemption has to say about a resource. */
export interface Verdict {
  readonly exempt: boolean;
  /** Why the resource is reported although it was exempted once. */
  readonly ended?: string;
}

/**
 * Whether resources are exempted; several (the members of a group) only when each of them is.
 * @param resources each by its name and its URN
 * @param today `YYYY-MM-DD`
 */
export function verdict(
  exemptions: readonly Exemption[],
  resources: readonly { readonly name: string; readonly urn: string }[],
  today: string,
): Verdict {
  const matching = resources.map(({ name, urn }) =>
    exemptions.filter(({ resource }) => matches(resource, name) || matches(resource, urn)),
  );
  if (resources.length === 0 || matching.some((found) => found.length === 0)) return { exempt: false };
  if (matching.every((found) => found.some(({ until }) => today <= until))) return { exempt: true };
  const ended = matching.flat().find(({ until }) => until < today) as Exemption;
  return { exempt: false, ended: `The exemption "${ended.reason}" ended on ${ended.until}.` };
}

/** A line, and why it is reported although its resource was exempted once. */
export function withEnding(line: string, ended: string | undefined): string {
  return ended === undefined ? line : `${line} ${ended}`;
}

function matches(pattern: string, value: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(value);
}

/** Today, by the clock of the machine, in UTC. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
