import { startScript } from "../members/words";
import { isObject, isUnknown, type ResourceView, text } from "../resources";

/** A place of a resource where a secret may stand in plain. */
export interface Place {
  /** For people, such as `the environment of container web`. */
  readonly what: string;
  /** What to do instead. */
  readonly instead: string;
  /** A text that may hold anything, or a value with its name. */
  readonly content: { readonly text: string } | { readonly name: string; readonly value: string };
}

const fromSecretsManager = "read it from Secrets Manager when it starts";

/** For each type where to look. */
const places: Readonly<Record<string, (resource: ResourceView) => Place[]>> = {
  "command:remote:Command": commandTexts,
  "command:local:Command": commandTexts,
  "aws:ecs/taskDefinition:TaskDefinition": (resource) =>
    containers(
      resource.properties.containerDefinitions,
      'name it in the container\'s secrets: [{ name: "…", valueFrom: secret.arn }]',
    ),
  "aws:batch/jobDefinition:JobDefinition": (resource) =>
    ["containerProperties", "nodeProperties", "ecsProperties", "eksProperties"].flatMap((property) =>
      containers(
        resource.properties[property],
        'name it in the container\'s secrets: [{ name: "…", valueFrom: secret.arn }]',
      ),
    ),
  "aws:lambda/function:Function": (resource) =>
    variables(
      inside(resource.properties.environment, "variables"),
      "the environment",
      "hand the function the secret's ARN, and read it from Secrets Manager",
    ),
  "aws:apprunner/service:Service": (resource) =>
    variables(
      deep(resource.properties.sourceConfiguration, "runtimeEnvironmentVariables"),
      "the environment",
      "name it in runtimeEnvironmentSecrets",
    ),
  "aws:elasticbeanstalk/environment:Environment": beanstalkOptions,
  "aws:elasticbeanstalk/configurationTemplate:ConfigurationTemplate": beanstalkOptions,
  "aws:codebuild/project:Project": (resource) =>
    list(inside(resource.properties.environment, "environmentVariables"))
      .filter((one) => one.type === undefined || one.type === "PLAINTEXT")
      .flatMap((one) =>
        variable(one.name, one.value, "the environment", 'give it the type "SECRETS_MANAGER"'),
      ),
  "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": (resource) =>
    list(resource.properties.containers).flatMap((one) =>
      variables(one.environment, `the environment of container ${nameOf(one)}`, fromSecretsManager),
    ),
  "aws:amplify/app:App": (resource) =>
    variables(
      resource.properties.environmentVariables,
      "the environment",
      "keep it in Amplify's environment secrets",
    ),
  "aws:amplify/branch:Branch": (resource) =>
    variables(
      resource.properties.environmentVariables,
      "the environment",
      "keep it in Amplify's environment secrets",
    ),
  "aws:synthetics/canary:Canary": (resource) =>
    variables(
      inside(resource.properties.runConfig, "environmentVariables"),
      "the environment",
      fromSecretsManager,
    ),
  "aws:glue/job:Job": (resource) =>
    variables(resource.properties.defaultArguments, "the arguments", fromSecretsManager),
  "aws:cloudformation/stack:Stack": (resource) =>
    variables(
      resource.properties.parameters,
      "the parameters",
      "let the template take it from Secrets Manager: {{resolve:secretsmanager:…}}",
    ),
  "aws:ssm/document:Document": (resource) => texts(resource, ["content"], fromSecretsManager),
  "aws:imagebuilder/component:Component": (resource) => texts(resource, ["data"], fromSecretsManager),
  ...Object.fromEntries(
    [
      "aws:ec2/instance:Instance",
      "aws:ec2/launchTemplate:LaunchTemplate",
      "aws:ec2/launchConfiguration:LaunchConfiguration",
      "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
      "aws:lightsail/instance:Instance",
    ].map((type) => [type, userData]),
  ),
};

/** The types that have such places. */
export const typesWithSecrets: readonly string[] = Object.keys(places);

/** Where a secret may stand in plain in a resource. What isn't known is left out; what stands beside it is not. */
export function placesOf(resource: ResourceView): Place[] {
  return places[resource.type]?.(resource) ?? [];
}

function commandTexts(resource: ResourceView): Place[] {
  return texts(resource, ["create", "update", "delete"], "hand it over by stdin, as a Pulumi secret");
}

function texts(resource: ResourceView, properties: readonly string[], instead: string): Place[] {
  return properties.flatMap((property) => {
    const content = text(resource, property);
    return content === undefined ? [] : [{ what: property, instead, content: { text: content } }];
  });
}

function userData(resource: ResourceView): Place[] {
  return texts(
    { ...resource, properties: { userData: startScript(resource) } },
    ["userData"],
    "read it from Secrets Manager when the machine starts",
  );
}

/** Containers as ECS and Batch take them: JSON, or objects at any depth, with environment, command and health check. */
function containers(value: unknown, instead: string): Place[] {
  const parsed = typeof value === "string" && !isUnknown(value) ? parse(value) : value;
  if (Array.isArray(parsed)) return parsed.flatMap((one) => containers(one, instead));
  if (!isObject(parsed)) return [];
  const { environment, command, entryPoint, healthCheck, ...rest } = parsed;
  const name = nameOf(parsed);
  const environmentOf = name === "" ? "the environment" : `the environment of container ${name}`;
  const lines = [command, entryPoint, isObject(healthCheck) ? healthCheck.command : undefined];
  return [
    ...list(environment).flatMap((one) => variable(one.name, one.value, environmentOf, instead)),
    ...lines.flatMap((line) => {
      const words = Array.isArray(line) ? line.filter((word) => typeof word === "string") : [];
      const what = name === "" ? "the command" : `the command of container ${name}`;
      return words.length === 0 ? [] : [{ what, instead, content: { text: words.join(" ") } }];
    }),
    ...Object.values(rest)
      .filter((inner) => typeof inner === "object")
      .flatMap((inner) => containers(inner, instead)),
  ];
}

function beanstalkOptions(resource: ResourceView): Place[] {
  const secretly =
    'keep it in Secrets Manager, and name it in "aws:elasticbeanstalk:application:environmentsecrets"';
  return list(resource.properties.settings)
    .filter(({ namespace }) => !String(namespace).endsWith("environmentsecrets"))
    .flatMap((one) => variable(one.name, one.value, "the option", secretly));
}

function variables(map: unknown, what: string, instead: string): Place[] {
  if (!isObject(map)) return [];
  return Object.entries(map).flatMap(([name, value]) => variable(name, value, what, instead));
}

function variable(name: unknown, value: unknown, what: string, instead: string): Place[] {
  if (typeof name !== "string" || typeof value !== "string" || isUnknown(value) || value === "") return [];
  return [{ what, instead, content: { name, value } }];
}

/** A list's objects; one object stands for a list of one. */
function list(value: unknown): Record<string, unknown>[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

function inside(value: unknown, key: string): unknown {
  return list(value)[0]?.[key];
}

/** The value under a key at any depth. */
function deep(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const here = (value as Record<string, unknown>)[key];
  if (here !== undefined) return here;
  for (const inner of Object.values(value)) {
    const found = deep(inner, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nameOf({ name, containerName }: Readonly<Record<string, unknown>>): string {
  const found = name ?? containerName;
  return typeof found === "string" && !isUnknown(found) ? found : "";
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
