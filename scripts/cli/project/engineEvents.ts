/** What the CLI prints on a line of `--json`; only what is used here (pulumi/pulumi `sdk/go/common/apitype/events.go`). */
export interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: StepMetadata };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
  readonly resOpFailedEvent?: { readonly metadata: StepMetadata };
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly message: string;
    readonly severity: string;
    readonly ephemeral?: boolean;
  };
  readonly policyEvent?: PolicyEvent;
  readonly summaryEvent?: { readonly resourceChanges?: Readonly<Record<string, number>> };
}

export interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
}

export interface PolicyEvent {
  readonly resourceUrn?: string;
  readonly message: string;
  readonly policyName: string;
  readonly policyPackName: string;
  readonly enforcementLevel: string;
}

/** One event of a line, or undefined where the line is none. */
export function parseEvent(line: string): EngineEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return undefined;
  }
}

/** Text without the marks by which the engine asks for colours. */
export function plainText(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts a colour
  return message.replace(/<\{%[^%]*%\}>/g, "").replace(/\u001b\[[0-9;]*m/g, "");
}

/** The resource's name: the last part of its URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
