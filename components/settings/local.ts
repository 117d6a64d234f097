import { createHash } from "node:crypto";
import { derived, type Fields, setting } from "./setting";
import { choice, privateSubnet, text, wholeNumber } from "./values";

const only = { platform: ["local"] } as const;

/** What the platform `local` needs. */
export const localTable = {
  suite: setting(choice({ sid: "MySQL", trixie: "MariaDB" }), {
    about: "The Debian suite of local machines.",
    default: "sid",
    example: "sid",
    only,
  }),
  memory: setting(wholeNumber("MiB", 512, 1048576), {
    about: "The memory of each machine, in MiB; as much as the host has when empty.",
    example: "2048",
    only,
  }),
  network: setting(
    text(/^[a-z][a-z0-9-]{0,9}$/, "1 to 10 lower-case letters, digits and hyphens, a letter first"),
    {
      about: "Names the bridge, the machines and the firewall table on this host.",
      default: derived("the stack's name", (_known: unknown, { stack }) => networkName(stack)),
      example: "local",
      only,
    },
  ),
  subnet: setting(privateSubnet, {
    about: "The addresses of the local network; the host takes .1.",
    default: derived("one that follows from the network's name", ({ network }: { network: string }) =>
      subnetOf(network),
    ),
    example: "10.88.0.0/24",
    only,
  }),
};

export type LocalSettings = Fields<typeof localTable>;

/** A stack's own network name: the stack's name where it fits an interface's name, else a digest of it. */
export function networkName(stack: string): string {
  return /^[a-z][a-z0-9-]{0,9}$/.test(stack) ? stack : `n${digest(stack).toString("hex").slice(0, 9)}`;
}

/** A subnet for a network's name, spread over 10.128.0.0/10, so that two stacks seldom ask for the same. */
export function subnetOf(network: string): string {
  const [first = 0, second = 0] = digest(network);
  return `10.${128 + (first % 64)}.${second}.0/24`;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
