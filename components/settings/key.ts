import type { z } from "zod";

/** One configuration key: how its text is read, and what a person is told when it can't be. */
export interface Key<Schema extends z.ZodType = z.ZodType> {
  /** Reads the text that Pulumi hands over. */
  readonly schema: Schema;
  /** What is allowed, as it stands in an error. */
  readonly expected: string;
  /** A value that is right. */
  readonly example: string;
  /** The key must be set with `--secret`. */
  readonly secret?: true;
}

export function key<Schema extends z.ZodType>(
  schema: Schema,
  expected: string,
  example: string,
  options: { secret?: true } = {},
): Key<Schema> {
  return { schema, expected, example, ...options };
}
