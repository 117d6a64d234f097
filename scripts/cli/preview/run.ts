import { readUpgradePath } from "../../../policy/upgradePath";
import { runProcess } from "../../engine/runProcess";
import { type EngineEvent, nameOf, type PolicyEvent, parseEvent, plainText } from "../project/engineEvents";
import { projectFolder } from "../project/folders";
import { pulumi } from "../project/workspace";
import { type AwsPlugin, startAwsPlugin } from "./awsPlugin";
import { openPreviewPlace, type PreviewPlace } from "./place";

/** One resource that would change. */
export interface PlannedChange {
  /** `create`, `update`, `replace`, `delete`. */
  readonly operation: string;
  readonly type: string;
  readonly name: string;
  /** The properties that differ. */
  readonly properties: readonly string[];
}

/** Where the stack stands, in figures; undefined where nobody told. */
export interface Standing {
  readonly rung: string;
  /** Percent, from published SLAs. */
  readonly availability: number;
  /** US dollars a month. */
  readonly cost: number;
  /** The month of the price table. */
  readonly pricesAsOf: string;
}

export interface PreviewResult {
  readonly stack: string;
  readonly offline: boolean;
  readonly code: number;
  readonly changes: readonly PlannedChange[];
  /** How many resources stay. */
  readonly unchanged: number;
  readonly findings: readonly PolicyEvent[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  readonly before: Standing | undefined;
  readonly after: Standing | undefined;
}

/** What the events of a preview add up to. */
export class PreviewEvents {
  readonly changes: PlannedChange[] = [];
  readonly findings: PolicyEvent[] = [];
  readonly warnings: string[] = [];
  readonly errors: string[] = [];
  unchanged = 0;
  outputs: unknown;

  take(event: EngineEvent): void {
    if (event.policyEvent) this.findings.push(event.policyEvent);
    if (event.summaryEvent) this.unchanged = event.summaryEvent.resourceChanges?.same ?? 0;
    if (event.resourcePreEvent) this.takeStep(event.resourcePreEvent.metadata);
    if (event.resOutputsEvent) this.takeOutputs(event.resOutputsEvent.metadata);
    const said = event.diagnosticEvent;
    if (said !== undefined && said.ephemeral !== true) {
      const text = plainText(said.message).trim();
      if (said.severity === "warning") this.warnings.push(text);
      if (said.severity === "error") this.errors.push(text);
    }
  }

  /** A replacement has three steps, of which the last one names it whole. */
  private takeStep(step: StepDetails): void {
    const shown = ["create", "update", "replace", "delete"];
    if (!shown.includes(step.op) || /^(?:pulumi:pulumi|one-server-web):/.test(step.type)) return;
    const properties = Object.keys(step.detailedDiff ?? {}).map((path) => path.split(/[.[]/)[0] ?? path);
    this.changes.push({
      operation: step.op,
      type: step.type,
      name: nameOf(step.urn),
      properties: [...new Set(properties)],
    });
  }

  private takeOutputs(step: StepDetails): void {
    if (step.type === "pulumi:pulumi:Stack") this.outputs = step.new?.outputs;
  }
}

/** More of a step than other programs look at. */
type StepDetails = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"] & {
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
  readonly new?: { readonly outputs?: unknown };
};

/**
 * Previews a stack with the policy pack.
 * @param offline answer for AWS with the test plugin
 */
export async function preview(stack: string, offline: boolean): Promise<PreviewResult> {
  const { place, plugin } = await prepare(stack, offline);
  try {
    const environment = {
      ...place.environment,
      ...plugin?.environment,
      // Events line by line, as `up` prints them, instead of one digest without the findings.
      PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    };
    const events = new PreviewEvents();
    const args = ["preview", "--json", "--non-interactive", "-s", stack, "--policy-pack", "policy"];
    const [ran, before] = await Promise.all([
      runProcess(place.engine.cli, args, {
        cwd: place.folder,
        env: environment,
        onLine: (line) => {
          const event = parseEvent(line);
          if (event !== undefined) events.take(event);
        },
      }),
      place.draft ? undefined : deployedStanding(stack, place),
    ]);
    if (ran.code !== 0 && events.errors.length === 0) events.errors.push(ran.stderr.trim());
    return {
      ...{ stack, offline, code: ran.code, before, after: standing(events.outputs) },
      ...{ changes: events.changes, unchanged: events.unchanged, findings: events.findings },
      ...{ warnings: events.warnings, errors: events.errors },
    };
  } finally {
    await plugin?.stop();
    place.close();
  }
}

/** Opens the place and starts the plugin beside it; where one fails the other is put away again. */
async function prepare(
  stack: string,
  offline: boolean,
): Promise<{ readonly place: PreviewPlace; readonly plugin: AwsPlugin | undefined }> {
  const [place, plugin] = await Promise.allSettled([
    openPreviewPlace(stack, offline),
    offline ? startAwsPlugin(projectFolder) : undefined,
  ]);
  if (place.status === "fulfilled" && plugin.status === "fulfilled")
    return { place: place.value, plugin: plugin.value };
  if (place.status === "fulfilled") place.value.close();
  if (plugin.status === "fulfilled") await plugin.value?.stop();
  throw place.status === "rejected" ? place.reason : (plugin as PromiseRejectedResult).reason;
}

/** Where the stack stands now, by the outputs of its last update. */
async function deployedStanding(stack: string, place: PreviewPlace): Promise<Standing | undefined> {
  const ran = await pulumi(place, ["stack", "output", "--json", "-s", stack]);
  return ran.code === 0 ? standing(JSON.parse(ran.stdout)) : undefined;
}

/** The figures of the current rung, from the stack's output `upgradePath`. */
export function standing(outputs: unknown): Standing | undefined {
  const path = readUpgradePath((outputs as { upgradePath?: unknown } | undefined)?.upgradePath);
  const step = path?.path.find(({ status }) => status === "current");
  if (step === undefined) return undefined;
  return {
    rung: step.rung,
    availability: step.availability.percent,
    cost: step.monthlyCost.amount,
    pricesAsOf: step.monthlyCost.asOf,
  };
}
