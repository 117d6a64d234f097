import { isUnknown, nested, type Resources, type ResourceView, text, texts } from "../resources";
import {
  acceleratorType,
  balancerType,
  classicBalancerType,
  distributionType,
  eipType,
  lightsailBalancerType,
  localRecordType,
  recordType,
} from "../types";
import { unionOfZones, zonesOf } from "../zones";
import { managed } from "./managed";
import type { Member, Survival } from "./member";

export const accessTypes = ["A", "AAAA", "CNAME"];

/** What stands between the visitor and the web servers: names, addresses, load balancers, content delivery. */
export function entrances(resources: Resources): Member[] {
  return [
    ...names(resources),
    ...resources.ofType(eipType, "aws:lightsail/staticIp:StaticIp").map(address),
    ...resources.ofType(balancerType).map((balancer) => loadBalancer(resources, balancer)),
    ...resources.ofType(classicBalancerType).map((balancer) => classicBalancer(resources, balancer)),
    ...resources
      .ofType(lightsailBalancerType)
      .map((balancer) =>
        entrance(balancer, "Lightsail load balancer", "load-balancer", "zone", "lightsailLb"),
      ),
    ...resources
      .ofType(distributionType)
      .map((distribution) =>
        entrance(distribution, "CloudFront distribution", "load-balancer", "region", "cloudfront"),
      ),
    ...resources
      .ofType(acceleratorType)
      .map((accelerator) =>
        entrance(accelerator, "Global Accelerator", "load-balancer", "region", "globalAccelerator"),
      ),
  ];
}

/** The records by which visitors find the site; those for mail, certificates and delegation are left out. */
export function siteRecords(resources: Resources): ResourceView[] {
  const records = resources.ofType(recordType).filter((record) => {
    const type = text(record, "type");
    if (type !== undefined && !accessTypes.includes(type)) return false;
    // Such labels are for mail keys and proofs of ownership: `_dmarc`, `selector._domainkey`.
    if (/(^|\.)_/.test(text(record, "name") ?? "")) return false;
    return resources.referred(record, "name", ["aws:acm/certificate:Certificate"]).length === 0;
  });
  return [...records, ...resources.ofType(localRecordType)];
}

/** The full name that a record answers for. */
export function hostnameOf(record: ResourceView): string {
  return text(record, "fqdn") ?? text(record, "hostname") ?? text(record, "name") ?? record.name;
}

/**
 * One member for each name, whatever number of records answer for it. The local platform's DNS server lives and dies with the host that holds all
 * servers: that is said of the servers.
 */
function names(resources: Resources): Member[] {
  const byName = new Map<string, ResourceView>();
  for (const record of siteRecords(resources)) {
    const name = hostnameOf(record);
    if (!byName.has(name)) byName.set(name, record);
  }
  return [...byName].map(([name, record]) =>
    record.type === recordType
      ? entrance(record, "Route 53 name", "dns", "region", "route53", name)
      : { ...entrance(record, "DNS name", "dns", "zone", "localDns", name), platform: "local" },
  );
}

function address(eip: ResourceView): Member {
  return entrance(eip, "public address", "address", "zone", "address");
}

function loadBalancer(resources: Resources, balancer: ResourceView): Member {
  const network = text(balancer, "loadBalancerType") === "network";
  const mapped = nested(balancer, "subnetMappings").map((view) => zonesOf(resources, view, [], ["subnetId"]));
  const zones = unionOfZones(
    [zonesOf(resources, balancer, [], ["subnets"]), ...mapped].filter((zone) => zone.names.length > 0),
  );
  const member = entrance(
    balancer,
    network ? "network load balancer" : "application load balancer",
    "load-balancer",
    network && zones.names.length < 2 ? "machine" : "zone",
    "elb",
  );
  return { ...member, zones };
}

function classicBalancer(resources: Resources, balancer: ResourceView): Member {
  const zones = zonesOf(resources, balancer, ["availabilityZones"], ["subnets"]);
  const survives = zones.names.length < 2 ? "machine" : "zone";
  return { ...entrance(balancer, "classic load balancer", "load-balancer", survives, "elb"), zones };
}

function entrance(
  resource: ResourceView,
  kind: string,
  tier: Member["tiers"][number],
  survives: Survival,
  service: string,
  name = resource.name,
): Member {
  return {
    ...managed(resource, kind, tier, survives, service),
    name,
    zones: { names: [], known: survives !== "machine" },
    scales: true,
  };
}

/** The resources that a record sends visitors to. */
export function targetsOfRecord(
  resources: Resources,
  record: ResourceView,
  types: readonly string[],
): ResourceView[] {
  const direct = [
    ...resources.referred(record, "records", types),
    ...resources.referred(record, "address", types),
  ];
  const aliases = nested(record, "aliases").flatMap((alias) => resources.referred(alias, "name", types));
  // An alias of a load balancer may be written with a prefix: `dualstack.NAME`.
  const prefixed = nested(record, "aliases")
    .flatMap((alias) => texts(alias, "name"))
    .filter((name) => name.startsWith("dualstack.") && !isUnknown(name))
    .flatMap((name) =>
      resources.referred({ ...record, properties: { name: name.slice("dualstack.".length) } }, "name", types),
    );
  return [...new Set([...direct, ...aliases, ...prefixed])];
}
