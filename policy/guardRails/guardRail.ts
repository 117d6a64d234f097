import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { z } from "zod";
import { today, type Verdict, verdict, withEnding } from "../exemptions";
import type { Severity } from "../finding";
import { asClassic, hasCounterpart } from "../native";
import { report } from "../report";
import type { ResourceView } from "../resources";
import { commonSettings, configSchema, type Exemption, readSettings } from "../settings";
import { plain } from "../views";

/** A rule about one resource at a time. */
export interface GuardRail<T extends { readonly exemptions: readonly Exemption[] }> {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  /** How heavy it usually is. */
  readonly severity: Severity;
  readonly level?: "advisory" | "mandatory";
  /** What to do, for Pulumi Cloud. */
  readonly remediation: string;
  readonly types: readonly string[];
  readonly settings?: z.ZodObject & z.ZodType<T>;
  /** What is wrong, one line each, with the fix. Unknown values are never taken for right or wrong ones. */
  readonly check: (resource: ResourceView, settings: T) => readonly (string | Fault)[];
  /** What puts it right, where that is certain. */
  readonly fix?: (resource: ResourceView, settings: T) => readonly Fix[];
}

/** What is wrong, where it is lighter or heavier than the rule usually is. */
export interface Fault {
  readonly line: string;
  readonly severity: Severity;
}

/** One property, by its path, and the value that it should have. */
export interface Fix {
  readonly path: readonly string[];
  readonly value: unknown;
}

type Common = z.infer<typeof commonSettings>;

/** What every rail's policy says of itself, whether it judges a resource or the stack. */
export function describePolicy(
  rail: Pick<
    GuardRail<Common>,
    "name" | "displayName" | "description" | "severity" | "level" | "remediation"
  >,
  settings: z.ZodObject,
) {
  return {
    name: rail.name,
    displayName: rail.displayName,
    description: rail.description,
    severity: rail.severity,
    enforcementLevel: rail.level ?? ("advisory" as const),
    remediationSteps: rail.remediation,
    configSchema: configSchema(settings),
  };
}

/** Makes a policy of a guard rail. */
export function guardRailPolicy<T extends Common>(rail: GuardRail<T>): ResourceValidationPolicy {
  const types = new Set(rail.types);
  const settings = (rail.settings ?? commonSettings) as z.ZodObject & z.ZodType<T>;
  const { fix } = rail;
  // The engine hands the same configuration over for each of thousands of resources.
  const known = new WeakMap<object, T>();
  const settingsOf = (config: object): T => {
    const read = known.get(config) ?? readSettings<T>(rail.name, settings, config);
    known.set(config, read);
    return read;
  };
  return {
    ...describePolicy(rail, settings),
    validateResource: (args, reportViolation) => {
      const native = hasCounterpart(args.type);
      if (!native && !types.has(args.type)) return;
      const view = viewOf(args.type, args.name, args.urn, args.props, args.opts.protect);
      const [judged = view] = native ? asClassic(view) : [view];
      if (!types.has(judged.type)) return;
      const read = settingsOf(args.getConfig());
      const faults = rail.check(judged, read);
      if (faults.length === 0) return;
      const { exempt, ended } =
        read.exemptions.length === 0
          ? notExempt
          : verdict(read.exemptions, [{ name: args.name, urn: args.urn }], today());
      if (exempt) return;
      for (const fault of faults) {
        const { line, severity } =
          typeof fault === "string" ? { line: fault, severity: rail.severity } : fault;
        report(reportViolation, { message: withEnding(line, ended), severity });
      }
    },
    ...(fix === undefined
      ? {}
      : {
          remediateResource: (args) => {
            if (!types.has(args.type)) return undefined;
            const read = settingsOf(args.getConfig());
            const { exempt } = verdict(read.exemptions, [{ name: args.name, urn: args.urn }], today());
            const fixes = exempt
              ? []
              : fix(viewOf(args.type, args.name, args.urn, args.props, args.opts.protect), read);
            if (fixes.length === 0) return undefined;
            for (const { path, value } of fixes) put(args.props, path, value);
            return args.props;
          },
        }),
  };
}

const notExempt: Verdict = { exempt: false };

/** Sets a value in place, through the SDK's proxies, so that secrets beside it stay secret. What is unknown on the way is left alone. */
function put(properties: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let target = properties;
  for (const key of path.slice(0, -1)) {
    let next: unknown;
    try {
      next = target[key];
    } catch {
      return;
    }
    if (typeof next !== "object" || next === null) {
      target[key] = {};
      next = target[key];
    }
    target = next as Record<string, unknown>;
  }
  target[path.at(-1) as string] = value;
}

function viewOf(
  type: string,
  name: string,
  urn: string,
  props: Record<string, unknown>,
  protect: boolean,
): ResourceView {
  return { type, name, urn, properties: plain(props) as Record<string, unknown>, protect: protect === true };
}
