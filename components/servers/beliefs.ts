import { createHash } from "node:crypto";
import { basename } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { BelievedCopy } from "./drift";

/** The command on this host that drives a release over several servers. */
export const rolloutName = "rollout";

/** A command that the stack's state says was run on a server, or `rolloutName`. */
export interface BelievedCommand {
  /** Its text. */
  readonly text: string;
  /** SHA-256 of its standard input, in hex; of nothing when it has none. */
  readonly inputDigest: string;
  /** The first of its triggers, which is the machine's identity. */
  readonly machine: string;
}

/** What the stack's state says was done on its servers, by the resources' names. */
export interface Beliefs {
  readonly commands: Readonly<Record<string, BelievedCommand>>;
  readonly copies: Readonly<Record<string, BelievedCopy>>;
  /** The names of the provisioned servers that hold a database. */
  readonly databases: readonly string[];
}

/** A resource of the state as the engine hands it over. */
interface StateResource {
  readonly type: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Reads what this stack's state said when the run began. Only a program can compare it with its servers, for the engine compares it with the
 * settings alone. The engine's built-in provider answers, the one that stack references ask.
 * @returns undefined where it can't be read; then nothing is compared
 */
export async function readBeliefs(): Promise<Beliefs | undefined> {
  try {
    const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
    const answer = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
      stackName,
    })) as { readonly outputs?: Readonly<Record<string, StateResource>> };
    return await beliefsOf(answer.outputs ?? {});
  } catch (error) {
    await pulumi.log.debug(
      `servers are not compared with the stack's state, which can't be read: ${(error as Error).message}`,
    );
    return undefined;
  }
}

/** What the resources of a state say of servers. */
export async function beliefsOf(resources: Readonly<Record<string, StateResource>>): Promise<Beliefs> {
  const commands: Record<string, BelievedCommand> = {};
  const copies: Record<string, BelievedCopy> = {};
  const holders: string[] = [];
  for (const [urn, { type, outputs }] of Object.entries(resources)) {
    const name = urn.split("::").pop() ?? "";
    const isRollout = type === "command:local:Command" && name === rolloutName;
    if (type === "command:remote:Command" || isRollout) commands[name] = commandOf(outputs);
    else if (type === "command:remote:CopyToRemote") copies[name] = await copyOf(outputs);
    else if (serverType.test(type) && isDatabase(outputs)) holders.push(name);
  }
  const databases = holders.filter((name) => commands[`${name}-provision`] !== undefined);
  return { commands, copies, databases };
}

const serverType = /^one-server-web:\w+:Server$/;

function isDatabase({ tiers }: StateResource["outputs"]): boolean {
  return Array.isArray(tiers) && tiers.includes("database");
}

function commandOf({ create, stdin, triggers }: StateResource["outputs"]): BelievedCommand {
  const [machine] = Array.isArray(triggers) ? triggers : [];
  return {
    text: textOf(create),
    inputDigest: createHash("sha256").update(textOf(stdin)).digest("hex"),
    machine: textOf(machine),
  };
}

/** The packed file is named after the folder's hash. */
async function copyOf({ source, remotePath }: StateResource["outputs"]): Promise<BelievedCopy> {
  const path = source instanceof pulumi.asset.FileAsset ? await source.path : "";
  return { remotePath: textOf(remotePath), hash: basename(path, ".tar.gz") };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
