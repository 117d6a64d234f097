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

/** What is known of one server besides the settings. */
export interface BundleFacts {
  /** PEM, where the certificate is not requested by the server itself. */
  readonly certificate?: { readonly certificate: string; readonly privateKey: string } | undefined;
  /** The key by which the server is verified, as known_hosts writes it: its type stays in use there. */
  readonly hostKey?: string | undefined;
  readonly machine?: MachineFacts | undefined;
  /** Who may connect, in nftables' language, one rule a line. */
  readonly firewallRules?: string;
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
  DATABASE_NAME: { roles: ["mysql", "site"], text: () => "site" },
  DATABASE_USER: { roles: ["mysql", "site"], text: () => "site" },
  CERTIFICATE: { roles: ["tls"], text: ({ certificate }) => certificate?.certificate.trim() ?? "" },
  CERTIFICATE_KEY: {
    roles: ["tls"],
    secret: true,
    text: ({ certificate }) => certificate?.privateKey.trim() ?? "",
  },
  SSH_HOST_KEY_TYPE: { roles: ["hardening"], text: ({ hostKey }) => hostKey?.split(" ")[0] ?? "" },
  FIREWALL_RULES: { roles: ["hardening"], text: ({ firewallRules }) => firewallRules ?? "" },
  DATA_DEVICE: { roles: ["base"], text: ({ machine }) => machine?.dataDevice ?? "" },
  DATA_VOLUME_SIZE: { roles: ["base"], text: ({ machine }) => String(machine?.dataVolumeSize ?? "") },
  METADATA_GUARD: { roles: ["base"], text: ({ machine }) => yesNo(machine?.metadataGuard) },
  CERTIFICATE_METRIC: { roles: ["base"], text: ({ machine }) => yesNo(machine?.certificateMetric) },
} satisfies Readonly<Record<string, FactVariable>>;

export type FactName = keyof typeof factVariables;
