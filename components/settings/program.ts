import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../refusal";
import { SettingsError } from "./read";
import { readSettings, type Settings } from "./settings";

/**
 * The settings of the stack that is being run.
 * @throws {pulumi.RunError} with one line for each wrong key, which Pulumi prints as it is.
 */
export function readProgramSettings(projectFolder: string): Settings {
  try {
    return readSettings(
      {
        config: pulumi.runtime.allConfig(),
        secretKeys: secretKeys(),
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        projectFolder,
      },
      (line) => void pulumi.log.warn(line),
    );
  } catch (error) {
    if (error instanceof SettingsError) throw refusal(error.message);
    throw error;
  }
}

/** The keys that are encrypted in the stack's file: the SDK passes them to a program in this variable. */
function secretKeys(): string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]") as string[];
}
