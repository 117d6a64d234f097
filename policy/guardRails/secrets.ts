import type { z } from "zod";
import { type Place, placesOf, typesWithSecrets } from "../secrets/places";
import { secretIn, secretInVariable } from "../secrets/texts";
import type { commonSettings } from "../settings";
import type { GuardRail } from "./guardRail";

export const secretInText: GuardRail<z.infer<typeof commonSettings>> = {
  name: "secret-in-user-data-or-command",
  displayName: "No secret stands in a start-up script, command or environment",
  description:
    "Finds what looks like a secret in user data, in the text of commands, and in the environment of containers and functions: logs, consoles and state show them in plain.",
  severity: "critical",
  level: "mandatory",
  remediation: "Read it from Secrets Manager at run time, or hand it over on stdin as a Pulumi secret.",
  types: typesWithSecrets,
  check: (resource) => placesOf(resource).flatMap((place) => fault(resource.name, place)),
};

/** The secret itself is never shown; its variable's name is. */
function fault(resource: string, { what, instead, content }: Place): string[] {
  const found = "text" in content ? secretIn(content.text) : secretInVariable(content.name, content.value);
  if (found === undefined) return [];
  const named = "text" in content ? found : `${found} (${content.name})`;
  return [
    `${resource}: ${what} holds what looks like ${named}, for everyone to read in logs, consoles and state. Change that secret, and ${instead}.`,
  ];
}
