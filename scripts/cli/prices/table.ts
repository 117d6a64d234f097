import type { Price } from "./rows";

/** A table after a refresh. */
export interface Refreshed {
  readonly text: string;
  readonly changed: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** What no list told. */
  readonly kept: readonly string[];
}

const sections = ["ec2", "rds", "aurora", "elasticache", "units"] as const;

/**
 * The source of policy/prices.ts with the prices found, and the month they are of. Everything else in it stays.
 * @throws Error when no price of the table was found: then the lists have another form, and the month would be a lie
 */
export function refreshTable(text: string, prices: readonly Price[], asOf: string): Refreshed {
  const found = new Map(prices.map(({ section, name, amount }) => [`${section} ${name}`, amount]));
  const changed: { name: string; before: number; after: number }[] = [];
  const kept: string[] = [];
  let refreshed = text;
  let told = 0;
  for (const section of sections) {
    refreshed = refreshed.replace(
      new RegExp(`(\\n  ${section}: \\{\\n)([\\s\\S]*?)(\\n  \\},)`),
      (_whole, head, body, tail) => {
        const lines = String(body).replace(
          /^( {4}"?)([\w.]+)("?: )([\d.]+),$/gm,
          (line, start, name, middle, value) => {
            const after = found.get(`${section} ${name}`);
            if (after === undefined) {
              kept.push(name);
              return line;
            }
            told += 1;
            if (after !== Number(value)) changed.push({ name, before: Number(value), after });
            return `${start}${name}${middle}${after},`;
          },
        );
        return `${head}${lines}${tail}`;
      },
    );
  }
  if (told === 0)
    throw new Error("no price of the table stands in AWS's lists: have they changed their form?");
  return { text: refreshed.replace(/asOf: "[\d-]+"/, `asOf: "${asOf}"`), changed, kept };
}
