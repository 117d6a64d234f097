import { type Counterpart, counterparts } from "./native/counterparts";
import { tagsOf } from "./native/values";
import { isUnknown, type ResourceView } from "./resources";

const prefix = "aws-native:";

/** Whether a resource of `aws-native` is read as one of `aws`. */
export function hasCounterpart(type: string): boolean {
  return type.startsWith(prefix) && type.slice(prefix.length) in counterparts;
}

/**
 * A resource of `aws-native` as the `aws` provider would have it, so that rules know one model alone; what `aws` has as resources of their own
 * (targets of a target group, the backup policy of a file system) follows it. Any other resource is given back as it is.
 */
export function asClassic(view: ResourceView): readonly ResourceView[] {
  if (!view.type.startsWith(prefix)) return [view];
  const counterpart = counterparts[view.type.slice(prefix.length)];
  return counterpart === undefined ? [view] : translated(view, counterpart);
}

/** The same of many; most stacks have none of `aws-native`. */
export function allClassic(views: readonly ResourceView[]): readonly ResourceView[] {
  return views.some(({ type }) => type.startsWith(prefix)) ? views.flatMap(asClassic) : views;
}

function translated(view: ResourceView, { type, names = {}, also, apart }: Counterpart): ResourceView[] {
  const { properties, propertyDependencies } = view;
  const plain = Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [names[name] ?? name, value]),
  );
  const main: ResourceView = {
    ...view,
    type: typeof type === "string" ? type : type(properties),
    // An Auto Scaling group's tags are a list in both.
    properties: {
      ...plain,
      ...(type === "aws:autoscaling/group:Group" ? {} : withTags(plain.tags)),
      ...also?.(properties),
    },
    ...(propertyDependencies === undefined
      ? {}
      : { propertyDependencies: dependenciesOf(propertyDependencies, names) }),
  };
  const further = (apart?.(properties) ?? []).map((part, index): ResourceView => {
    const key = `${view.urn ?? `${view.type}::${view.name}`}#${index}`;
    const sources = propertyDependencies?.[part.from] ?? [];
    const own = view.urn ?? `${main.type}::${view.name}`;
    return {
      type: part.type,
      name: view.name,
      urn: key,
      properties: part.properties,
      // What isn't known yet comes from the resource itself, or from what the part was given.
      propertyDependencies: Object.fromEntries(
        Object.keys(part.properties).map((name) => [name, name === "targetId" ? sources : [own]]),
      ),
      ...(view.region === undefined ? {} : { region: view.region }),
    };
  });
  return [main, ...further];
}

function withTags(tags: unknown): { tags?: unknown } {
  return tags === undefined || isUnknown(tags) ? {} : { tags: tagsOf(tags) };
}

/** Where a property's value comes from, under its new name too. */
function dependenciesOf(
  dependencies: Readonly<Record<string, readonly string[]>>,
  names: Readonly<Record<string, string>>,
): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = { ...dependencies };
  for (const [name, sources] of Object.entries(dependencies)) {
    found[names[name] ?? name] = sources;
    for (const other of shapes[name] ?? []) found[other] = sources;
  }
  return found;
}

/** Properties whose content stands elsewhere in `aws`. */
const shapes: Readonly<Record<string, readonly string[]>> = {
  launchTemplateData: ["vpcSecurityGroupIds", "userData", "networkInterfaces", "securityGroups"],
  distributionConfig: ["origins"],
  aliasTarget: ["aliases"],
  securityGroupIngress: ["ingress"],
};
