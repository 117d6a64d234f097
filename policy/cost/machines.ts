import { machinesOfAddresses } from "../links/names";
import { templateOf } from "../members/fleets";
import { PerSource } from "../perSource";
import { monthly, prices, sizePrice } from "../prices";
import {
  flag,
  isUnknown,
  keyOf,
  list,
  nested,
  number,
  type Resources,
  type ResourceView,
  text,
  unknownProperty,
} from "../resources";
import { groupType, instanceType, nodeGroupType, templateTypes } from "../types";
import type { Bill } from "./bill";
import { diskCost, disksOf } from "./disks";

const spotType = "aws:ec2/spotInstanceRequest:SpotInstanceRequest";
const subnetType = "aws:ec2/subnet:Subnet";

/** A number of equal machines, with all that is paid for each. */
interface Machines {
  readonly resource: ResourceView;
  readonly kind: string;
  readonly size: string | undefined;
  /** Undefined where it isn't known yet. */
  readonly count: number | undefined;
  /** The resource that says their disks; none where the service chooses. */
  readonly disks: ResourceView | undefined;
  /** True when each has an address in the internet that isn't a resource of its own. */
  readonly addressed: boolean;
}

/** EC2 machines, those of groups and helpers included: hours, disks and addresses. */
export function machineCosts(bill: Bill): void {
  const { resources } = bill;
  const volumes = new Set(
    resources.ofType("aws:ebs/volume:Volume").flatMap((volume) => text(volume, "id") ?? []),
  );
  const elastic = new Set(machinesOfAddresses(resources).values());
  for (const one of [
    ...resources
      .ofType(instanceType, spotType)
      .map((instance) => instanceMachine(resources, instance, elastic)),
    ...groupMachines(resources),
    ...resources.ofType(nodeGroupType).map((group) => nodeMachines(resources, group)),
  ])
    machinesCost(bill, one, volumes);
}

function machinesCost(bill: Bill, one: Machines, volumes: ReadonlySet<string>): void {
  const { resource, kind, size, count, disks } = one;
  if (count === 0) return;
  const { name } = resource;
  const table = bill.table(resource);
  const price = isLicensed(disks ?? resource) ? undefined : sizePrice(table, "ec2", size);
  const sized = `${kind} ${name} (${count !== undefined && count > 1 ? `${count} x ` : ""}${size ?? "of a size not known"})`;
  bill.add(sized, price === undefined || count === undefined ? undefined : count * monthly(price));
  const known = count ?? 1;
  for (const disk of disks === undefined ? [] : disksOf(disks, volumes)) {
    const cost = diskCost(table, disk);
    bill.add(`disk of ${name}`, cost === undefined ? undefined : known * cost);
  }
  if (one.addressed) bill.add(addressesOf(name, known), bill.units(resource, "publicIpv4PerHour", known));
}

export function addressesOf(name: string, count: number): string {
  return count > 1 ? `${count} public addresses of ${name}` : `public address of ${name}`;
}

/** Windows and dedicated hardware have prices of their own. */
function isLicensed(machine: ResourceView): boolean {
  const tenancies = [
    text(machine, "tenancy"),
    ...nested(machine, "placement").map((one) => text(one, "tenancy")),
  ];
  return (
    flag(machine, "getPasswordData") === true ||
    tenancies.some((tenancy) => tenancy === "dedicated" || tenancy === "host")
  );
}

function instanceMachine(
  resources: Resources,
  instance: ResourceView,
  elastic: ReadonlySet<string>,
): Machines {
  const template = nested(instance, "launchTemplate").flatMap((inner) =>
    ["id", "name"].flatMap((property) => resources.referred(inner, property, templateTypes)),
  )[0];
  const size =
    text(instance, "instanceType") ?? (template === undefined ? undefined : text(template, "instanceType"));
  const own = ["rootBlockDevice", "ebsBlockDevices"].some((property) => property in instance.properties);
  const server = resources.ancestors(instance).find(({ type }) => /^one-server-web:\w+:Server$/.test(type));
  const hasElastic = elastic.has(keyOf(instance)) || (server !== undefined && elastic.has(keyOf(server)));
  return {
    resource: instance,
    kind: instance.type === spotType ? "spot instance at most" : "EC2 instance",
    size,
    count: 1,
    disks: own || template === undefined ? instance : template,
    addressed:
      !hasElastic &&
      hasPublicAddress(resources, instance, [instance, template].flatMap(networksOf), "subnetId"),
  };
}

function groupMachines(resources: Resources): Machines[] {
  const managed = new Set(
    resources.ofType(nodeGroupType).flatMap((group) => resources.descendants(group, groupType)),
  );
  const scaled = new Set(
    resources
      .ofType("aws:autoscaling/policy:Policy")
      .flatMap((policy) => resources.referred(policy, "autoscalingGroupName", [groupType])),
  );
  return resources
    .ofType(groupType)
    .filter((group) => !managed.has(group))
    .map((group) => {
      const template = templateOf(resources, group);
      const desired = number(group, "desiredCapacity");
      const minimum = number(group, "minSize");
      return {
        resource: group,
        kind: "Auto Scaling group",
        size: sizeOfGroup(group, template),
        count: scaled.has(group) ? (minimum ?? desired) : (desired ?? minimum),
        disks: template,
        addressed: hasPublicAddress(resources, group, networksOf(template), "vpcZoneIdentifiers"),
      };
    });
}

/** The dearest of the types that a group may take. */
function sizeOfGroup(group: ResourceView, template: ResourceView | undefined): string | undefined {
  const overrides = nested(group, "mixedInstancesPolicy").flatMap((policy) =>
    nested(policy, "launchTemplate").flatMap((inner) => nested(inner, "overrides")),
  );
  if (overrides.some((one) => "instanceRequirements" in one.properties)) return undefined;
  const sizes = overrides.flatMap((one) => text(one, "instanceType") ?? []);
  const price = (size: string) => sizePrice(prices, "ec2", size) ?? Number.POSITIVE_INFINITY;
  const dearest = sizes.sort((left, right) => price(right) - price(left))[0];
  return dearest ?? (template === undefined ? undefined : text(template, "instanceType"));
}

function nodeMachines(resources: Resources, group: ResourceView): Machines {
  const template = nested(group, "launchTemplate").flatMap((inner) =>
    ["id", "name"].flatMap((property) => resources.referred(inner, property, templateTypes)),
  )[0];
  const scaling = nested(group, "scalingConfig")[0];
  const sizes = list(group, "instanceTypes").filter(
    (size): size is string => typeof size === "string" && !isUnknown(size),
  );
  const ofTemplate = template === undefined ? undefined : text(template, "instanceType");
  // What EKS takes where nothing is said: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html
  const usual = unknownProperty(group, "instanceTypes") ? undefined : "t3.medium";
  const diskSize = number(group, "diskSize") ?? 20;
  return {
    resource: group,
    kind: "EKS node group",
    size: sizes[0] ?? ofTemplate ?? usual,
    count: scaling === undefined ? undefined : (number(scaling, "desiredSize") ?? number(scaling, "minSize")),
    disks: template ?? {
      ...group,
      properties: { rootBlockDevice: { volumeSize: diskSize, volumeType: "gp3" } },
    },
    addressed: hasPublicAddress(resources, group, networksOf(template), "subnetIds"),
  };
}

/** What says whether a machine is given an address: itself, and its network interfaces. */
function networksOf(machine: ResourceView | undefined): ResourceView[] {
  return machine === undefined ? [] : [machine, ...nested(machine, "networkInterfaces")];
}

/**
 * Whether machines get an address in the internet: as configured, as they have it, or as their subnets give it. Without a subnet they stand in the
 * default network, which gives one; subnets of other stacks are taken for such as don't, unless the machines are configured otherwise.
 */
function hasPublicAddress(
  resources: Resources,
  resource: ResourceView,
  networks: readonly ResourceView[],
  property: string,
): boolean {
  const told = networks
    .map((view) => flag(view, "associatePublicIpAddress"))
    .find((value) => value !== undefined);
  if (told !== undefined) return told;
  const address = resource.properties.publicIp;
  if (typeof address === "string" && !isUnknown(address)) return address !== "";
  // Interfaces may stand in other subnets.
  const alone = networks.every((view) => view === resource);
  const given = alone
    ? subnetsGive.get(resources, resource, property, () => giveAddresses(resources, [resource], property))
    : giveAddresses(resources, [resource, ...networks], property);
  if (given !== "unseen") return given;
  return ![resource, ...networks].some(
    (view) => property in view.properties || "subnetId" in view.properties,
  );
}

/** Whether the subnets that machines stand in give them an address. */
function giveAddresses(
  resources: Resources,
  views: readonly ResourceView[],
  property: string,
): boolean | "unseen" {
  const within = views.flatMap((view) =>
    [property, "subnetId"].flatMap((each) => resources.referred(view, each, [subnetType, defaultSubnetType])),
  );
  return within.length === 0 ? "unseen" : within.some(givesAddress);
}

const subnetsGive = new PerSource<boolean | "unseen">();
const defaultSubnetType = "aws:ec2/defaultSubnet:DefaultSubnet";

function givesAddress(subnet: ResourceView): boolean {
  return flag(subnet, "mapPublicIpOnLaunch") ?? subnet.type === defaultSubnetType;
}
