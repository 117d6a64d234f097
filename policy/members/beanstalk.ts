import { isUnknown, keyOf, nested, type Resources, type ResourceView, text, UNKNOWN } from "../resources";
import { type Zones, zonesOf } from "../zones";
import type { Member } from "./member";

export const environmentType = "aws:elasticbeanstalk/environment:Environment";

/** Elastic Beanstalk environments that serve visitors: an Auto Scaling group, and unless they are told otherwise a load balancer before it. */
export function environments(resources: Resources): Member[] {
  return resources
    .ofType(environmentType)
    .filter((environment) => text(environment, "tier") !== "Worker")
    .map((environment) => member(resources, environment));
}

/** True for an environment of one machine without a load balancer. */
export function isSingleInstance(environment: ResourceView): boolean {
  return settingOf(environment, "EnvironmentType") === "SingleInstance";
}

function member(resources: Resources, environment: ResourceView): Member {
  const single = isSingleInstance(environment);
  // What AWS takes where nothing is said: one to four machines.
  const minimum = single ? 1 : Number(settingOf(environment, "MinSize") ?? 1);
  const maximum = single ? 1 : Number(settingOf(environment, "MaxSize") ?? 4);
  const known = [minimum, maximum].every(Number.isFinite);
  const size = (settingOf(environment, "InstanceTypes") ?? settingOf(environment, "InstanceType"))?.split(
    ",",
  )[0];
  return {
    key: keyOf(environment),
    name: environment.name,
    type: environment.type,
    kind: "Elastic Beanstalk environment",
    platform: "aws",
    purpose: "site",
    tiers: ["web", "app"],
    count: known ? Math.max(1, minimum) : 1,
    countKnown: known,
    zones: zonesOfSubnets(resources, environment),
    heals: true,
    scales: known && maximum > minimum,
    essential: true,
    service: "ec2",
    ...(size === undefined || isUnknown(size) ? {} : { size }),
    resource: environment,
  };
}

/** An option by its name; those looked for here have one namespace each. */
export function settingOf(environment: ResourceView, name: string): string | undefined {
  const found = nested(environment, "settings").find((option) => text(option, "name") === name);
  const value = found?.properties.value;
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** Its machines' subnets stand in one option, separated by commas, or in several options of one name. */
function zonesOfSubnets(resources: Resources, environment: ResourceView): Zones {
  const options = nested(environment, "settings").filter((option) => text(option, "name") === "Subnets");
  const subnets = options.flatMap(({ properties: { value } }) =>
    typeof value === "string" && !isUnknown(value) ? value.split(/\s*,\s*/) : [UNKNOWN],
  );
  const sources = environment.propertyDependencies?.settings ?? [];
  const view = { ...environment, properties: { subnets }, propertyDependencies: { subnets: sources } };
  return zonesOf(resources, view, [], ["subnets"]);
}
