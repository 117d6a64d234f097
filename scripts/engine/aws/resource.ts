import { randomBytes } from "node:crypto";
import { difference } from "../difference";
import type { Call, ResourceHandler } from "../providerServer";
import { isSecret, isUnknown, type Properties, secret, UNKNOWN, type Value } from "../values";
import type { Facts } from "./catalogue";
import type { Misfortune } from "./misfortune";
import { failures } from "./rules";
import { type Schema, schemaOf } from "./schema";
import type { SideEffects } from "./sideEffects";
import type { World } from "./world";

/** Serves one type: from the SDK's schema, the catalogue's facts and AWS's rules. */
export class Resource implements ResourceHandler {
  private known: Schema | undefined;

  constructor(
    private readonly token: string,
    private readonly facts: Facts,
    private readonly world: World,
    private readonly effects: SideEffects,
    private readonly misfortune: Misfortune,
  ) {}

  private get schema(): Schema {
    this.known ??= schemaOf(this.token);
    return this.known;
  }

  check(call: Call, { olds, inputs }: { olds: Properties; inputs: Properties }) {
    const named = this.withName(call, olds, inputs);
    const strange = Object.keys(named).filter(
      (name) => !this.schema.inputs.includes(name) && !name.startsWith("__"),
    );
    return {
      inputs: named,
      failures: [
        ...strange.map((property) => ({ property, reason: `unknown property of ${this.token}` })),
        ...failures(this.token, named),
      ],
    };
  }

  diff(_call: Call, { oldInputs, news }: { oldInputs: Properties; news: Properties }) {
    return difference(oldInputs, news, [...this.schema.inputs], [...this.facts.replaceOn]);
  }

  async create(call: Call, { inputs, preview }: { inputs: Properties; preview: boolean }) {
    if (preview) return { id: "", outputs: this.previewed(inputs) };
    this.world.requireReferences(inputs);
    this.misfortune.strike("create", this.token);
    const id = this.facts.id(inputs);
    const index = this.world.all(this.token).length;
    const other = (value: Value | undefined) => this.world.find(String(value))?.outputs ?? {};
    const told = this.facts.outputs?.({ id, inputs, index, other }) ?? {};
    const thing = { token: this.token, id, inputs, outputs: this.complete(inputs, told) };
    const seen = await this.effects.created(call, thing);
    const outputs = { ...thing.outputs, ...seen };
    this.world.put({ ...thing, outputs });
    this.note("create", call, id);
    return { id, outputs };
  }

  async update(
    call: Call,
    { id, olds, news, preview }: { id: string; olds: Properties; news: Properties; preview: boolean },
  ): Promise<Properties> {
    const outputs = { ...olds, ...this.complete(news, keep(olds, this.told())) };
    if (preview) return outputs;
    this.world.requireReferences(news);
    await this.effects.updated(call, { token: this.token, id, inputs: news, outputs });
    this.world.put({ token: this.token, id, inputs: news, outputs });
    this.note("update", call, id);
    return outputs;
  }

  async delete(call: Call, { id, outputs }: { id: string; outputs: Properties }): Promise<void> {
    const thing = { token: this.token, id, inputs: outputs, outputs };
    this.misfortune.strike("delete", this.token);
    await this.effects.deleting(call, thing);
    this.world.remove(this.token, id);
    await this.effects.deleted(call, thing);
    this.note("delete", call, id);
  }

  /** What only AWS tells, or decides where the program leaves it open. */
  private told(): string[] {
    return [...this.schema.outputs, ...(this.facts.decided ?? [])];
  }

  private previewed(inputs: Properties): Properties {
    const unknown = Object.fromEntries(this.told().map((name) => [name, UNKNOWN]));
    return this.withTags({ ...unknown, ...inputs });
  }

  private complete(inputs: Properties, told: Properties): Properties {
    const empty = Object.fromEntries(this.told().map((name) => [name, null]));
    return this.withTags({ ...empty, ...told, ...inputs });
  }

  /** All tags are known at preview: they are the ones that were given. Secret inputs stay secret as outputs. */
  private withTags(properties: Properties): Properties {
    const result = { ...properties };
    if (this.schema.outputs.includes("tagsAll")) result.tagsAll = result.tags ?? {};
    for (const name of this.schema.secrets) {
      const value = result[name];
      if (value !== undefined && value !== null && !isSecret(value) && !isUnknown(value))
        result[name] = secret(value);
    }
    return result;
  }

  /** Pulumi's own names: the resource's and seven hexadecimal digits, kept for good. */
  private withName(call: Call, olds: Properties, inputs: Properties): Properties {
    const { autoname } = this.facts;
    if (autoname === undefined || inputs[autoname.property] !== undefined) return inputs;
    const stem = call.name.slice(0, autoname.longest - 8);
    const name = olds[autoname.property] ?? `${stem}-${randomBytes(4).toString("hex").slice(0, 7)}`;
    return { ...inputs, [autoname.property]: name };
  }

  private note(action: "create" | "update" | "delete", call: Call, id: string): void {
    this.world.note({ action, token: this.token, name: call.name, id });
  }
}

function keep(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(names.map((name) => [name, properties[name] ?? null]));
}
