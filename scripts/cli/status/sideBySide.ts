import { faultLine, rowsOf, type Status, showStatus } from "./show";

/** One fact: its name, and what each server says of it. */
interface Line {
  readonly name: string;
  readonly values: readonly string[];
}

/** A cell that is narrower than this cannot be read. */
const narrowest = 24;
const gap = "  ";

/**
 * A stack's servers for people: side by side, long values on several lines; one below the other where there are too many for that.
 * @param columns how wide the screen is
 */
export function showStatuses(statuses: readonly Status[], columns: number): string {
  const lines = linesOf(statuses);
  const names = Math.max(...lines.map(({ name }) => name.length));
  const cell = Math.floor((columns - names) / statuses.length) - gap.length;
  if (statuses.length < 2 || cell < narrowest) return statuses.map(showStatus).join("\n\n");
  const judged = statuses.flatMap(({ server, faults }) =>
    faults.length === 0 ? [] : [`${server}:`, ...faults.map(faultLine)],
  );
  return [
    ...lines.flatMap((line) => inCells(line, names, cell)),
    "",
    ...(judged.length === 0 ? ["all is well"] : judged),
  ].join("\n");
}

/** Each fact that a server has, in the order in which facts are shown; `-` where a server has not its role. */
function linesOf(statuses: readonly Status[]): Line[] {
  const known = statuses.map(factsOf);
  const names = [...new Set(known.flatMap((facts) => [...facts.keys()]))];
  return [
    { name: "", values: statuses.map(({ server }) => server) },
    ...names.map((name) => ({ name, values: known.map((facts) => facts.get(name) ?? "-") })),
  ];
}

/** Facts by their names; those that stand several times, such as disks, are one. */
function factsOf(status: Status): Map<string, string> {
  const facts = new Map<string, string>();
  if (!("facts" in status)) return facts;
  for (const [name, value] of [["system", status.facts.system] as const, ...rowsOf(status.facts)]) {
    const before = facts.get(name);
    facts.set(name, before === undefined ? value : `${before}; ${value}`);
  }
  return facts;
}

function inCells({ name, values }: Line, names: number, width: number): string[] {
  const cells = values.map((value) => wrapped(value, width));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, row) => {
    const parts = cells.map((cell) => (cell[row] ?? "").padEnd(width));
    return [(row === 0 ? name : "").padEnd(names), ...parts].join(gap).trimEnd();
  });
}

/** A text in lines of at most so many characters, broken between words; a longer word has a line of its own. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
