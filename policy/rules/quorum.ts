import { type Finding, fewNames, joinWords, practices } from "../finding";
import type { Member } from "../members/member";
import { decidesByMajority, sharesOfZones } from "../survival";
import type { Group, Topology } from "../topology";

/**
 * Members that decide by majority: database servers of this project, and machines that run Consul, Vault, etcd, ZooKeeper and their like. What is said
 * of other machines (scale by load, put a second one beside) would harm them.
 */
export function quorums(site: Topology): Finding[] {
  return site.groups.flatMap((group) => {
    const members = quorumOf(group);
    if (members.length === 0 || !members.every(({ countKnown }) => countKnown)) return [];
    const count = members.reduce((sum, member) => sum + member.count, 0);
    return [
      ...(group.tiers.length === 0 ? tooFew(members, count) : []),
      ...evenNumber(members, count),
      ...majorityInOneZone(members, count),
    ];
  });
}

function quorumOf(group: Group): readonly Member[] {
  const databases = group.members.filter(({ tiers }) => tiers.includes("database"));
  if (databases.length > 1 && decidesByMajority(databases, "database")) return databases;
  return decidesByMajority(group.members, undefined) ? group.members : [];
}

const namesOf = (members: readonly Member[]) => fewNames(members.map(({ name }) => name));

/** One decides alone, and of two neither can go on without the other. */
function tooFew(members: readonly Member[], count: number): Finding[] {
  if (count > 2) return [];
  const names = namesOf(members);
  return [
    {
      ...base(
        members,
        "single-point-of-failure",
        members.every(({ heals }) => heals) ? "medium" : "high",
        "machine",
      ),
      title:
        count === 1
          ? `${names} decides alone: it has no second and third member`
          : `${names} decide by majority, and of two neither can lose the other`,
      breaks: `What asks ${names} for locks, secrets or configuration stops as soon as one machine of it fails.`,
      notices: "Everything that is started, deployed or fails over at that time.",
      nextStep: { change: `Run three members of ${names}, in three zones`, command: "pulumi up" },
      wellArchitected: practices.failover,
    },
  ];
}

function evenNumber(members: readonly Member[], count: number): Finding[] {
  if (count < 4 || count % 2 === 1) return [];
  const names = namesOf(members);
  return [
    {
      ...base(members, "quorum", "low", "machine"),
      title: `${names} are ${count} members, which bear no more failures than ${count - 1}`,
      breaks: `${count} members need ${count / 2 + 1} that agree: ${count / 2} failures stop them, as with ${count - 1} members.`,
      notices: "Nothing, until a network is cut into equal halves: then neither half goes on.",
      nextStep: { change: `Run ${count - 1} or ${count + 1} members`, command: "pulumi up" },
      wellArchitected: practices.failover,
    },
  ];
}

/** Zones that hold so many members that the rest is no majority. */
function majorityInOneZone(members: readonly Member[], count: number): Finding[] {
  const shares = [...sharesOfZones(members)].sort(([left], [right]) => (left < right ? -1 : 1));
  if (shares.length < 2 || !members.every(({ zones }) => zones.known)) return [];
  const spare = Math.ceil(count / 2) - 1;
  // Two of three in one zone, or one of two, can't be avoided with fewer than three zones.
  const heavy = shares.filter(([, share]) => share > spare).map(([zone]) => zone);
  if (heavy.length === 0 || spare < 1) return [];
  const inZone = members.filter(({ zones }) => zones.names.some((zone) => heavy.includes(zone)));
  return [
    {
      ...base(inZone, "quorum", "medium", "zone"),
      title: `${namesOf(inZone)}: without ${joinWords(heavy)} the other members are no majority`,
      breaks: `When ${joinWords(heavy)} fails, ${namesOf(members)} stop taking writes, although members are left.`,
      notices: "Everyone who writes, or asks for what only the majority can answer.",
      nextStep: {
        change: `Spread ${namesOf(members)} over three zones or hosts, so that each holds less than half`,
        command: "pulumi up",
      },
      wellArchitected: practices.locations,
    },
  ];
}

function base(
  members: readonly Member[],
  rule: Finding["rule"],
  severity: Finding["severity"],
  scope: Finding["scope"],
) {
  return {
    rule,
    problem: "single point of failure",
    severity,
    scope,
    tiers: members.some(({ tiers }) => tiers.includes("database")) ? (["database"] as const) : [],
    resources: members.map(({ key }) => key),
    names: members.map(({ name }) => name),
    certain: members.every(({ countKnown }) => countKnown),
  } as const;
}
