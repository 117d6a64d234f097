import { type Tier, tierLabels } from "../../../policy/vocabulary";
import { type Backend, embeddedStack, placeOf } from "./backend";

/** What a stack holds that `npm stop` would destroy. */
export interface Holdings {
  readonly stack: string;
  readonly backend: Backend;
  /** How many resources there are, without the stack itself. */
  readonly resources: number;
  readonly servers: readonly HeldServer[];
  /** The setting `backupRepository`. */
  readonly backups: string | undefined;
}

export interface HeldServer {
  readonly name: string;
  readonly tiers: readonly Tier[];
  readonly address: string;
  readonly platform: string;
}

/** Whether no question is needed: the site that a plain `npm start` made in this clone and on this host. */
export function isEmbedded({ stack, backend, servers }: Holdings): boolean {
  return (
    stack === embeddedStack && backend.kind === "own" && servers.every(({ platform }) => platform === "local")
  );
}

/** What would be destroyed, for people: the stack, its servers, their data, and what of it is kept elsewhere. */
export function describeHoldings({ stack, backend, resources, servers, backups }: Holdings): string {
  return [
    `the stack ${stack} in ${placeOf(backend)}: ${resources} resources`,
    ...servers.map(describeServer),
    `  backups: ${describeBackups(servers, backups)}`,
  ].join("\n");
}

/** Servers of the platform `ssh` are somebody's own machines. */
function stays({ platform }: HeldServer): boolean {
  return platform === "ssh";
}

function describeServer(server: HeldServer): string {
  const { name, tiers, address } = server;
  const held = tiers.map((tier) => tierLabels[tier]).join(", ");
  const data = [
    ...(tiers.includes("database") ? ["the database"] : []),
    ...(tiers.includes("web") || tiers.includes("storage") ? ["what was uploaded"] : []),
  ];
  const lost = ["the machine", ...data].join(", ");
  return `  ${name} at ${address} (${held}): ${stays(server) ? "the machine and what is on it stay" : lost}`;
}

function describeBackups(servers: readonly HeldServer[], repository: string | undefined): string {
  if (repository === undefined) return "none";
  if (!repository.startsWith("/")) return `${repository}, which stays`;
  const lost = servers.some((server) => !stays(server));
  return `${repository} on the server itself, which ${lost ? "is destroyed with it" : "stays"}`;
}
