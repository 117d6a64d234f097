import * as ec2 from "@pulumi/aws/ec2";
import * as aws from "@pulumi/aws/getAvailabilityZones";
import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../refusal";
import type { AwsSettings } from "../../settings/aws";
import { type Naming, tagsOf } from "./names";
import { chooseZones, ipv6Subnet, planSubnets, type SubnetPlan, zoneIndex } from "./subnets";

export interface NetworkArgs {
  readonly settings: AwsSettings;
  /** Every instance type that servers have: each zone offers all of them. */
  readonly instanceTypes: readonly string[];
  readonly naming: Naming;
}

/** Where a server stands. */
export interface Placement {
  readonly subnetId: pulumi.Output<string>;
  /** The zone's name. */
  readonly zone: pulumi.Output<string>;
}

/** A VPC with a public subnet in three zones, so that later rungs need no rebuild. */
export class Network extends pulumi.ComponentResource {
  readonly vpc: ec2.Vpc;
  /** One a zone, in the order of `zones`. */
  readonly subnets: readonly ec2.Subnet[];
  /** The names of the three zones. */
  readonly zones: pulumi.Output<string[]>;
  private readonly naming: Naming;

  constructor(name: string, args: NetworkArgs, options?: pulumi.ComponentResourceOptions) {
    const { settings, naming, instanceTypes } = args;
    super("one-server-web:aws:Network", name, { vpcCidr: settings.vpcCidr, ipv6: settings.ipv6 }, options);
    this.naming = naming;
    this.vpc = new ec2.Vpc(
      `${name}-vpc`,
      {
        cidrBlock: settings.vpcCidr,
        assignGeneratedIpv6CidrBlock: settings.ipv6,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: tagsOf(naming, "network"),
      },
      { parent: this },
    );
    this.closeDefaultGroup(name);
    const routes = this.routesToInternet(name, settings.ipv6);
    this.zones = findZones(settings.region, instanceTypes, this);
    this.subnets = planSubnets(settings.vpcCidr).map((plan) =>
      this.subnet(name, plan, settings.ipv6, routes),
    );
    this.registerOutputs({ vpcId: this.vpc.id, zones: this.zones });
  }

  /**
   * A server's place: in the zone of that name, else by the number in the server's name, so that those of a kind stand in different zones and
   * none moves when another one comes or goes.
   * @throws {pulumi.RunError} when the network has no such zone
   */
  place(server: string, zone?: string): Placement {
    if (zone === undefined) {
      const subnet = this.subnets[zoneIndex(server, this.subnets.length)];
      if (subnet === undefined) throw refusal("the network has no subnets");
      return { subnetId: subnet.id, zone: subnet.availabilityZone };
    }
    const zones = pulumi.all(this.subnets.map(({ availabilityZone }) => availabilityZone));
    const ids = pulumi.all(this.subnets.map(({ id }) => id));
    const index = zones.apply((names) => {
      const position = names.indexOf(zone);
      if (position >= 0) return position;
      throw refusal(`the zone ${zone} is not in this network, which has ${names.join(", ")}`);
    });
    return {
      subnetId: pulumi.all([ids, index]).apply(([list, position]) => list[position] ?? ""),
      zone: pulumi.output(zone),
    };
  }

  /** Every VPC has a group that lets its members talk to each other; nothing of ours is in it, so it is emptied. */
  private closeDefaultGroup(name: string): void {
    new ec2.DefaultSecurityGroup(
      `${name}-default-group`,
      { vpcId: this.vpc.id, ingress: [], egress: [], tags: tagsOf(this.naming, "default group closed") },
      { parent: this },
    );
  }

  private routesToInternet(name: string, ipv6: boolean): ec2.RouteTable {
    const gateway = new ec2.InternetGateway(
      `${name}-gateway`,
      { vpcId: this.vpc.id, tags: tagsOf(this.naming, "gateway") },
      { parent: this },
    );
    const table = new ec2.RouteTable(
      `${name}-public-routes`,
      { vpcId: this.vpc.id, tags: tagsOf(this.naming, "public routes") },
      { parent: this },
    );
    const toInternet = { routeTableId: table.id, gatewayId: gateway.id };
    new ec2.Route(`${name}-ipv4`, { ...toInternet, destinationCidrBlock: "0.0.0.0/0" }, { parent: this });
    if (ipv6) {
      new ec2.Route(`${name}-ipv6`, { ...toInternet, destinationIpv6CidrBlock: "::/0" }, { parent: this });
    }
    return table;
  }

  private subnet(name: string, plan: SubnetPlan, ipv6: boolean, routes: ec2.RouteTable): ec2.Subnet {
    const block = this.vpc.ipv6CidrBlock.apply((range) => ipv6Subnet(range, plan.index));
    const subnet = new ec2.Subnet(
      `${name}-${plan.name}`,
      {
        vpcId: this.vpc.id,
        cidrBlock: plan.cidr,
        availabilityZone: this.zones.apply((zones) => zones[plan.index] ?? ""),
        ...(ipv6 ? { ipv6CidrBlock: block, assignIpv6AddressOnCreation: true } : {}),
        tags: tagsOf(this.naming, plan.name),
      },
      // A zone that AWS opens later must not push a running subnet out of its own.
      { parent: this, ignoreChanges: ["availabilityZone"] },
    );
    new ec2.RouteTableAssociation(
      `${name}-${plan.name}`,
      { subnetId: subnet.id, routeTableId: routes.id },
      { parent: subnet },
    );
    return subnet;
  }
}

/** Zones that are open to the account and offer the instance types. */
function findZones(
  region: string,
  instanceTypes: readonly string[],
  parent: pulumi.Resource,
): pulumi.Output<string[]> {
  const open = aws.getAvailabilityZonesOutput(
    { state: "available", filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }] },
    { parent },
  );
  const offerings = instanceTypes.map(
    (type) =>
      ec2.getInstanceTypeOfferingsOutput(
        { locationType: "availability-zone", filters: [{ name: "instance-type", values: [type] }] },
        { parent },
      ).locations,
  );
  return pulumi.all([open.names, pulumi.all(offerings)]).apply(([names, zones]) => {
    const offering = instanceTypes.map((type, index) => [type, zones[index] ?? []] as const);
    return zonesOrError(region, names, Object.fromEntries(offering));
  });
}

function zonesOrError(...args: Parameters<typeof chooseZones>): string[] {
  try {
    return chooseZones(...args);
  } catch (error) {
    throw refusal((error as Error).message);
  }
}
