import { isUnknown, list, objects, type Resources, type ResourceView, text } from "../resources";
import type { Tier } from "../vocabulary";

/** What machines are called that serve the site's visitors nothing. */
const helperWords = new Set(
  "bastion jump jumpbox jumphost nat vpn openvpn wireguard runner jenkins ci builder monitoring grafana prometheus".split(
    " ",
  ),
);
const wordsOfTiers: readonly (readonly [Tier, ReadonlySet<string>])[] = [
  ["load-balancer", new Set("haproxy lb loadbalancer balancer".split(" "))],
  ["web", new Set("web www nginx apache httpd frontend webserver wordpress lamp lemp".split(" "))],
  ["app", new Set("app api backend worker php django rails lamp lemp wordpress".split(" "))],
  ["database", new Set("db database mysql mariadb postgres postgresql mongo mongodb lamp lemp".split(" "))],
  ["cache", new Set("redis valkey memcached cache".split(" "))],
];
/** What a start-up script installs or starts. */
const scriptsOfTiers: readonly (readonly [Tier, RegExp])[] = [
  ["web", /\b(nginx|apache2|httpd|caddy|wordpress|lamp)\b/],
  ["app", /\b(php\d*(\.\d)?(-fpm)?|gunicorn|uwsgi|node|puma|tomcat\d*|wordpress|lamp)\b/],
  [
    "database",
    /\b(mysql(-community)?-server|mysqld|mariadb(\d+)?-server|mariadb|postgresql(\d+)?(-server)?|mongod(b-org)?|lamp)\b/,
  ],
];
const databasePorts = [3306, 5432, 27017, 1433];
const webPorts = [80, 443, 8080, 8443];

/**
 * What a virtual machine does, judged as a person would: by its tags and name, by what its start-up script installs, and by the ports that its
 * security groups open. A machine that tells nothing is a web and app server.
 * @returns undefined for a machine that isn't part of the site, such as a bastion
 */
export function tiersOfMachine(resources: Resources, machine: ResourceView): Tier[] | undefined {
  const words = wordsOf(machine);
  if (words.some((word) => helperWords.has(word))) return undefined;
  const found = new Set<Tier>();
  for (const [tier, names] of wordsOfTiers) if (words.some((word) => names.has(word))) found.add(tier);
  const script = startScript(machine);
  for (const [tier, pattern] of scriptsOfTiers) if (pattern.test(script)) found.add(tier);
  if (found.size === 0) {
    const ports = openPorts(resources, machine);
    if (webPorts.some(ports)) found.add("web");
    if (databasePorts.some(ports)) found.add("database");
  }
  if (found.size === 0) found.add("web");
  if (found.has("web")) found.add("app");
  return [...found];
}

/** The words in a machine's name, tags and role: `webServer-1` gives `web`, `server`, `1`. */
function wordsOf(machine: ResourceView): string[] {
  const tags = machine.properties.tags;
  const values = typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>) : {};
  const texts = ["Name", "name", "Role", "role", "Tier", "tier"].map((key) => values[key]);
  return [machine.name, ...texts]
    .filter((value): value is string => typeof value === "string" && !isUnknown(value))
    .flatMap((value) =>
      value
        .replace(/([a-z])([A-Z])/g, "$1 $2")
        .toLowerCase()
        .split(/[^a-z]+/),
    );
}

/** The start-up script in plain, for judging only: it may hold secrets and must not be shown. */
export function startScript(machine: ResourceView): string {
  const plain = text(machine, "userData");
  const encoded = text(machine, "userDataBase64");
  if (plain !== undefined && !/^[A-Za-z0-9+/\s]{40,}={0,2}\s*$/.test(plain)) return plain;
  const base64 = encoded ?? plain;
  return base64 === undefined ? "" : Buffer.from(base64, "base64").toString("utf8");
}

/** Tells whether the machine's security groups let a port in. */
function openPorts(resources: Resources, machine: ResourceView): (port: number) => boolean {
  const groups = ["vpcSecurityGroupIds", "securityGroups"].flatMap((property) =>
    resources.referred(machine, property, ["aws:ec2/securityGroup:SecurityGroup"]),
  );
  const rules = groups.flatMap((group) => objects(group, "ingress"));
  return (port) =>
    rules.some(
      (rule) => Number(rule.fromPort) <= port && port <= Number(rule.toPort) && Number(rule.toPort) < 65535,
    );
}

/** A list of objects inside a resource, each as a resource of its own, so that references inside can be followed. */
export function nested(resource: ResourceView, property: string): ResourceView[] {
  const sources = resource.propertyDependencies?.[property];
  return list(resource, property)
    .filter((value): value is Record<string, unknown> => typeof value === "object" && value !== null)
    .map((properties) => ({
      type: resource.type,
      name: resource.name,
      properties,
      ...(sources === undefined
        ? {}
        : { propertyDependencies: Object.fromEntries(Object.keys(properties).map((key) => [key, sources])) }),
    }));
}
