import {
  acceleratorType,
  balancerType,
  classicBalancerType,
  distributionType,
  eipType,
  hostnameOf,
  lightsailBalancerType,
  siteRecords,
  targetsOfRecord,
} from "../members/entrances";
import { serverTypes } from "../members/machines";
import { nested } from "../members/roles";
import { append, flag, keyOf, type Resources, type ResourceView, unknownProperty } from "../resources";
import type { Links } from "./links";

const staticIpType = "aws:lightsail/staticIp:StaticIp";
const machineTypes = ["aws:ec2/instance:Instance", "aws:lightsail/instance:Instance", ...serverTypes];
const targetTypes = [
  ...machineTypes,
  eipType,
  staticIpType,
  balancerType,
  classicBalancerType,
  lightsailBalancerType,
  distributionType,
  acceleratorType,
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
];

/** Names and addresses: which machines they lead to, and machines that stand in for one another by health-checked names. */
export function nameLinks(resources: Resources, found: Links): void {
  const machineOfAddress = machinesOfAddresses(resources);
  for (const [address, machine] of machineOfAddress) found.edges.push([address, machine]);
  const byName = new Map<string, ResourceView[]>();
  for (const record of siteRecords(resources)) append(byName, hostnameOf(record), record);
  for (const records of byName.values()) {
    const [first] = records as [ResourceView];
    const targets = records.map((record) =>
      targetsOfRecord(resources, record, targetTypes).map((target) => ownerOf(resources, target)),
    );
    for (const target of targets.flat()) found.edges.push([keyOf(first), target]);
    if (!failsOver(records)) continue;
    const machines = [...new Set(targets.flat().map((target) => machineOfAddress.get(target) ?? target))];
    found.unions.unionAll(machines);
    for (const machine of machines) found.balanced.add(machine);
  }
}

/** True when Route 53 stops naming an address that fails its health check: every answer but the last resort is checked. */
function failsOver(records: readonly ResourceView[]): boolean {
  if (records.length < 2) return false;
  const checked = records.filter(
    (record) =>
      record.properties.healthCheckId !== undefined ||
      unknownProperty(record, "healthCheckId") ||
      nested(record, "aliases").some((alias) => flag(alias, "evaluateTargetHealth") === true),
  );
  const failover = records.some((record) => nested(record, "failoverRoutingPolicies").length > 0);
  return failover ? checked.length >= 1 : checked.length === records.length;
}

/** For each public address the key of the machine that it leads to. */
function machinesOfAddresses(resources: Resources): Map<string, string> {
  const found = new Map<string, string>();
  for (const address of resources.ofType(eipType))
    for (const machine of resources.referred(address, "instance", machineTypes))
      found.set(keyOf(address), ownerOf(resources, machine));
  for (const association of resources.ofType("aws:ec2/eipAssociation:EipAssociation"))
    for (const property of ["allocationId", "publicIp"])
      for (const address of resources.referred(association, property, [eipType]))
        for (const machine of resources.referred(association, "instanceId", machineTypes))
          found.set(keyOf(address), ownerOf(resources, machine));
  for (const attachment of resources.ofType("aws:lightsail/staticIpAttachment:StaticIpAttachment"))
    for (const address of resources.referred(attachment, "staticIpName", [staticIpType]))
      for (const machine of resources.referred(attachment, "instanceName", machineTypes))
        found.set(keyOf(address), keyOf(machine));
  return found;
}

/** An instance inside a server component of this project stands for the component. */
function ownerOf(resources: Resources, target: ResourceView): string {
  const server = resources
    .ancestors(target)
    .find(({ type }) => type !== target.type && (serverTypes as readonly string[]).includes(type));
  return keyOf(target.type === eipType ? target : (server ?? target));
}
