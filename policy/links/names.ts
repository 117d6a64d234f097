import { hostnameOf, siteRecords, targetsOfRecord } from "../members/entrances";
import { append, flag, keyOf, nested, type Resources, type ResourceView } from "../resources";
import {
  acceleratorType,
  balancerType,
  bucketTypes,
  classicBalancerType,
  distributionType,
  eipType,
  lightsailBalancerType,
  serverTypes,
} from "../types";

const staticIpType = "aws:lightsail/staticIp:StaticIp";
const machineTypes = [
  "aws:ec2/instance:Instance",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
  "aws:lightsail/instance:Instance",
  ...serverTypes,
];
const balancerTypes = [balancerType, classicBalancerType, lightsailBalancerType];
const targetTypes = [
  ...machineTypes,
  eipType,
  staticIpType,
  ...balancerTypes,
  distributionType,
  acceleratorType,
  ...bucketTypes,
];

/** A name, and what its records lead to. */
export interface NamedTargets {
  /** The key of the name's member: its first record. */
  readonly name: string;
  /** Keys of what the records name: addresses, machines, balancers, distributions, buckets. */
  readonly direct: readonly string[];
  /** The same with the machines behind addresses in their place. */
  readonly targets: readonly string[];
  /** Route 53 stops naming an address that fails its health check. */
  readonly failsOver: boolean;
  /** False in a zone of private networks. */
  readonly open: boolean;
}

/** For each name of the site what it leads to. */
export function namedTargets(
  resources: Resources,
  machineOfAddress: ReadonlyMap<string, string>,
): NamedTargets[] {
  const byName = new Map<string, ResourceView[]>();
  for (const record of siteRecords(resources)) append(byName, hostnameOf(record), record);
  return [...byName.values()].map((records) => {
    const [first] = records as [ResourceView];
    const direct = [
      ...new Set(
        records.flatMap((record) =>
          targetsOfRecord(resources, record, targetTypes).map((target) => ownerOf(resources, target)),
        ),
      ),
    ];
    return {
      name: keyOf(first),
      direct,
      targets: [...new Set(direct.map((target) => machineOfAddress.get(target) ?? target))],
      failsOver: failsOver(records),
      open: !isPrivate(resources, first),
    };
  });
}

/** A zone with VPCs is answered for inside of them alone. */
function isPrivate(resources: Resources, record: ResourceView): boolean {
  return resources
    .referred(record, "zoneId", ["aws:route53/zone:Zone"])
    .some((zone) => nested(zone, "vpcs").length > 0);
}

/** True when Route 53 stops naming an address that fails its health check: every answer but the last resort is checked. */
function failsOver(records: readonly ResourceView[]): boolean {
  if (records.length < 2) return false;
  const checked = records.filter(
    (record) =>
      // A state holds an empty text in place of a missing one.
      (record.properties.healthCheckId ?? "") !== "" ||
      nested(record, "aliases").some((alias) => flag(alias, "evaluateTargetHealth") === true),
  );
  const failover = records.some((record) => nested(record, "failoverRoutingPolicies").length > 0);
  return failover ? checked.length >= 1 : checked.length === records.length;
}

/** For each public address the key of the machine that it leads to. */
export function machinesOfAddresses(resources: Resources): Map<string, string> {
  const found = new Map<string, string>();
  for (const address of resources.ofType(eipType)) {
    for (const machine of resources.referred(address, "instance", machineTypes))
      found.set(keyOf(address), ownerOf(resources, machine));
    for (const machine of machinesOfInterface(resources, address, "networkInterface"))
      found.set(keyOf(address), machine);
  }
  for (const association of resources.ofType("aws:ec2/eipAssociation:EipAssociation"))
    for (const property of ["allocationId", "publicIp"])
      for (const address of resources.referred(association, property, [eipType])) {
        for (const machine of resources.referred(association, "instanceId", machineTypes))
          found.set(keyOf(address), ownerOf(resources, machine));
        for (const machine of machinesOfInterface(resources, association, "networkInterfaceId"))
          found.set(keyOf(address), machine);
      }
  for (const attachment of resources.ofType("aws:lightsail/staticIpAttachment:StaticIpAttachment"))
    for (const address of resources.referred(attachment, "staticIpName", [staticIpType]))
      for (const machine of resources.referred(attachment, "instanceName", machineTypes))
        found.set(keyOf(address), keyOf(machine));
  return found;
}

const interfaceType = "aws:ec2/networkInterface:NetworkInterface";
const machinesByInterface = new WeakMap<Resources, Map<string, string>>();

/** The machines behind a network interface, or behind the one that an instance came with. */
export function machinesOfInterface(
  resources: Resources,
  resource: ResourceView,
  property: string,
): string[] {
  if (resource.properties[property] === undefined) return [];
  let known = machinesByInterface.get(resources);
  if (known === undefined) {
    known = new Map();
    for (const instance of resources.ofType("aws:ec2/instance:Instance"))
      for (const attached of [
        ...nested(instance, "networkInterfaces"),
        ...nested(instance, "primaryNetworkInterface"),
      ])
        for (const view of resources.referred(attached, "networkInterfaceId", [interfaceType]))
          known.set(keyOf(view), ownerOf(resources, instance));
    for (const attachment of resources.ofType(
      "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
    ))
      for (const view of resources.referred(attachment, "networkInterfaceId", [interfaceType]))
        for (const instance of resources.referred(attachment, "instanceId", machineTypes))
          known.set(keyOf(view), ownerOf(resources, instance));
    machinesByInterface.set(resources, known);
  }
  const interfaces = known;
  return resources
    .referred(resource, property, [interfaceType, ...machineTypes])
    .flatMap((view) =>
      view.type === interfaceType ? (interfaces.get(keyOf(view)) ?? []) : [ownerOf(resources, view)],
    );
}

/** An instance inside a server component of this project stands for the component. */
function ownerOf(resources: Resources, target: ResourceView): string {
  const server = resources
    .ancestors(target)
    .find(({ type }) => type !== target.type && (serverTypes as readonly string[]).includes(type));
  return keyOf(target.type === eipType ? target : (server ?? target));
}
