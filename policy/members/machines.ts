import { lightsailPortsType, openingsIn, type Ports, portsOf } from "../openings";
import { append, flag, keyOf, number, type Resources, type ResourceView, text } from "../resources";
import { instanceTypes, serverTypes } from "../types";
import { type Tier, tiers } from "../vocabulary";
import type { Way, Ways } from "../way";
import { zonesOf } from "../zones";
import { joinsCluster } from "./joining";
import type { Member } from "./member";
import { dutyOf, isExposed, networkViews, sayings } from "./roles";

/** Machines that are kept one by one: this project's servers, EC2 instances, Lightsail instances. */
export function machines(resources: Resources, ways: Ways, addressed: ReadonlySet<string>): Member[] {
  const servers = resources.ofType(...serverTypes);
  const claimed = new Set(
    servers
      .flatMap((server) => instanceTypes.flatMap((type) => resources.descendants(server, type)))
      .map(keyOf),
  );
  const instances = resources.ofType(...instanceTypes).filter((instance) => !claimed.has(keyOf(instance)));
  const firewalls = new Map<string, ResourceView[]>();
  for (const ports of resources.ofType(lightsailPortsType))
    for (const instance of resources.referred(ports, "instanceName", ["aws:lightsail/instance:Instance"]))
      append(firewalls, keyOf(instance), ports);
  return [
    ...servers.map((server) => serverMember(resources, server)),
    ...instances.flatMap((instance) =>
      instanceMember(
        resources,
        instance,
        ways.get(keyOf(instance)) ?? [],
        addressed.has(keyOf(instance)),
        firewalls,
      ),
    ),
  ];
}

function serverMember(resources: Resources, server: ResourceView): Member {
  const platform = server.type.split(":")[1] as Member["platform"];
  const instance = resources.descendants(server, "aws:ec2/instance:Instance")[0];
  const zone = text(server, "zone");
  const placed =
    instance === undefined ? undefined : zonesOf(resources, instance, ["availabilityZone"], ["subnetId"]);
  const size = instance === undefined ? undefined : text(instance, "instanceType");
  return {
    key: keyOf(server),
    name: text(server, "name") ?? server.name,
    type: server.type,
    kind: platform === "aws" ? "EC2 instance" : "server",
    platform,
    purpose: "site",
    tiers: registeredTiers(server),
    count: 1,
    countKnown: true,
    zones: zone !== undefined ? { names: [zone], known: true } : (placed ?? { names: [], known: false }),
    heals: false,
    scales: false,
    essential: true,
    service: platform === "aws" ? "ec2" : "machine",
    ...(size === undefined ? {} : { size }),
    resource: server,
  };
}

/** The tiers a server registered. One that tells none holds everything. */
function registeredTiers(server: ResourceView): Tier[] {
  const value = server.properties.tiers;
  const named = Array.isArray(value) ? tiers.filter((tier) => value.includes(tier)) : [];
  return named.length > 0 ? named : ["web", "app", "database"];
}

function instanceMember(
  resources: Resources,
  instance: ResourceView,
  ways: readonly Way[],
  hasAddress: boolean,
  firewalls: ReadonlyMap<string, readonly ResourceView[]>,
): Member[] {
  if (number(instance, "count") === 0) return [];
  const views = networkViews(instance);
  const ports = firewallOf(resources, instance, views, firewalls);
  const exposed = isExposed(resources, views, hasAddress, ["subnetId"]);
  const duty = dutyOf({
    ...sayings(instance),
    ways,
    ports,
    exposed,
    joins: joinsCluster(resources, [instance]),
    forwards: flag(instance, "sourceDestCheck") === false,
  });
  const lightsail = instance.type.startsWith("aws:lightsail/");
  const size = text(instance, lightsail ? "bundleId" : "instanceType");
  return [
    {
      key: keyOf(instance),
      name: instance.name,
      type: instance.type,
      kind: lightsail ? "Lightsail instance" : "EC2 instance",
      platform: "aws",
      ...duty,
      exposed,
      ...(ports === undefined ? {} : { ports }),
      count: 1,
      countKnown: duty.purpose !== "site" || ports?.hidden !== true,
      zones: zonesOf(resources, instance, ["availabilityZone"], ["subnetId"]),
      heals: false,
      scales: false,
      essential: duty.purpose === "site",
      service: lightsail ? "lightsail" : "ec2",
      ...(size === undefined ? {} : { size }),
      resource: instance,
    },
  ];
}

const interfaceType = "aws:ec2/networkInterface:NetworkInterface";

/** What the machine's security groups let in, those of its network interfaces included. Lightsail has a firewall for each instance instead. */
function firewallOf(
  resources: Resources,
  instance: ResourceView,
  views: readonly ResourceView[],
  firewalls: ReadonlyMap<string, readonly ResourceView[]>,
): Ports | undefined {
  if (instance.type !== "aws:lightsail/instance:Instance") {
    const interfaces = views
      .slice(1)
      .flatMap((view) => resources.referred(view, "networkInterfaceId", [interfaceType]));
    return portsOf(resources, [...views, ...interfaces]);
  }
  const rules = firewalls.get(keyOf(instance)) ?? [];
  if (rules.length > 0) return { openings: rules.flatMap(openingsIn), complete: true };
  // As Lightsail sets a Linux machine up; images with an application speak TLS too.
  const plain = /^(amazon_linux|ubuntu|debian|centos|opensuse|freebsd|almalinux)/;
  const blueprint = text(instance, "blueprintId") ?? "";
  const openings = (plain.test(blueprint) ? [22, 80] : [22, 80, 443]).map(
    (port) => ({ from: port, to: port, protocol: "tcp", world: true }) as const,
  );
  return { openings, complete: true };
}
