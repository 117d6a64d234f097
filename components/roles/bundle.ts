import { join } from "node:path";
import type { RoleName } from "../settings/roleNames";
import type { PlainSettings } from "../settings/settings";
import { type Assignments, assignmentsOf } from "./assignments";
import type { BundleFacts } from "./facts";

/** What makes a machine a server, however it gets there: pushed over SSH, fetched at boot, or part of an image. */
export interface Bundle {
  /**
   * The folder of the scripts, to be packed whole: one archive serves all servers of a stack, and a role that a server had before is
   * removed by its own scripts.
   */
  readonly scripts: string;
  /** The script in it that is run as root, with the assignments on its standard input. */
  readonly entry: string;
  readonly assignments: Assignments;
}

/** The bundle of a server with these roles. */
export function bundleOf(
  roles: readonly RoleName[],
  settings: PlainSettings,
  facts: BundleFacts = {},
): Bundle {
  return {
    scripts: serverScripts,
    entry: "provision.sh",
    assignments: assignmentsOf(roles, settings, facts),
  };
}

/** The scripts that make a machine a server of the site. */
export const serverScripts = join(__dirname, "../../scripts/server");
