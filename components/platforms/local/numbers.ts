/** The place in the subnet of the first machine of each kind: far enough apart for thirty of a kind. */
const firstNumbers: Readonly<Record<string, number>> = {
  web: 10,
  app: 50,
  database: 100,
  "load-balancer": 150,
  dns: 200,
};

const mostOfAKind = 30;

/**
 * A machine's place in its subnet, from its name alone: `web-1` is 10, `web-2` is 11, `database-1` is 100. So an address
 * stays the same whatever other machines come and go.
 * @throws {Error} when the name is not KIND-NUMBER with a known kind.
 */
export function machineNumber(name: string): number {
  const [, kind = "", digits = ""] = /^([a-z-]+)-([1-9]\d?)$/.exec(name) ?? [];
  const first = firstNumbers[kind];
  const count = Number(digits);
  if (first === undefined || count > mostOfAKind) {
    const kinds = Object.keys(firstNumbers).join(", ");
    throw new Error(
      `server: "${name}" is not a name on the platform local: expected one of ${kinds}, a hyphen and 1 to ${mostOfAKind}; for example web-1`,
    );
  }
  return first + count - 1;
}
