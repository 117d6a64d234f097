import type { RoleName } from "../settings/roleNames";

/** A platform's own facts about one machine. They have names of their own, so that none can take a setting's place. */
export interface MachineFacts {
  /** The block device of the volume that keeps the data, such as `/dev/disk/by-id/…`; data is on the system's disk when unset. */
  readonly dataDevice?: string;
  /** That volume's size in GiB: provisioning runs again when it grew. */
  readonly dataVolumeSize?: number;
  /** Whether the site's processes are kept from the cloud's metadata service. */
  readonly metadataGuard?: boolean;
  /** Whether the certificate's remaining days are logged for the cloud's monitoring. */
  readonly certificateMetric?: boolean;
}

/** An account of the database: it may do everything in the site's database, and nothing elsewhere. */
export interface DatabaseAccount {
  /** Letters, digits and underscores, 32 at most. */
  readonly name: string;
  /** `localhost` for the Unix socket, an address, or a network such as `10.0.0.0/24`; over the network by TLS alone. */
  readonly host: string;
  readonly password: string;
}

/** What a rung says of one database server; the site's own account over the Unix socket alone when unset. */
export interface DatabaseFacts {
  /** The address at which it listens too, by TLS. Who may connect follows from the accounts, also in the firewall. */
  readonly listen?: { readonly address: string; readonly tls: DatabaseTls };
  /** Its number among the servers that replicate each other, from 1. */
  readonly serverId?: number;
  readonly accounts?: readonly DatabaseAccount[];
}

/** PEM; the authority is whose signature clients' certificates need, where they have any. */
export interface DatabaseTls {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority?: string;
}

/** How a server is known to the stack's other servers: PEM, signed by the stack's internal authority. */
export interface InternalTls {
  readonly authority: string;
  readonly certificate: string;
  readonly privateKey: string;
}

/** A server of the stack as the others reach it. */
export interface PeerFacts {
  readonly name: string;
  /** Its private address. */
  readonly address: string;
}

/** What is known of one server besides the settings. */
export interface BundleFacts {
  /** PEM, where the certificate is not requested by the server itself. */
  readonly certificate?: { readonly certificate: string; readonly privateKey: string } | undefined;
  /** The key by which the server is verified, as known_hosts writes it: its type stays in use there. */
  readonly hostKey?: string | undefined;
  readonly database?: DatabaseFacts | undefined;
  /** Undefined on a server that speaks to no other. */
  readonly internal?: InternalTls | undefined;
  readonly privateAddress?: string;
  /** Those that keep the site's data, where they are servers of their own. */
  readonly databaseServers?: readonly PeerFacts[];
  readonly machine?: MachineFacts | undefined;
  /** Who may connect, in nftables' language, one rule a line. */
  readonly firewallRules?: string;
  /** Whether the machine may hold something else, or be another stack's: it then becomes this one's. */
  readonly takeOver?: boolean;
}

interface FactVariable {
  readonly roles: readonly RoleName[];
  readonly secret?: true;
  readonly text: (facts: BundleFacts) => string;
}

function yesNo(value: boolean | undefined): string {
  return value === true ? "yes" : "no";
}

/** Variables on a server that follow from no setting. */
export const factVariables = {
  DATABASE_NAME: { roles: ["mysql", "database-proxy", "site"], text: () => "site" },
  DATABASE_USER: { roles: ["mysql", "database-proxy", "site"], text: () => "site" },
  DATABASE_LISTEN: { roles: ["mysql"], text: ({ database }) => database?.listen?.address ?? "" },
  DATABASE_TLS_CERTIFICATE: {
    roles: ["mysql"],
    text: ({ database }) => database?.listen?.tls.certificate.trim() ?? "",
  },
  DATABASE_TLS_KEY: {
    roles: ["mysql"],
    secret: true,
    text: ({ database }) => database?.listen?.tls.privateKey.trim() ?? "",
  },
  DATABASE_TLS_AUTHORITY: {
    roles: ["mysql"],
    text: ({ database }) => database?.listen?.tls.authority?.trim() ?? "",
  },
  SERVER_ID: { roles: ["mysql"], text: ({ database }) => String(database?.serverId ?? 1) },
  DATABASE_ACCOUNTS: {
    roles: ["mysql"],
    secret: true,
    text: ({ database }) =>
      (database?.accounts ?? [])
        .map(({ name, host, password }) => [name, host, password].join("\t"))
        .join("\n"),
  },
  CERTIFICATE: { roles: ["tls"], text: ({ certificate }) => certificate?.certificate.trim() ?? "" },
  CERTIFICATE_KEY: {
    roles: ["tls"],
    secret: true,
    text: ({ certificate }) => certificate?.privateKey.trim() ?? "",
  },
  INTERNAL_AUTHORITY: {
    roles: ["internal-tls"],
    text: ({ internal }) => internal?.authority.trim() ?? "",
  },
  INTERNAL_CERTIFICATE: {
    roles: ["internal-tls"],
    text: ({ internal }) => internal?.certificate.trim() ?? "",
  },
  INTERNAL_KEY: {
    roles: ["internal-tls"],
    secret: true,
    text: ({ internal }) => internal?.privateKey.trim() ?? "",
  },
  PRIVATE_ADDRESS: { roles: ["database-endpoint"], text: ({ privateAddress }) => privateAddress ?? "" },
  DATABASE_SERVERS: {
    roles: ["database-proxy"],
    text: ({ databaseServers }) =>
      (databaseServers ?? []).map(({ name, address }) => `${name} ${address}`).join("\n"),
  },
  SSH_HOST_KEY_TYPE: { roles: ["hardening"], text: ({ hostKey }) => hostKey?.split(" ")[0] ?? "" },
  FIREWALL_RULES: { roles: ["hardening"], text: ({ firewallRules }) => firewallRules ?? "" },
  TAKE_OVER: { roles: ["base"], text: ({ takeOver }) => yesNo(takeOver) },
  DATA_DEVICE: { roles: ["base"], text: ({ machine }) => machine?.dataDevice ?? "" },
  DATA_VOLUME_SIZE: { roles: ["base"], text: ({ machine }) => String(machine?.dataVolumeSize ?? "") },
  METADATA_GUARD: { roles: ["base"], text: ({ machine }) => yesNo(machine?.metadataGuard) },
  CERTIFICATE_METRIC: { roles: ["base"], text: ({ machine }) => yesNo(machine?.certificateMetric) },
} satisfies Readonly<Record<string, FactVariable>>;

export type FactName = keyof typeof factVariables;
