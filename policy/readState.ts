import { z } from "zod";
import { isUnknown, type ResourceView, signature, UNKNOWN } from "./resources";

const stateSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  /** False for a component. */
  custom: z.boolean().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  parent: z.string().optional(),
  /** The provider's URN, `::`, and its id. */
  provider: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  protect: z.boolean().optional(),
  /** Looked up, not managed: Pulumi never deletes it. */
  external: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  /** Replaced, and waiting to be deleted. */
  delete: z.boolean().optional(),
});
type State = z.infer<typeof stateSchema>;

/** The resources found in a file, and the region that the stack's configuration names. */
interface Found {
  readonly states: readonly State[];
  readonly region?: string | undefined;
}

const exported = z
  .object({ deployment: z.object({ resources: z.array(stateSchema).nullish() }).nullable() })
  .transform(({ deployment }): Found => ({ states: deployment?.resources ?? [] }));
const checkpoint = z
  .object({
    checkpoint: z.object({ latest: z.object({ resources: z.array(stateSchema).nullish() }).nullish() }),
  })
  .transform((read): Found => ({ states: read.checkpoint.latest?.resources ?? [] }));
/** `steps` is missing where nothing is shown. */
const preview = z.object({
  config: z.record(z.string(), z.unknown()).nullish(),
  steps: z
    .array(z.object({ op: z.string(), urn: z.string().optional(), newState: stateSchema.nullish() }))
    .nullish(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
  diagnostics: z.array(z.object({ message: z.string(), severity: z.string() })).nullish(),
});
type Preview = z.infer<typeof preview>;

/**
 * The text of a file, whatever byte order mark it begins with: PowerShell's `>` writes UTF-16.
 * @param bytes the file's content
 */
export function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString("utf16le");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = bytes.subarray(2, bytes.length - (bytes.length % 2));
    return Buffer.from(even).swap16().toString("utf16le");
  }
  return bytes.toString("utf8");
}

/**
 * Reads the resources of a stack from what Pulumi writes: `pulumi stack export`, a state file of a file backend, or
 * `pulumi preview --json --show-sames`.
 * @param json the file's content
 * @param name for errors: the file's name
 * @throws Error that says what was expected, or why the file shows only a part of the stack
 */
export function readState(json: string, name: string): ResourceView[] {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new Error(
      `${name}: expected JSON, as \`pulumi stack export\` writes it (${(error as Error).message})`,
    );
  }
  const { states, region } = statesIn(value, name);
  const kept = [
    ...new Map(states.filter((one) => one.delete !== true).map((one) => [one.urn, one])).values(),
  ];
  const regions = regionsOfProviders(states);
  return kept.map((state) => viewOf(state, regions.get(state.provider ?? "") ?? region));
}

function statesIn(value: unknown, name: string): Found {
  for (const schema of [exported, checkpoint]) {
    const read = schema.safeParse(value);
    if (read.success) return read.data;
  }
  const previewed = preview.safeParse(value);
  const isPreview =
    typeof value === "object" && value !== null && ("steps" in value || "changeSummary" in value);
  if (previewed.success && isPreview) return previewedStates(previewed.data, name);
  throw new Error(
    `${name}: expected the output of \`pulumi stack export\` or \`pulumi preview --json\`, or a file backend's state; found ${
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? `an object with ${Object.keys(value).slice(0, 5).join(", ") || "nothing in it"}`
        : `${Array.isArray(value) ? "a list" : typeof value}`
    }`,
  );
}

/** Steps that take a resource away. */
const removing = /^(delete|discard|remove-pending)/;

/**
 * What a preview shows of a stack as it will be.
 * @throws Error where it is only a part: without `--show-sames` what doesn't change is left out, and a failed preview ends early
 */
function previewedStates({ config, steps, changeSummary, diagnostics }: Preview, name: string): Found {
  const failed = diagnostics?.find(({ severity }) => severity === "error");
  if (failed !== undefined)
    throw new Error(`${name}: the preview failed, so that it shows only a part: ${failed.message.trim()}`);
  const shown = (steps ?? []).filter(({ op }) => op === "same").length;
  const hidden = (changeSummary?.same ?? 0) - shown;
  if (hidden > 0)
    throw new Error(
      `${name}: the preview leaves out ${hidden} unchanged ${hidden === 1 ? "resource" : "resources"}; write it with \`pulumi preview --json --show-sames\`, or use \`pulumi stack export\``,
    );
  const region = config?.["aws:region"];
  return {
    states: (steps ?? []).flatMap(({ op, newState }) => (removing.test(op) || !newState ? [] : [newState])),
    region: typeof region === "string" ? region : undefined,
  };
}

/** Providers' regions by the reference that resources hold: URN, `::`, id. */
function regionsOfProviders(states: readonly State[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { urn, type, id, inputs, outputs } of states) {
    if (!type.startsWith("pulumi:providers:")) continue;
    const region = plain(inputs?.region ?? outputs?.region);
    if (typeof region === "string" && !isUnknown(region)) found.set(`${urn}::${id ?? UNKNOWN}`, region);
  }
  return found;
}

function viewOf(state: State, region: string | undefined): ResourceView {
  return {
    type: state.type,
    name: state.urn.split("::").at(-1) ?? state.urn,
    urn: state.urn,
    // Some providers, such as aws-native, don't repeat the id among the outputs.
    properties: {
      ...(state.id === undefined || state.id === "" ? {} : { id: state.id }),
      ...known(state.inputs ?? {}, state.outputs ?? {}),
    },
    dependencies: state.dependencies ?? [],
    propertyDependencies: Object.fromEntries(
      Object.entries(state.propertyDependencies ?? {}).map(([property, urns]) => [property, urns ?? []]),
    ),
    protect: state.protect === true || state.external === true || state.retainOnDelete === true,
    ...(state.custom === undefined ? {} : { custom: state.custom }),
    ...(state.parent === undefined ? {} : { parent: state.parent }),
    ...(region === undefined ? {} : { region }),
  };
}

/** Outputs are what became of inputs. An output that is unknown or secret as a whole hides no input: parts of it may be known. */
function known(
  inputs: Readonly<Record<string, unknown>>,
  outputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const found = plain({ ...inputs, ...outputs }) as Record<string, unknown>;
  for (const [name, input] of Object.entries(inputs)) if (isUnknown(found[name])) found[name] = plain(input);
  return found;
}

/** Secrets, assets and unknown values can't be judged, and stand as unknown. */
function plain(value: unknown): unknown {
  if (isUnknown(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value) return UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
