import { type Finding, fewNames, practices } from "../finding";
import { containerServiceType, fargateProfileType } from "../members/applications";
import { templateOf } from "../members/fleets";
import type { Member } from "../members/member";
import { nested, number, type Resources, type ResourceView, text, unknownProperty } from "../resources";
import type { Group, Topology } from "../topology";
import { nodeGroupType } from "../types";

/** What keeps the site from growing with its visitors. */
export function headroom(site: Topology): Finding[] {
  return [
    ...site.groups.filter(isFixed).map((group) => fixedSize(site, group)),
    ...site.groups.flatMap(({ members }) => members.filter(isFixedNodeGroup).map(fixedNodes)),
    ...site.groups.flatMap(({ members }) =>
      members.filter(({ essential }) => essential).flatMap((member) => burstable(site.resources, member)),
    ),
    ...site.groups.flatMap(({ members }) => members.flatMap(fixedStorage)),
  ];
}

function isFixed({ tiers, members }: Group): boolean {
  const serves = tiers.includes("web") || tiers.includes("app");
  return serves && members.some(({ essential }) => essential) && !members.every(({ scales }) => scales);
}

function fixedSize(site: Topology, group: Group): Finding {
  const who = fewNames(group.members.map(({ name }) => name));
  const fleet = group.members.some(({ heals }) => heals);
  const one = group.count === 1;
  return {
    ...base(one ? "low" : "medium", group.members),
    title: `${who} ${group.members.length === 1 ? "has" : "have"} a fixed size`,
    breaks: `When more visitors come than ${one ? "one machine" : `${group.count} machines`} can take, pages get slow and then fail.`,
    notices: "Every visitor, just when most of them are there.",
    nextStep: group.members.some(({ type }) => type === nodeGroupType)
      ? {
          change: `Install Karpenter or the Cluster Autoscaler for ${who}, or use EKS Auto Mode`,
          command: "pulumi up",
        }
      : group.members.some(({ type }) => type === fargateProfileType)
        ? {
            change: `Add a HorizontalPodAutoscaler to what runs on ${who}: Fargate brings the machines`,
            command: "pulumi up",
          }
        : group.members.some(({ type }) => type === containerServiceType)
          ? { change: `Set scale or power of ${who} higher ahead of a busy day`, command: "pulumi up" }
          : fleet
            ? {
                change: `Add a target tracking scaling policy on average CPU (or requests per target) to ${who}, with maxSize above minSize`,
                command: "pulumi up",
              }
            : {
                change: `Take a larger size ahead of a busy day (a restart of minutes)`,
                command: sizeCommand(site),
              },
    removedBy: { rung: "autoscaled", how: "machines are added and removed with the load" },
    certain: group.members.every(({ type }) => type !== fargateProfileType),
  };
}

/** Nodes of a Kubernetes cluster, of which it can't be seen what for. */
function isFixedNodeGroup({ type, purpose, scales }: Member): boolean {
  return type === nodeGroupType && purpose === "nodes" && !scales;
}

function fixedNodes(member: Member): Finding {
  return {
    ...base("low", [member]),
    title: `Nothing in this stack adds nodes to ${member.name}`,
    breaks: `When ${member.name}'s nodes are full, further pods stay pending, whatever its maxSize is.`,
    notices: "Users of what those pods serve, under load.",
    nextStep: {
      change: "Install Karpenter or the Cluster Autoscaler, or use EKS Auto Mode",
      command: "pulumi up",
    },
    certain: false,
  };
}

/** Small instances that slow down when their credits are used up. Since T3 they borrow more by default (unlimited); T2 doesn't. */
function burstable(resources: Resources, member: Member): Finding[] {
  const size = member.size;
  if (size === undefined || !["ec2", "lightsail", "rds", "aurora"].includes(member.service)) return [];
  const family = size.replace(/^db\./, "").split(".")[0] ?? "";
  const credits = machineOf(resources, member).flatMap((view) =>
    nested(view, "creditSpecification").flatMap((inner) => text(inner, "cpuCredits") ?? []),
  )[0];
  const limited =
    member.service === "lightsail" ||
    (member.service === "ec2" &&
      /^t\d/.test(family) &&
      (credits === "standard" || (family === "t2" && credits !== "unlimited"))) ||
    (member.service !== "ec2" && family === "t2");
  if (!limited) return [];
  const lightsail = member.service === "lightsail";
  return [
    {
      ...base("medium", [member]),
      title: `${member.name} (${size}) slows down when its CPU credits are used up`,
      breaks: `After a busy hour or two ${member.name} is held to a small share of its processor; pages take seconds.`,
      notices: "Every visitor, in the busy hours; the CPU graph looks harmlessly flat.",
      nextStep: lightsail
        ? {
            change: `Move ${member.name} to a larger bundle, or to EC2 (a t4g instance borrows credits)`,
            command: "pulumi up",
          }
        : {
            change: `Set creditSpecification: { cpuCredits: "unlimited" } on ${member.name}, or take a t4g`,
            command: "pulumi up",
          },
      removedBy: { rung: "autoscaled", how: "further machines share the load" },
      certain: true,
    },
  ];
}

/** The resource that holds a machine's settings: itself, its instance, or its launch template. */
function machineOf(resources: Resources, member: Member): ResourceView[] {
  const { resource } = member;
  const inside = resources.descendants(resource, "aws:ec2/instance:Instance");
  const template = member.heals ? templateOf(resources, resource) : undefined;
  return [resource, ...inside, ...(template === undefined ? [] : [template])];
}

function fixedStorage(member: Member): Finding[] {
  if (member.service !== "rds" || unknownProperty(member.resource, "maxAllocatedStorage")) return [];
  if ((number(member.resource, "maxAllocatedStorage") ?? 0) > 0) return [];
  const size = number(member.resource, "allocatedStorage");
  return [
    {
      ...base("medium", [member]),
      title: `${member.name}'s storage doesn't grow`,
      breaks: `When its ${size === undefined ? "storage is" : `${size} GB are`} full the database stops writing.`,
      notices: "Every visitor who orders, writes or logs in.",
      nextStep: {
        change: `Set maxAllocatedStorage: ${(size ?? 50) * 2} on ${member.name}`,
        command: "pulumi up",
      },
      certain: true,
    },
  ];
}

function base(severity: Finding["severity"], members: readonly Member[]) {
  return {
    rule: "no-headroom",
    problem: "scalability",
    severity,
    scope: "service",
    tiers: [...new Set(members.flatMap(({ tiers }) => tiers))],
    resources: members.map(({ key }) => key),
    names: members.map(({ name }) => name),
    wellArchitected: practices.scaling,
  } as const;
}

/** How a stack of this project is given a larger size; others are changed in their program. */
function sizeCommand(site: Topology): string {
  if (site.own && site.platforms.includes("aws"))
    return "pulumi config set instanceType t4g.medium && pulumi up";
  if (site.own && site.platforms.includes("local")) return "pulumi config set memory 4096 && pulumi up";
  return "pulumi up";
}
