import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { RoleName } from "../settings/roleNames";
import type { Settings } from "../settings/settings";
import { type Assignments, assignmentsOf } from "./assignments";
import type { InternalTls, MachineFacts, PeerFacts } from "./facts";

/** What makes a machine a server, however it gets there: pushed over SSH, fetched at boot, or part of an image. */
export interface Bundle {
  /**
   * The folder of the scripts, to be packed whole: one archive serves all servers of a stack, and what a server no longer is gets
   * removed by the scripts of the role that it had.
   */
  readonly scripts: string;
  /** What its `provision.sh` reads on standard input; secret as a whole. */
  readonly assignments: pulumi.Output<Assignments>;
}

/** What is known of one server besides the settings, as far as it is known yet. */
export interface BundleSources {
  /** PEM, where the certificate is not requested by the server itself. */
  readonly certificate?:
    | { readonly certificate: pulumi.Input<string>; readonly privateKey: pulumi.Input<string> }
    | undefined;
  /** The key by which the server is verified, as known_hosts writes it. */
  readonly hostKey?: pulumi.Input<string | undefined>;
  readonly machine?: pulumi.Input<MachineFacts> | undefined;
  readonly internal?: pulumi.Input<InternalTls> | undefined;
  readonly privateAddress?: pulumi.Input<string>;
  readonly databaseServers?: pulumi.Input<PeerFacts[]>;
  /** Who may connect, in nftables' language, one rule a line. */
  readonly firewallRules?: pulumi.Input<string>;
  /** Whether the machine may hold something else, or be another stack's. */
  readonly takeOver?: boolean;
}

/** The bundle of a server with these roles. It makes no resource and sends nothing. */
export function bundleOf(
  roles: readonly RoleName[],
  settings: Settings,
  sources: BundleSources = {},
): Bundle {
  const known = pulumi.all([pulumi.output(settings), pulumi.output(sources)]);
  return {
    scripts: join(__dirname, "../../scripts/server"),
    assignments: pulumi.secret(known.apply(([plain, facts]) => assignmentsOf(roles, plain, facts))),
  };
}
