import { nameOf } from "../project/engineEvents";

/** Something that a run had begun when it was killed: how it ended, nobody noted. */
export interface Unfinished {
  /** The resource's name. */
  readonly name: string;
  readonly type: string;
  /** `creating`, `updating`, `deleting`, … */
  readonly operation: string;
}

interface ExportedStack {
  readonly deployment: {
    readonly pending_operations?: readonly {
      readonly type: string;
      readonly resource: { readonly urn: string; readonly type: string };
    }[];
  };
}

/** What a killed run had begun, from what `pulumi stack export` printed. */
export function unfinished(exported: string): Unfinished[] {
  const { deployment } = JSON.parse(exported) as ExportedStack;
  return (deployment.pending_operations ?? []).map(({ type: operation, resource: { urn, type } }) => ({
    name: nameOf(urn),
    type,
    operation,
  }));
}

/**
 * The stack without them. The engine itself does again what was not noted as done, but keeps what it had begun to make in mind for ever, with
 * a warning at each update.
 */
export function withoutUnfinished(exported: string): string {
  const stack = JSON.parse(exported) as ExportedStack;
  const { pending_operations: _, ...deployment } = stack.deployment;
  return JSON.stringify({ ...stack, deployment });
}

/** Says what was under way, and what may be left at AWS that no stack knows of: a thing that was being made and is now made again. */
export function killedLine(stack: string, begun: readonly Unfinished[]): string {
  const doing = begun.map(({ operation, name }) => `${operation} ${name}`).join(", ");
  const left = begun.filter(({ operation, type }) => operation === "creating" && isThing(type));
  const line = `an earlier run on ${stack} was killed while ${doing}`;
  if (left.length === 0) return `${line}: that is done again`;
  const things = left.map(({ name, type }) => `${name} (${type})`).join(", ");
  return `${line}: that is done again; look at AWS whether there is a second ${things} that belongs to nothing, and delete it`;
}

/** Something at AWS that can lie about by itself: no command, and nothing that only ties two things together or says whether one runs. */
function isThing(type: string): boolean {
  return type.startsWith("aws:") && !/(Attachment|Association|InstanceState)$/.test(type);
}
