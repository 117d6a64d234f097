import { type EngineEvent, nameOf, type PolicyEvent, plainText, type StepMetadata } from "./engineEvents";

/** A change to one resource, from its start to its end. */
export interface Step {
  readonly urn: string;
  readonly name: string;
  /** `create`, `update`, `replace`, `delete`, … */
  readonly operation: string;
  /** Milliseconds, by the clock that the update was given. */
  readonly started: number;
  ended?: number;
  failed?: true;
  /** The last lines that the resource printed. */
  readonly printed: string[];
}

/** What an `up` or a `destroy` has done so far, gathered from the engine's events. */
export class Update {
  readonly steps: Step[] = [];
  readonly findings: PolicyEvent[] = [];
  readonly errors: string[] = [];
  readonly warnings: string[] = [];
  changes: Readonly<Record<string, number>> = {};

  /** @param clock milliseconds */
  constructor(private readonly clock: () => number = Date.now) {}

  /** The step that the event began, moved on or ended, if it did. */
  take(event: EngineEvent): Step | undefined {
    if (event.summaryEvent) this.changes = event.summaryEvent.resourceChanges ?? {};
    if (event.policyEvent) this.findings.push(event.policyEvent);
    if (event.diagnosticEvent) return this.takeDiagnostic(event.diagnosticEvent);
    if (event.resourcePreEvent) return this.begin(event.resourcePreEvent.metadata);
    if (event.resOutputsEvent) return this.end(event.resOutputsEvent.metadata, false);
    if (event.resOpFailedEvent) return this.end(event.resOpFailedEvent.metadata, true);
    return undefined;
  }

  /** The steps that are under way. */
  get running(): Step[] {
    return this.steps.filter((step) => step.ended === undefined);
  }

  /** How many resources changed. */
  get changed(): number {
    return Object.entries(this.changes)
      .filter(([operation]) => operation !== "same" && operation !== "read")
      .reduce((sum, [, count]) => sum + count, 0);
  }

  private begin({ op, urn, type }: StepMetadata): Step | undefined {
    if (quietOperations.has(op) || isComponent(type)) return undefined;
    const step = { urn, name: nameOf(urn), operation: op, started: this.clock(), printed: [] };
    this.steps.push(step);
    return step;
  }

  private end({ urn }: StepMetadata, failed: boolean): Step | undefined {
    const step = this.running.find((candidate) => candidate.urn === urn);
    if (step === undefined) return undefined;
    step.ended = this.clock();
    if (failed) step.failed = true;
    return step;
  }

  private takeDiagnostic({ urn, message, severity }: NonNullable<EngineEvent["diagnosticEvent"]>) {
    const text = plainText(message).trimEnd();
    if (severity === "error") this.errors.push(text);
    else if (severity === "warning") this.warnings.push(text);
    const step = this.running.find((candidate) => candidate.urn === urn);
    if (step !== undefined && severity !== "error") {
      step.printed.push(...text.split("\n").filter((line) => line.trim() !== ""));
      step.printed.splice(0, step.printed.length - mostPrinted);
    }
    return step;
  }
}

/** Lines of a step that are kept: what it says of its own failure is at its end. */
const mostPrinted = 40;

/** Operations that change nothing a person would look for. */
const quietOperations = new Set([
  "same",
  "read",
  "refresh",
  "discard",
  "discard-replaced",
  "delete-replaced",
]);

/** Components and the stack itself: their parts are the steps. */
function isComponent(type: string): boolean {
  return type.startsWith("one-server-web:") || type.startsWith("pulumi:pulumi:");
}
