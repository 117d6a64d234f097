import { readFileSync } from "node:fs";
import { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

/**
 * The folder of the scripts as command lines name it: a link to `scripts/host`. Stacks of version 0.1.0 know it by this name, and another text would
 * run each command again; what a machine's command prints is then unknown at preview, so that provisioning and releases would count as replaced.
 */
export const hostScripts = "scripts/local";

/** How a script of `scripts/host` is run for a resource. Values travel in the environment, never in the command's text. */
export interface ScriptArgs {
  /** The command line that makes it, or brings what is there to these values: it may run any number of times. */
  readonly create: string;
  /** The command line that removes it; without one nothing is left to remove. */
  readonly delete?: string;
  /** What the command lines name as `"$NAME"`. */
  readonly environment?: Record<string, pulumi.Input<string>>;
  /** What the command reads on standard input. */
  readonly stdin?: pulumi.Input<string>;
  /** Values whose change means another thing altogether, which is made anew. */
  readonly triggers?: pulumi.Input<unknown>[];
  /** What it prints is secret as a whole: encrypted in the state and kept out of the log. */
  readonly secret?: boolean;
}

/**
 * Runs a script of `scripts/host` on this host. Paths start from the project's folder, where Pulumi runs plugins:
 * they are the same in every clone, so moving one changes nothing.
 */
export function runScript(
  name: string,
  args: ScriptArgs,
  options: pulumi.CustomResourceOptions,
): local.Command {
  return new local.Command(
    name,
    {
      interpreter: ["/bin/bash", "-c"],
      create: args.create,
      ...(args.delete === undefined ? {} : { delete: args.delete }),
      ...(args.environment === undefined ? {} : { environment: args.environment }),
      ...(args.stdin === undefined ? {} : { stdin: args.stdin }),
      ...(args.triggers === undefined ? {} : { triggers: args.triggers }),
      logging: args.secret ? local.Logging.None : local.Logging.Stderr,
    },
    args.secret ? { ...options, additionalSecretOutputs: ["stdout", "stderr"] } : options,
  );
}

/** What the script printed, which is one line of JSON. */
export function printed<Result>(command: local.Command): pulumi.Output<Result> {
  return command.stdout.apply((text) => JSON.parse(text) as Result);
}

/**
 * Another word after each start of this host, which ends machines, bridges and rules without anybody telling Pulumi.
 * In a command's environment it has the next `up` run it again, and it brings back what is missing.
 */
export function hostBoot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Not Linux: the scripts will say so, and better.
    return "unknown";
  }
}
