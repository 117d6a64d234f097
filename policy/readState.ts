import { z } from "zod";
import { isUnknown, type ResourceView, UNKNOWN } from "./resources";

const stateSchema = z.object({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
  parent: z.string().optional(),
  dependencies: z.array(z.string()).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  protect: z.boolean().optional(),
  /** Replaced, and waiting to be deleted. */
  delete: z.boolean().optional(),
});
type State = z.infer<typeof stateSchema>;

const exported = z.object({ deployment: z.object({ resources: z.array(stateSchema).nullish() }) });
const checkpoint = z.object({
  checkpoint: z.object({ latest: z.object({ resources: z.array(stateSchema).nullish() }).nullish() }),
});
const preview = z.object({ steps: z.array(z.object({ op: z.string(), newState: stateSchema.nullish() })) });

/**
 * Reads the resources of a stack from what Pulumi writes: `pulumi stack export`, a state file of a file backend, or `pulumi preview --json`.
 * @param json the file's content
 * @param name for errors: the file's name
 * @throws Error that says what was expected
 */
export function readState(json: string, name: string): ResourceView[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(
      `${name}: expected JSON, as \`pulumi stack export\` writes it (${(error as Error).message})`,
    );
  }
  return statesIn(value, name)
    .filter((state) => state.delete !== true)
    .map(viewOf);
}

function statesIn(value: unknown, name: string): State[] {
  const found = [
    exported.transform(({ deployment }) => deployment.resources ?? []).safeParse(value),
    checkpoint.transform((read) => read.checkpoint.latest?.resources ?? []).safeParse(value),
    preview
      .transform(({ steps }) =>
        steps.flatMap(({ op, newState }) => (op.startsWith("delete") || !newState ? [] : [newState])),
      )
      .safeParse(value),
  ].find(({ success }) => success);
  if (found?.data !== undefined) return found.data;
  throw new Error(
    `${name}: expected the output of \`pulumi stack export\` or \`pulumi preview --json\`, or a file backend's state; found ${
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? `an object with ${Object.keys(value).slice(0, 5).join(", ") || "nothing in it"}`
        : `${Array.isArray(value) ? "a list" : typeof value}`
    }`,
  );
}

function viewOf(state: State): ResourceView {
  return {
    type: state.type,
    name: state.urn.split("::").at(-1) ?? state.urn,
    urn: state.urn,
    properties: plain({ ...state.inputs, ...state.outputs }) as Record<string, unknown>,
    dependencies: state.dependencies ?? [],
    propertyDependencies: Object.fromEntries(
      Object.entries(state.propertyDependencies ?? {}).map(([property, urns]) => [property, urns ?? []]),
    ),
    protect: state.protect === true,
    ...(state.parent === undefined ? {} : { parent: state.parent }),
  };
}

/** Pulumi's mark of a value with a meaning of its own, such as a secret. */
const signature = "4dabf18193072939515e22adb298388d";

/** Secrets, assets and unknown values can't be judged, and stand as unknown. */
function plain(value: unknown): unknown {
  if (isUnknown(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (signature in value) return UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
