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

export interface Violation {
  readonly policy: string;
  readonly level: EnforcementLevel;
  readonly severity: Severity;
  readonly urn?: string;
  readonly message: string;
}

export interface CheckResult {
  readonly failed: boolean;
  readonly violations: readonly Violation[];
  /** For people. */
  readonly text: string;
}

type Config = Readonly<Record<string, { readonly enforcementLevel?: EnforcementLevel }>>;

const severities: readonly Severity[] = ["low", "medium", "high", "critical"];

/**
 * Runs every policy of the pack on a stack, as the engine would.
 * @param configFile the pack's configuration, as for `--policy-pack-config`
 * @param failOn findings of this severity or above fail too
 * @throws WorkspaceError that names what is wrong in the configuration
 */
export function checkStack(
  views: readonly ResourceView[],
  configFile?: string,
  failOn?: string,
): CheckResult {
  const limit = failOn === undefined ? Number.POSITIVE_INFINITY : severities.indexOf(failOn as Severity);
  if (limit === -1)
    throw new WorkspaceError(`--fail-on: expected one of ${severities.join(", ")}, got ${failOn}`);
  const config = configFile === undefined ? {} : readConfig(configFile);
  const violations = allViolations(views, config).sort(
    (left, right) => severities.indexOf(right.severity) - severities.indexOf(left.severity),
  );
  const fails = ({ policy, level, severity }: Violation) =>
    level === "mandatory" ||
    level === "remediate" ||
    (!informing.has(policy) && severities.indexOf(severity) >= limit);
  const failing = violations.filter(fails);
  const findings = violations.filter(({ policy }) => !informing.has(policy));
  const text = [
    ...violations.map((violation) => describe(violation, fails(violation))),
    `${findings.length} findings, ${failing.length} of them must be mended.`,
  ].join("\n\n");
  return { failed: failing.length > 0, violations, text };
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
