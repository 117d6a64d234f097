import { type Finding, fewNames, practices } from "../finding";
import type { Member } from "../members/member";
import { flag, list, number, text } from "../resources";
import type { Group, Topology } from "../topology";
import { ecsServiceType, groupType } from "../types";

/** What interrupts the site when it is updated, resized or given a new version. */
export function downtimes(site: Topology): Finding[] {
  const members = site.groups.flatMap((group) => group.members.map((member) => ({ group, member })));
  return [
    ...site.groups.filter(hasMaintenance).map((group) => maintenance(site, group)),
    ...members.flatMap(({ member, group }) => rollout(member, group)),
    ...members.flatMap(({ member }) => stoppedTasks(member)),
    ...members.flatMap(({ member }) => immediateChanges(member)),
  ];
}

/** Machines kept one by one, that nothing stands in for while they restart. */
function hasMaintenance({ survives, members }: Group): boolean {
  return (
    survives === "nothing" && members.some(({ essential, service }) => essential && restarting.has(service))
  );
}

const restarting = new Set([
  "machine",
  "ec2",
  "lightsail",
  "rds",
  "aurora",
  "lightsailDatabase",
  "elasticache",
  "documentdb",
  "neptune",
  "mq",
]);

function maintenance(site: Topology, group: Group): Finding {
  const names = group.members.map(({ name }) => name);
  const managed = group.members.every(
    ({ service }) => service !== "machine" && service !== "ec2" && service !== "lightsail",
  );
  const who = fewNames(names);
  return {
    ...base("medium", group.members),
    tiers: group.tiers,
    title: `${who} can only be updated or resized by interrupting the site`,
    breaks: managed
      ? `AWS restarts ${who} in its maintenance window, and at each change of size: the site fails for some minutes.`
      : `A new kernel or another size restarts ${who}: the site is down for a minute or more.`,
    notices: "Visitors who are there at that time.",
    nextStep: managed
      ? {
          change: `Put ${who}'s maintenanceWindow into your quietest hour, and announce it`,
          command: "pulumi up",
        }
      : {
          change: `Restart ${who} in your quietest hour, and announce it`,
          command: site.own ? "pulumi stack output servers" : "pulumi up",
        },
    removedBy: { rung: "load-balanced", how: "one is updated while another serves" },
    wellArchitected: practices.deployment,
    certain: group.certain,
  };
}

/** A new launch template reaches no running machine unless the group refreshes them. */
function rollout(member: Member, group: Group): Finding[] {
  if (member.type !== groupType || list(member.resource, "instanceRefresh").length > 0) return [];
  // The members of a quorum are replaced one at a time, each when the others agree.
  if (member.purpose === "quorum" || member.purpose === "router") return [];
  const serves = member.purpose === "site";
  const alone = serves && group.count < 2;
  return [
    {
      ...base(alone ? "medium" : "low", [member]),
      tiers: member.tiers,
      title: `${member.name} doesn't roll new versions out`,
      breaks: alone
        ? `A new version reaches ${member.name}'s machine only when it is replaced by hand, and the site is down meanwhile.`
        : `A new version reaches ${member.name}'s machines only when they are replaced by hand, one after the other.`,
      notices: !serves
        ? "You: a fix that you believe is live is missing on machines that were not replaced."
        : alone
          ? "Visitors during each deployment."
          : "Visitors see old and new versions mixed until all are replaced.",
      nextStep: {
        change: `Set instanceRefresh: { strategy: "Rolling", preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 150 } } on ${member.name}`,
        command: "pulumi up",
      },
      removedBy: { rung: "autoscaled", how: "the group is refreshed machine by machine at each release" },
      wellArchitected: practices.deployment,
      certain: true,
    },
  ];
}

/** A service that may stop its last task before the next one runs. */
function stoppedTasks(member: Member): Finding[] {
  if (member.type !== ecsServiceType || member.purpose !== "site") return [];
  const minimum = number(member.resource, "deploymentMinimumHealthyPercent");
  if (minimum === undefined || Math.floor((minimum * member.count) / 100) >= 1) return [];
  return [
    {
      ...base("high", [member]),
      tiers: member.tiers,
      title: `${member.name} stops its tasks before new ones run`,
      breaks: `With deploymentMinimumHealthyPercent ${minimum} no task of ${member.name} need be running during a deployment.`,
      notices: "Visitors during each deployment, until the new task is healthy.",
      nextStep: {
        change: `Set deploymentMinimumHealthyPercent: 100 and deploymentMaximumPercent: 200 on ${member.name}`,
        command: "pulumi up",
      },
      wellArchitected: practices.deployment,
      certain: true,
    },
  ];
}

function immediateChanges(member: Member): Finding[] {
  if (!["rds", "aurora"].includes(member.service) || flag(member.resource, "applyImmediately") !== true)
    return [];
  const window =
    text(member.resource, "maintenanceWindow") ?? text(member.resource, "preferredMaintenanceWindow");
  return [
    {
      ...base("low", [member]),
      tiers: member.tiers,
      title: `${member.name} is changed at once, not in its maintenance window`,
      breaks: `With applyImmediately a change of size or settings restarts ${member.name} in the middle of the day.`,
      notices: "Visitors who are there when you run pulumi up.",
      nextStep: {
        change: `Leave applyImmediately out${window === undefined ? " and set a maintenanceWindow" : `: ${window} is its window`}`,
        command: "pulumi up",
      },
      wellArchitected: practices.deployment,
      certain: true,
    },
  ];
}

function base(severity: Finding["severity"], members: readonly Member[]) {
  return {
    rule: "downtime-at-deployment",
    problem: "downtime",
    severity,
    scope: "service",
    resources: members.map(({ key }) => key),
    names: members.map(({ name }) => name),
  } as const;
}
