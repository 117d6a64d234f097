import { keyOf, number, type Resources, type ResourceView, text } from "../resources";
import { type Tier, tiers } from "../vocabulary";
import { zonesOf } from "../zones";
import type { Member } from "./member";
import { tiersOfMachine } from "./roles";

/** The components of this project that stand for a machine. */
export const serverTypes = [
  "one-server-web:local:Server",
  "one-server-web:ssh:Server",
  "one-server-web:aws:Server",
] as const;
export const instanceTypes = [
  "aws:ec2/instance:Instance",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
  "aws:lightsail/instance:Instance",
] as const;

/** Machines that are kept one by one: this project's servers, EC2 instances, Lightsail instances. */
export function machines(resources: Resources): Member[] {
  const servers = resources.ofType(...serverTypes);
  const claimed = new Set(
    servers
      .flatMap((server) => instanceTypes.flatMap((type) => resources.descendants(server, type)))
      .map(keyOf),
  );
  const instances = resources.ofType(...instanceTypes).filter((instance) => !claimed.has(keyOf(instance)));
  return [
    ...servers.map((server) => serverMember(resources, server)),
    ...instances.flatMap((instance) => instanceMember(resources, instance)),
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

function instanceMember(resources: Resources, instance: ResourceView): Member[] {
  const tiers = tiersOfMachine(resources, instance);
  if (tiers === undefined || number(instance, "count") === 0) return [];
  const lightsail = instance.type.startsWith("aws:lightsail/");
  const size = text(instance, lightsail ? "bundleId" : "instanceType");
  return [
    {
      key: keyOf(instance),
      name: instance.name,
      type: instance.type,
      kind: lightsail ? "Lightsail instance" : "EC2 instance",
      platform: "aws",
      tiers,
      count: 1,
      countKnown: true,
      zones: zonesOf(resources, instance, ["availabilityZone"], ["subnetId"]),
      heals: false,
      scales: false,
      essential: true,
      service: lightsail ? "lightsail" : "ec2",
      ...(size === undefined ? {} : { size }),
      resource: instance,
    },
  ];
}
