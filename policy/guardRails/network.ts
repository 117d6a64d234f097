import type { z } from "zod";
import { isUnknown, number, objects, type ResourceView, text, texts } from "../resources";
import type { commonSettings } from "../settings";
import type { GuardRail } from "./guardRail";

type Rail = GuardRail<z.infer<typeof commonSettings>>;

const securityGroups = [
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
];
const oldRule = "aws:ec2/securityGroupRule:SecurityGroupRule";
const newRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const lightsailPorts = "aws:lightsail/instancePublicPorts:InstancePublicPorts";
const types = [...securityGroups, oldRule, newRule, lightsailPorts];

const remotePorts: Readonly<Record<number, string>> = { 22: "SSH", 3389: "Remote Desktop" };
const databasePorts: Readonly<Record<number, string>> = {
  1433: "SQL Server",
  3306: "MySQL",
  5432: "PostgreSQL",
  6379: "Redis",
  11211: "Memcached",
  27017: "MongoDB",
};

/** One range of ports that the whole world may reach. */
interface OpenRange {
  readonly from: number;
  readonly to: number;
}

/** The ranges that a resource opens to every address. */
export function openRanges(resource: ResourceView): OpenRange[] {
  if (securityGroups.includes(resource.type)) return objects(resource, "ingress").flatMap(ruleRange);
  if (resource.type === oldRule)
    return text(resource, "type") === "egress" ? [] : ruleRange(resource.properties);
  if (resource.type === newRule) {
    const open = ["cidrIpv4", "cidrIpv6"].some((property) => isWorld(text(resource, property)));
    return open ? [range(resource.properties, text(resource, "ipProtocol"))] : [];
  }
  return objects(resource, "portInfos").flatMap((info) => {
    const limited =
      Array.isArray(info.cidrs) && info.cidrs.length > 0 && !info.cidrs.some((cidr) => isWorld(cidr));
    return limited || isUnknown(info.cidrs) ? [] : [range(info, undefined)];
  });
}

function ruleRange(rule: Readonly<Record<string, unknown>>): OpenRange[] {
  const view: ResourceView = { type: "", name: "", properties: rule };
  const blocks = [...texts(view, "cidrBlocks"), ...texts(view, "ipv6CidrBlocks")];
  const protocol = typeof rule.protocol === "string" ? rule.protocol : undefined;
  return blocks.some(isWorld) ? [range(rule, protocol)] : [];
}

function isWorld(block: unknown): boolean {
  return block === "0.0.0.0/0" || block === "::/0";
}

function range(rule: Readonly<Record<string, unknown>>, protocol: string | undefined): OpenRange {
  const view: ResourceView = { type: "", name: "", properties: rule };
  if (protocol === "-1" || protocol === "all") return { from: 0, to: 65535 };
  const from = number(view, "fromPort") ?? 0;
  return { from, to: number(view, "toPort") ?? from };
}

function opened(resource: ResourceView, ports: Readonly<Record<number, string>>): string[] {
  const ranges = openRanges(resource);
  return Object.entries(ports)
    .filter(([port]) => ranges.some(({ from, to }) => from <= Number(port) && Number(port) <= to))
    .map(([port, name]) => `${name} (port ${port})`);
}

export const sshOpenToWorld: Rail = {
  name: "ssh-open-to-the-world",
  displayName: "Nobody logs in from everywhere",
  description: "Finds SSH and Remote Desktop ports that every address may reach.",
  severity: "high",
  remediation:
    "Allow your own addresses only, or use AWS Systems Manager's Session Manager and open no port at all.",
  types,
  check: (resource) => {
    const names = opened(resource, remotePorts);
    return names.length === 0
      ? []
      : [
          `${resource.name} opens ${names.join(" and ")} to every address: machines try passwords there all day. Put your own address in place of 0.0.0.0/0, such as 203.0.113.7/32.`,
        ];
  },
};

export const databaseOpenToWorld: Rail = {
  name: "database-open-to-the-world",
  displayName: "Databases are reached from the site alone",
  description: "Finds database and cache ports that every address may reach.",
  severity: "critical",
  level: "mandatory",
  remediation: "Allow the security group of the web servers only.",
  types,
  check: (resource) => {
    const ranges = openRanges(resource);
    if (ranges.some(({ from, to }) => from === 0 && to === 65535))
      return [
        `${resource.name} opens every port to every address, databases included. Open 80 and 443 alone.`,
      ];
    const names = opened(resource, databasePorts);
    return names.length === 0
      ? []
      : [
          `${resource.name} opens ${names.join(" and ")} to every address. Name the web servers' security group instead of 0.0.0.0/0: securityGroups: [web.id].`,
        ];
  },
};
