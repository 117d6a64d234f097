import { spawnSync } from "node:child_process";
import { projectFolder } from "../../scripts/cli/project/folders";

/** Version 0.1.0 of this project, in its own history. */
export const version010 = "844a8391062db60f7a80799e7c30e818705dbc47";

/** Why tests of a stack of version 0.1.0 are skipped; undefined where they can run. */
export const version010Missing: string | undefined =
  spawnSync("git", ["cat-file", "-e", `${version010}^{commit}`], { cwd: projectFolder }).status === 0
    ? undefined
    : `this clone's history does not reach back to ${version010.slice(0, 7)}: git fetch --unshallow`;

/** A step of `pulumi preview --json` that changes a resource. */
export interface PlannedStep {
  readonly op: string;
  readonly urn: string;
}

/** The steps of a preview that replace or delete something. */
export function losses(previewJson: string): PlannedStep[] {
  const { steps } = JSON.parse(previewJson) as { readonly steps: readonly PlannedStep[] };
  return steps.filter(({ op }) => !["same", "create", "update", "read", "refresh"].includes(op));
}

/** The resources that a preview leaves or updates, by type and name. */
export function kept(previewJson: string): string[] {
  const { steps } = JSON.parse(previewJson) as { readonly steps: readonly PlannedStep[] };
  return steps.filter(({ op }) => op === "same" || op === "update").map(({ urn }) => urn);
}
