import { createRequire } from "node:module";
import { signature, UNKNOWN } from "./resources";

/** The signature of a secret (@pulumi/pulumi `runtime/rpc.ts`). */
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** The part of the policy SDK that turns a message's properties into plain values. */
interface Deserializer {
  deserializeProperties(properties: Properties, proxySecrets: boolean): Record<string, unknown>;
}

/** A message's properties. */
interface Properties {
  toJavaScript(): Record<string, unknown>;
}

/** A resource in the engine's message about a whole stack. */
interface ResourceMessage {
  getProperties(): object | undefined;
}

/** The engine's message about a whole stack. */
interface StackMessage {
  getResourcesList(): ResourceMessage[];
}

/** The list in the message about a stack, by the properties of its first resource: as the message holds them, and as policies are given them. */
const lists = new WeakMap<object, ResourceMessage[]>();

/**
 * Makes the policy SDK read each resource once for all policies of the pack. The SDK reads every resource again for every policy: with two dozen
 * policies and ten thousand resources that took ten times as long as judging them. Policies only read what they are given, with secrets as unknown;
 * what remediations get, which they change, is still read again. Where a later SDK reads in another way, this changes nothing.
 */
export function readResourcesOnce(): void {
  try {
    const sdk = createRequire(createRequire(__filename).resolve("@pulumi/policy"));
    rememberValues(sdk("./deserialize"));
    rememberLists(sdk("@pulumi/pulumi/proto/analyzer_pb").AnalyzeStackRequest.prototype);
  } catch {
    // Only slower without it.
  }
}

/** Properties with secrets as unknown. */
class Plain implements Properties {
  constructor(private readonly properties: Properties) {}

  toJavaScript(): Record<string, unknown> {
    return withoutSecrets(this.properties.toJavaScript()) as Record<string, unknown>;
  }
}

function rememberValues(sdk: Deserializer): void {
  const read = sdk.deserializeProperties;
  const known = new WeakMap<object, Record<string, unknown>>();
  sdk.deserializeProperties = (properties, proxySecrets) => {
    if (proxySecrets) return read(properties, proxySecrets);
    const before = known.get(properties);
    if (before !== undefined) return before;
    const values = read(new Plain(properties), proxySecrets);
    known.set(properties, values);
    const list = lists.get(properties);
    if (list !== undefined) lists.set(values, list);
    return values;
  };
}

/** Secrets stand as unknown, as they do in a state: what Pulumi keeps secret is no finding, before the update and after it. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = withoutSecrets(value[index]);
    return value;
  }
  const record = value as Record<string, unknown>;
  if (record[signature] === secret) return UNKNOWN;
  for (const key in record) record[key] = withoutSecrets(record[key]);
  return record;
}

function rememberLists(message: StackMessage): void {
  const read = message.getResourcesList;
  message.getResourcesList = function (this: StackMessage) {
    const list = read.call(this);
    const first = list[0]?.getProperties();
    if (first !== undefined) lists.set(first, list);
    return list;
  };
}

/**
 * Spares the policies that follow all resources but the first, by which they recognise the stack: for each policy the SDK makes ten thousand objects
 * again, which took longer than judging them. To be called once a policy has been given all.
 * @param first the first resource's properties, as the policy was given them
 * @param count how many resources the policy was given
 * @returns whether the policies that follow are given the first resource alone
 */
export function forgetAllButFirst(first: object, count: number): boolean {
  const list = lists.get(first);
  if (list?.length !== count) return false;
  list.length = 1;
  return true;
}
