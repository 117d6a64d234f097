import { type Finding, practices } from "../finding";
import { accessTypes, hostnameOf, siteRecords } from "../members/entrances";
import type { Member } from "../members/member";
import {
  append,
  flag,
  isObject,
  keyOf,
  nested,
  type ResourceView,
  text,
  texts,
  unknownProperty,
} from "../resources";
import type { Group, Topology } from "../topology";
import { groupType, recordType } from "../types";
import type { Tier } from "../vocabulary";

/** Health checks that are missing, or that only see that a port is open. */
export function healthChecks(site: Topology): Finding[] {
  return [
    ...site.resources.ofType("aws:lb/targetGroup:TargetGroup").flatMap(targetGroup),
    ...site.resources.ofType("aws:elb/loadBalancer:LoadBalancer").flatMap(classicBalancer),
    ...site.resources.ofType("aws:route53/healthCheck:HealthCheck").flatMap(routeCheck),
    ...site.groups.flatMap(machinesAlone),
    ...(watched(site) ? [] : unwatched(site)),
    ...severalAddresses(site),
  ];
}

function targetGroup(group: ResourceView): Finding[] {
  if (unknownProperty(group, "healthCheck")) return [];
  const [check] = nested(group, "healthCheck");
  const protocol = text(group, "protocol") ?? "HTTP";
  const checked =
    (check === undefined ? undefined : text(check, "protocol")) ??
    (check !== undefined && text(check, "path") ? "HTTP" : protocol);
  if (check !== undefined && flag(check, "enabled") === false)
    return [
      missing(group, `${group.name} sends requests to machines without asking whether they live`, ["web"]),
    ];
  return ["TCP", "TLS", "UDP", "TCP_UDP"].includes(checked)
    ? [onlyTcp(group, `healthCheck: { protocol: "HTTP", path: "/healthz" }`)]
    : [];
}

function classicBalancer(balancer: ResourceView): Finding[] {
  const target = nested(balancer, "healthCheck").flatMap((check) => text(check, "target") ?? [])[0];
  if (target === undefined && unknownProperty(balancer, "healthCheck")) return [];
  return target === undefined || /^(TCP|SSL):/.test(target)
    ? [onlyTcp(balancer, `healthCheck.target: "HTTP:80/healthz"`)]
    : [];
}

function routeCheck(check: ResourceView): Finding[] {
  return text(check, "type") === "TCP" ? [onlyTcp(check, `type: "HTTPS" and resourcePath: "/healthz"`)] : [];
}

/** Groups that see whether a machine lives, not whether its site does. */
function machinesAlone(group: Group): Finding[] {
  const found: Finding[] = [];
  for (const member of group.members) {
    if (member.type !== groupType || !group.balanced || text(member.resource, "healthCheckType") === "ELB")
      continue;
    if (unknownProperty(member.resource, "healthCheckType")) continue;
    found.push({
      ...base("medium", member.resource, ["web", "app"]),
      title: `${member.name} replaces dead machines, but not machines whose site is dead`,
      breaks: `When nginx or the app dies and the machine lives, ${member.name} keeps it: one machine less until someone looks.`,
      notices: "Visitors, as slowness; then as errors when the last one goes.",
      nextStep: {
        change: `Set healthCheckType: "ELB" and healthCheckGracePeriod on ${member.name}`,
        command: "pulumi up",
      },
    });
  }
  return found;
}

/** Web servers that nothing asks whether they serve. */
function unwatched(site: Topology): Finding[] {
  const names = site.tiers.find((tier) => tier.name === "dns")?.members.map((member) => member.name) ?? [];
  // The longest: a shorter one usually sends visitors there (foobar.com to www.foobar.com).
  const name = names.reduce((longest, each) => (each.length > longest.length ? each : longest), "") || "SITE";
  return site.groups.flatMap((group) => {
    const serves = group.tiers.includes("web") && group.members.some(({ essential }) => essential);
    const [first] = group.members;
    return serves && !group.balanced && first !== undefined ? [unnoticed(first, group, name)] : [];
  });
}

function unnoticed(first: Member, group: Group, name: string): Finding {
  return {
    ...base("low", first.resource, group.tiers),
    title: `Nothing in this stack notices when ${first.name} stops serving`,
    breaks: `When nginx, the app or the database hangs on ${first.name}, it stays so until someone looks.`,
    notices: "Visitors; you hear of it from them.",
    nextStep: {
      change: "Ask the health page from outside every minute, and be called when it fails",
      command: `curl -fsSL https://${name}/healthz`,
    },
    removedBy: {
      rung: "load-balanced",
      how: "load balancers ask every server's health page every second and leave dead ones out",
    },
    certain: false,
  };
}

/** True where the stack has an alarm or a health check of its own. */
function watched(site: Topology): boolean {
  return (
    site.resources.ofType(
      "aws:route53/healthCheck:HealthCheck",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:synthetics/canary:Canary",
    ).length > 0
  );
}

/** Names that lead to several machines, but go on leading to a dead one. */
function severalAddresses(site: Topology): Finding[] {
  const byName = new Map<string, ResourceView[]>();
  for (const record of siteRecords(site.resources))
    if (
      record.type === recordType &&
      accessTypes.includes(text(record, "type") ?? "A") &&
      nested(record, "aliases").length === 0
    )
      append(byName, `${hostnameOf(record)} ${text(record, "type") ?? ""}`, record);
  return [...byName.values()].flatMap((records) => {
    const unchecked = records.filter(
      (record) => record.properties.healthCheckId === undefined || record.properties.healthCheckId === "",
    );
    const [first] = unchecked;
    const addresses = records.flatMap((record) => texts(record, "records")).length;
    const several = records.length > 1 || addresses > 1;
    const secondary = records.length > 1 && unchecked.every((record) => failoverKind(record) === "SECONDARY");
    if (!several || first === undefined || secondary) return [];
    const name = hostnameOf(first);
    return [
      {
        ...missing(first, `${name} leads to several machines, dead ones included`, ["dns"]),
        breaks: `When one of them dies, its share of the visitors still gets its address.`,
        notices: "A part of the visitors, again and again, while others see nothing.",
        nextStep: {
          change: `Give each record of ${name} a healthCheckId (one record for each address)`,
          command: "pulumi up",
        },
      },
    ];
  });
}

function failoverKind(record: ResourceView): string | undefined {
  const [policy] = Array.isArray(record.properties.failoverRoutingPolicies)
    ? record.properties.failoverRoutingPolicies
    : [];
  return isObject(policy) && typeof policy.type === "string" ? policy.type : undefined;
}

function onlyTcp(resource: ResourceView, setting: string): Finding {
  return {
    ...base("medium", resource, ["web"]),
    title: `${resource.name} only checks that a port is open`,
    breaks: "A server that accepts connections and answers each with an error counts as healthy.",
    notices: "Visitors who are sent to it, until someone looks.",
    nextStep: { change: `Set ${setting} on ${resource.name}`, command: "pulumi up" },
    removedBy: {
      rung: "load-balanced",
      how: "its load balancers ask the page /healthz, which asks the database",
    },
  };
}

function missing(resource: ResourceView, title: string, tiers: readonly Tier[]): Finding {
  return {
    ...base("high", resource, tiers),
    title,
    breaks: "A dead server keeps getting its share of the requests.",
    notices: "A part of the visitors, until someone looks.",
    nextStep: {
      change: `Set healthCheck: { enabled: true, path: "/healthz" } on ${resource.name}`,
      command: "pulumi up",
    },
  };
}

function base(severity: Finding["severity"], resource: ResourceView, tiers: readonly Tier[]) {
  return {
    rule: "health-check",
    problem: "single point of failure",
    severity,
    scope: "service",
    tiers,
    resources: [keyOf(resource)],
    names: [resource.name],
    wellArchitected: practices.monitoring,
    certain: true,
  } as const;
}
