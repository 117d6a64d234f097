import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import {
  type Assignments,
  assignmentsOf,
  releaseAssignments,
  type VariableName,
} from "../../components/roles/assignments";
import { rolesOf } from "../../components/roles/roles";
import type { PlainSettings } from "../../components/settings/settings";
import { projectFolder } from "../../scripts/cli/project/folders";
import { type Config, plainSettings, type ServerVariables } from "./settings";

export const examples = ["wordpress", "wagtail"] as const;
export type Example = (typeof examples)[number];

/** The folder of the files that a person writes for the example's site. */
export function exampleSite(name: Example): string {
  return join(projectFolder, "examples", name, "site");
}

/** The settings of the example's stack, as Pulumi hands them to the program. */
export function exampleConfig(name: Example): Config {
  const file = join(projectFolder, "examples", name, `Pulumi.${name}.yaml`);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  const entries = Object.entries(config).map(([key, value]) => [
    key.replace("one-server-web:", ""),
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(entries) as Config;
}

/**
 * The variables of a server with all tiers that an example's settings change.
 * @param more settings beside the example's, such as its secrets
 */
export function exampleVariables(name: Example, more: Config): ServerVariables {
  return changedBy(name, more, (settings) =>
    assignmentsOf(rolesOf(["web", "app", "database"], settings), settings),
  );
}

/** The variables of a release that an example's settings change. */
export function exampleRelease(name: Example, more: Config): ServerVariables {
  return changedBy(name, more, releaseAssignments);
}

function changedBy(
  name: Example,
  more: Config,
  assignments: (settings: PlainSettings) => Assignments,
): ServerVariables {
  const given = assignments(plainSettings({ ...exampleConfig(name), ...more }));
  const usual = assignments(plainSettings());
  const changed = Object.entries(given).filter(
    ([variable, text]) => variable !== "ROLES" && usual[variable] !== text,
  );
  return Object.fromEntries(changed) as { readonly [Name in VariableName]?: string };
}
