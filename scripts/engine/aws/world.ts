import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { containsSecret, isObject, type Properties, reveal, type Value } from "../values";

/** One thing in the account. */
export interface Thing {
  readonly token: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** What happened, in order: tests read it. */
export interface Event {
  readonly action: "create" | "update" | "delete" | "start" | "stop";
  readonly token: string;
  readonly name: string;
  readonly id: string;
}

/** Ids that must exist before something can refer to them. */
const reference = /^(?:vpc|subnet|sg|rtb|igw|i|vol|eipalloc)-[0-9a-f]{17}$/;

/** An AWS account in a folder, or in memory where there is no folder. Secrets never get into it. */
export class World {
  private readonly things = new Map<string, Thing>();

  constructor(readonly folder: string | undefined) {
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    if (existsSync(this.file)) {
      const list = JSON.parse(readFileSync(this.file, "utf8")) as Thing[];
      for (const thing of list) this.things.set(key(thing), thing);
    }
  }

  private get file(): string {
    return join(this.folder ?? "", "things.json");
  }

  all(token?: string): Thing[] {
    return [...this.things.values()].filter((thing) => token === undefined || thing.token === token);
  }

  find(id: string): Thing | undefined {
    return this.all().find((thing) => thing.id === id);
  }

  put(thing: Thing): void {
    this.things.set(key(thing), {
      ...thing,
      inputs: withoutSecrets(thing.inputs),
      outputs: withoutSecrets(thing.outputs),
    });
    this.save();
  }

  /** @throws Error when something else still refers to it, as AWS would. */
  remove(token: string, id: string): void {
    const user = this.all().find((thing) => thing.id !== id && references(thing.inputs).includes(id));
    // An instance's power goes by the instance's id, and the instance stays.
    const stays = this.all().some((thing) => thing.id === id && thing.token !== token);
    if (user !== undefined && !stays)
      throw new Error(`DependencyViolation: ${id} has a dependent object: ${user.id} (${user.token})`);
    this.things.delete(key({ token, id }));
    this.save();
  }

  /** @throws Error when an id is given that nothing has, as AWS would. */
  requireReferences(inputs: Properties): void {
    for (const id of references(inputs)) {
      if (this.find(id) === undefined) throw new Error(`InvalidID.NotFound: the ID '${id}' does not exist`);
    }
  }

  note(event: Event): void {
    if (this.folder !== undefined)
      appendFileSync(join(this.folder, "events.jsonl"), `${JSON.stringify(event)}\n`);
  }

  private save(): void {
    if (this.folder !== undefined)
      writeFileSync(this.file, JSON.stringify([...this.things.values()], null, 1));
  }
}

/** Seventeen random hexadecimal digits, as AWS's ids end. */
export function randomId(prefix: string): string {
  return `${prefix}-${randomBytes(9).toString("hex").slice(0, 17)}`;
}

/** Always the same image for the same parameter; its second digit tells the processor. */
export function imageId(parameter: string): string {
  const digit = parameter.includes("/arm64/") ? "a" : "b";
  return `ami-0${digit}${createHash("sha256").update(parameter).digest("hex").slice(0, 15)}`;
}

/** The processor of an image that `imageId` named. */
export function imageArchitecture(id: string): "arm64" | "amd64" {
  return id.startsWith("ami-0a") ? "arm64" : "amd64";
}

function key({ token, id }: { token: string; id: string }): string {
  return `${token} ${id}`;
}

function withoutSecrets(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, containsSecret(value) ? "(secret)" : value]),
  );
}

function references(value: Value): string[] {
  const opened = reveal(value);
  if (typeof opened === "string") return reference.test(opened) ? [opened] : [];
  if (Array.isArray(opened)) return opened.flatMap(references);
  return isObject(opened) ? Object.values(opened).flatMap(references) : [];
}
