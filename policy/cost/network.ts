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
} from "../resources";
import { acceleratorType, balancerType, classicBalancerType, eipType, lightsailBalancerType } from "../types";
import type { Bill } from "./bill";
import { addressesOf } from "./machines";

const subnetTypes = ["aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"];

/** Load balancers, addresses, gateways and other ways through the network. */
export function networkCosts(bill: Bill): void {
  const { resources } = bill;
  for (const balancer of resources.ofType(balancerType)) balancerCost(bill, balancer);
  for (const balancer of resources.ofType(classicBalancerType)) {
    bill.add(`classic load balancer ${balancer.name}`, bill.units(balancer, "classicLoadBalancerPerHour", 1));
    balancerAddresses(bill, balancer, ["subnets", "availabilityZones"]);
  }
  for (const endpoint of resources.ofType("aws:ec2/vpcEndpoint:VpcEndpoint")) endpointCost(bill, endpoint);
  for (const { types, what, unit, count } of byThePiece)
    for (const resource of resources.ofType(...types))
      bill.add(`${what} ${resource.name}`, bill.units(resource, unit, count?.(resource, resources) ?? 1));
}

interface Piece {
  readonly types: readonly string[];
  readonly what: string;
  readonly unit: Parameters<Bill["units"]>[1];
  /** One where it is missing. */
  readonly count?: (resource: ResourceView, resources: Resources) => number;
}

const byThePiece: readonly Piece[] = [
  { types: ["aws:ec2/natGateway:NatGateway"], what: "NAT gateway", unit: "natGatewayPerHour" },
  { types: [eipType], what: "public address", unit: "publicIpv4PerHour" },
  {
    types: [acceleratorType, "aws:globalaccelerator/customRoutingAccelerator:CustomRoutingAccelerator"],
    what: "Global Accelerator",
    unit: "acceleratorPerHour",
    count: (accelerator) => (flag(accelerator, "enabled") === false ? 0 : 1),
  },
  { types: [lightsailBalancerType], what: "Lightsail load balancer", unit: "lightsailLoadBalancerPerMonth" },
  {
    types: ["aws:lightsail/distribution:Distribution"],
    what: "Lightsail distribution",
    unit: "lightsailDistributionPerMonth",
  },
  { types: ["aws:ec2/vpnConnection:VpnConnection"], what: "VPN connection", unit: "vpnConnectionPerHour" },
  {
    types: [
      "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
      "aws:ec2transitgateway/peeringAttachment:PeeringAttachment",
    ],
    what: "transit gateway attachment",
    unit: "transitGatewayAttachmentPerHour",
  },
  {
    types: ["aws:ec2clientvpn/networkAssociation:NetworkAssociation"],
    what: "client VPN association",
    unit: "clientVpnAssociationPerHour",
  },
  {
    types: ["aws:networkfirewall/firewall:Firewall"],
    what: "network firewall",
    unit: "networkFirewallEndpointPerHour",
    count: (firewall) => Math.max(1, list(firewall, "subnetMappings").length),
  },
  {
    types: ["aws:route53/resolverEndpoint:ResolverEndpoint"],
    what: "resolver endpoint",
    unit: "resolverAddressPerHour",
    count: (endpoint) => Math.max(2, list(endpoint, "ipAddresses").length),
  },
];

function balancerCost(bill: Bill, balancer: ResourceView): void {
  const type = text(balancer, "loadBalancerType") ?? "application";
  const unit =
    type === "network"
      ? "networkLoadBalancerPerHour"
      : type === "gateway"
        ? "gatewayLoadBalancerPerHour"
        : "applicationLoadBalancerPerHour";
  bill.add(`${type} load balancer ${balancer.name}`, bill.units(balancer, unit, 1));
  if (type !== "gateway" && !text(balancer, "ipAddressType")?.includes("without-public"))
    balancerAddresses(bill, balancer, ["subnets"]);
}

/** A load balancer has an address in each of its zones, unless it stays inside of the network or has elastic ones. */
function balancerAddresses(bill: Bill, balancer: ResourceView, properties: readonly string[]): void {
  if (flag(balancer, "internal") === true) return;
  const mappings = nested(balancer, "subnetMappings");
  const elastic = mappings.filter(({ properties: inner }) => (inner.allocationId ?? "") !== "").length;
  const places = mappings.length > 0 ? mappings.length : placesOf(bill.resources, balancer, properties);
  const count = places - elastic;
  if (count > 0)
    bill.add(addressesOf(balancer.name, count), bill.units(balancer, "publicIpv4PerHour", count));
}

/** How many subnets or zones are named; two, the least that AWS takes, where that can't be seen. */
function placesOf(resources: Resources, resource: ResourceView, properties: readonly string[]): number {
  for (const property of properties) {
    const named = list(resource, property);
    if (named.length > 0 && !named.every(isUnknown)) return named.length;
    const found = new Set(resources.referred(resource, property, subnetTypes).map(keyOf)).size;
    if (named.length > 0 || found > 0) return Math.max(named.length, named.length > 0 ? 0 : found);
  }
  return 2;
}

/** An endpoint for a service other than S3 and DynamoDB is paid in each of its subnets. */
function endpointCost(bill: Bill, endpoint: ResourceView): void {
  const type = text(endpoint, "vpcEndpointType") ?? "Gateway";
  if (type === "Gateway") return;
  const named = list(endpoint, "subnetIds").length;
  const count = Math.max(
    1,
    named > 0 ? named : bill.resources.referred(endpoint, "subnetIds", subnetTypes).length,
  );
  bill.add(
    `endpoint ${endpoint.name}${count > 1 ? ` (in ${count} subnets)` : ""}`,
    bill.units(endpoint, "interfaceEndpointPerHour", number(endpoint, "ipCount") ?? count),
  );
}
