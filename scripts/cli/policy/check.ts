import { readFileSync } from "node:fs";
import type {
  EnforcementLevel,
  Policy,
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  Severity,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { guardRails } from "../../../policy/guardRails";
import type { Violation as Reported } from "../../../policy/report";
import type { ResourceView } from "../../../policy/resources";
import { informing, stackPolicies } from "../../../policy/stackPolicies";
import { WorkspaceError } from "../project/faults";
import { compare, readBaseline } from "./baseline";
import { severities, type Violation } from "./violation";

export interface CheckResult {
  readonly failed: boolean;
  /** Without those that a baseline accepts. */
  readonly violations: readonly Violation[];
  /** Those that it accepts. */
  readonly accepted: readonly Violation[];
  /** For people. */
  readonly text: string;
}

type Config = Readonly<Record<string, { readonly enforcementLevel?: EnforcementLevel }>>;

/** How a stack is checked. */
export interface CheckOptions {
  /** The pack's configuration, as for `--policy-pack-config`. */
  readonly config?: string | undefined;
  /** Findings of this severity or above fail too. */
  readonly failOn?: string | undefined;
  /** A file with findings that are accepted; without it nothing is. */
  readonly baseline?: string | undefined;
}

/**
 * Runs every policy of the pack on a stack, as the engine would.
 * @throws WorkspaceError that names what is wrong in the configuration or the baseline
 */
export function checkStack(views: readonly ResourceView[], options: CheckOptions = {}): CheckResult {
  const { failOn } = options;
  const limit = failOn === undefined ? Number.POSITIVE_INFINITY : severities.indexOf(failOn as Severity);
  if (limit === -1)
    throw new WorkspaceError(`--fail-on: expected one of ${severities.join(", ")}, got ${failOn}`);
  const config = options.config === undefined ? {} : readConfig(options.config);
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
  const found = allViolations(views, config).sort(
    (left, right) => severities.indexOf(right.severity) - severities.indexOf(left.severity),
  );
  const { fresh, accepted, gone } = compare(baseline ?? [], found);
  const fails = ({ policy, level, severity }: Violation) =>
    level === "mandatory" ||
    level === "remediate" ||
    (!informing.has(policy) && severities.indexOf(severity) >= limit);
  const failing = fresh.filter(fails);
  const text = [
    ...fresh.map((violation) => describe(violation, fails(violation))),
    `${findings(fresh)} findings, ${failing.length} of them must be mended.${
      baseline === undefined
        ? ""
        : ` ${findings(accepted)} more are accepted by the baseline${gone === 0 ? "." : `; ${gone} that it accepts are gone: write it again to drop them.`}`
    }`,
  ].join("\n\n");
  return { failed: failing.length > 0, violations: fresh, accepted, text };
}

/** What only informs is no finding. */
function findings(violations: readonly Violation[]): number {
  return violations.filter(({ policy }) => !informing.has(policy)).length;
}

function allViolations(views: readonly ResourceView[], config: Config): Violation[] {
  const resources = asPolicyResources(views);
  try {
    return [
      ...stackPolicies.flatMap((policy) => runStackPolicy(policy, resources, config)),
      ...guardRails.flatMap((policy) => views.flatMap((view) => runGuardRail(policy, view, config))),
    ];
  } catch (error) {
    const { message } = error as Error;
    throw message.startsWith("Wrong configuration") ? new WorkspaceError(message) : error;
  }
}

function describe({ policy, level, severity, urn, message }: Violation, failing: boolean): string {
  const name = urn === undefined ? "" : `  ${urn.split("::").slice(-2).join(" ")}`;
  return `${failing ? "FAIL" : "note"}  ${severity}  ${policy} (${level})${name}\n      ${message.replaceAll("\n", "\n      ")}`;
}

/** Reads the configuration and refuses policies that there are none of. Each policy checks its own part. */
function readConfig(file: string): Config {
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new WorkspaceError(
      `${file}: expected JSON such as {"targets": {"minimumRung": "load-balanced"}} (${(error as Error).message})`,
    );
  }
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new WorkspaceError(`${file}: expected an object with a policy's name for each key`);
  const known = [...stackPolicies, ...guardRails].map(({ name }) => name);
  const levels = ["advisory", "mandatory", "remediate", "disabled"];
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      if (name !== "all" && !known.includes(name))
        throw new WorkspaceError(`${file}: unknown policy ${name}; expected one of ${known.join(", ")}`);
      const settings = typeof value === "string" ? { enforcementLevel: value } : value;
      if (typeof settings !== "object" || settings === null || Array.isArray(settings))
        throw new WorkspaceError(
          `${file}: ${name}: expected a level (${levels.join(", ")}) or an object with its settings, got ${JSON.stringify(value)}`,
        );
      if (settings?.enforcementLevel !== undefined && !levels.includes(settings.enforcementLevel))
        throw new WorkspaceError(
          `${file}: ${name}.enforcementLevel: expected one of ${levels.join(", ")}, got ${settings.enforcementLevel}`,
        );
      return [name, settings];
    }),
  );
}

function levelOf(policy: StackValidationPolicy | ResourceValidationPolicy, config: Config): EnforcementLevel {
  return (
    config[policy.name]?.enforcementLevel ??
    config.all?.enforcementLevel ??
    policy.enforcementLevel ??
    "advisory"
  );
}

function runStackPolicy(
  policy: StackValidationPolicy,
  resources: PolicyResource[],
  config: Config,
): Violation[] {
  const level = levelOf(policy, config);
  if (level === "disabled") return [];
  const found: Violation[] = [];
  const args = {
    resources,
    stackTags: new Map(),
    getConfig: () => config[policy.name] ?? {},
  } as unknown as StackValidationArgs;
  void policy.validateStack(args, collect(found, policy, level));
  return found;
}

/** Takes down what a policy reports, as the SDK's server does. */
function collect(
  found: Violation[],
  { name }: Policy,
  level: EnforcementLevel,
  resource?: string,
): ReportViolation {
  const take = ({ message, severity, urn = resource }: Reported) =>
    found.push({ policy: name, level, severity, message, ...(urn === undefined ? {} : { urn }) });
  return take as unknown as ReportViolation;
}

function runGuardRail(policy: ResourceValidationPolicy, view: ResourceView, config: Config): Violation[] {
  const level = levelOf(policy, config);
  if (level === "disabled" || typeof policy.validateResource !== "function") return [];
  const found: Violation[] = [];
  const urn = view.urn ?? view.name;
  const args = {
    type: view.type,
    name: view.name,
    urn,
    props: view.properties,
    opts: { protect: view.protect === true },
    stackTags: new Map(),
    getConfig: () => config[policy.name] ?? {},
  } as unknown as ResourceValidationArgs;
  void policy.validateResource(args, collect(found, policy, level, urn));
  return found;
}

/** The resources as the SDK hands them to stack policies, linked to one another. */
function asPolicyResources(views: readonly ResourceView[]): PolicyResource[] {
  const made = new Map<string, PolicyResource>(
    views.map((view) => [
      view.urn ?? view.name,
      {
        type: view.type,
        name: view.name,
        urn: view.urn ?? view.name,
        props: view.properties,
        opts: { protect: view.protect === true },
        dependencies: [],
        propertyDependencies: {},
        ...(view.custom === true ? { provider: { props: { region: view.region } } } : {}),
      } as unknown as PolicyResource,
    ]),
  );
  const find = (urns: readonly string[]) => urns.flatMap((urn) => made.get(urn) ?? []);
  for (const view of views) {
    const resource = made.get(view.urn ?? view.name) as PolicyResource;
    resource.dependencies = find(view.dependencies ?? []);
    resource.propertyDependencies = Object.fromEntries(
      Object.entries(view.propertyDependencies ?? {}).map(([property, urns]) => [property, find(urns)]),
    );
    const [parent] = view.parent === undefined ? [] : find([view.parent]);
    if (parent !== undefined) resource.parent = parent;
  }
  return [...made.values()];
}
