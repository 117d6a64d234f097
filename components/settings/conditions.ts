/** Values of other settings under which something holds: one of these, any at all (`true`), or a text of this form. */
export type Condition = Readonly<Record<string, readonly (string | boolean)[] | RegExp | true>>;

/** Whether a condition holds for these settings, defaults included. */
export function holds(condition: Condition, known: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(condition).every(([name, wanted]) => {
    const value = known[name];
    if (wanted === true) return value !== undefined;
    if (wanted instanceof RegExp) return typeof value === "string" && wanted.test(value);
    return wanted.includes(value as string | boolean);
  });
}

/** The condition as it follows "with": `platform ssh or aws`, `backupRepository set`. */
export function conditionText(condition: Condition): string {
  return Object.entries(condition)
    .map(([name, wanted]) => {
      if (wanted === true) return `${name} set`;
      if (wanted instanceof RegExp) return `${name} ${wanted.source.replace(/^\^/, "")}`;
      return `${name} ${wanted.join(" or ")}`;
    })
    .join(" and ");
}
