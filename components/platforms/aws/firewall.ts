import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import * as pulumi from "@pulumi/pulumi";
import type { Tier } from "../../../policy/vocabulary";
import type { AwsSettings } from "../../settings/aws";
import type { Admission, ServerArgs } from "../machine";
import { type Naming, tagsOf } from "./names";

/** One thing that a security group lets through. */
export interface Rule {
  readonly name: string;
  /** What for; EC2 takes letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`, at most 255 characters. */
  readonly description: string;
  readonly protocol: "tcp" | "udp" | "-1";
  /** First and last port; none for all protocols. */
  readonly port?: number;
  /** A network in CIDR form, IPv4 or IPv6, or the servers of a tier. */
  readonly peer: { readonly cidr: string } | { readonly tier: Tier };
}

const anywhere = ["0.0.0.0/0", "::/0"] as const;

/** What may come in: those whom the server admits, logins from the named networks, nothing else. */
export function planIngress(admits: readonly Admission[], allowedSshCidrs: readonly string[]): Rule[] {
  const admitted = admits.flatMap(({ name, from, ...rest }): Rule[] =>
    from === "anyone"
      ? anywhere.map((cidr) => ({ name: `${name}-${family(cidr)}`, ...rest, peer: { cidr } }))
      : [{ name: `${name}-${from}`, ...rest, peer: { tier: from } }],
  );
  const ssh = allowedSshCidrs.map(
    (cidr): Rule => ({
      name: `ssh-${cidr.replace(/[^0-9a-f]+/g, "-")}`,
      description: "Provisioning, releases and logins",
      protocol: "tcp",
      port: 22,
      peer: { cidr },
    }),
  );
  return [...admitted, ...ssh];
}

/** What may go out: a server fetches packages, mails, asks names, and a site may call any API. */
export function planEgress(): Rule[] {
  return anywhere.map((cidr) => ({
    name: `all-${family(cidr)}`,
    description: "Packages, certificates, names, time and what the site calls",
    protocol: "-1",
    peer: { cidr },
  }));
}

function family(cidr: string): string {
  return cidr.includes(":") ? "ipv6" : "ipv4";
}

export interface FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly settings: AwsSettings;
  readonly naming: Naming;
  readonly admits: readonly Admission[];
  /** The security groups whose members hold a tier. */
  readonly groupsOf: (tier: Tier) => readonly ec2.SecurityGroup[];
}

/** The security group of a tier's servers, one resource a rule, so that a rule changes without the others noticing. */
export class Firewall extends pulumi.ComponentResource {
  readonly group: ec2.SecurityGroup;

  constructor(
    tier: Tier,
    { vpcId, settings, naming, admits, groupsOf }: FirewallArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    const { allowedSshCidrs } = settings;
    super("one-server-web:aws:Firewall", tier, { tier, allowedSshCidrs }, options);
    const members = tier === "load-balancer" ? "load balancers" : `${tier} servers`;
    this.group = new ec2.SecurityGroup(
      `${tier}-group`,
      { vpcId, description: `${capitalized(members)} of ${naming.domain}`, tags: tagsOf(naming, members) },
      { parent: this },
    );
    const groups = (peer: Tier) => [...groupsOf(peer), ...(peer === tier ? [this.group] : [])];
    for (const plan of planIngress(admits, allowedSshCidrs)) {
      for (const [index, peer] of peersOf(plan, groups).entries()) {
        new vpc.SecurityGroupIngressRule(
          `${tier}-in-${plan.name}${index === 0 ? "" : `-${index + 1}`}`,
          { ...this.rule(plan, naming), ...peer },
          { parent: this.group },
        );
      }
    }
    for (const plan of planEgress()) {
      for (const peer of peersOf(plan, groups)) {
        new vpc.SecurityGroupEgressRule(
          `${tier}-out-${plan.name}`,
          { ...this.rule(plan, naming), ...peer },
          { parent: this.group },
        );
      }
    }
    this.registerOutputs({ groupId: this.group.id });
  }

  private rule({ name, description, protocol, port }: Rule, naming: Naming) {
    return {
      securityGroupId: this.group.id,
      description,
      ipProtocol: protocol,
      ...(port === undefined ? {} : { fromPort: port, toPort: port }),
      tags: tagsOf(naming, name),
    };
  }
}

/**
 * The other side of a rule as EC2 takes it.
 * @throws {Error} where no server of the tier was made yet: servers are made in the order in which a request meets them
 */
function peersOf({ name, peer }: Rule, groupsOf: (tier: Tier) => readonly ec2.SecurityGroup[]) {
  if ("cidr" in peer) return [peer.cidr.includes(":") ? { cidrIpv6: peer.cidr } : { cidrIpv4: peer.cidr }];
  const groups = groupsOf(peer.tier);
  if (groups.length === 0)
    throw new Error(`the rule ${name} admits the tier ${peer.tier}, whose servers have to be made first`);
  return groups.map((group) => ({ referencedSecurityGroupId: group.id }));
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The security groups of a stack: one for each kind of server, named after the tier that comes first. */
export class Firewalls {
  private readonly made = new Map<Tier, { firewall: Firewall; tiers: readonly Tier[]; admits: string }>();

  constructor(private readonly args: Omit<FirewallArgs, "admits" | "groupsOf">) {}

  /**
   * The group of a server, made for the first of its kind.
   * @throws {Error} when a server of the same kind admits others: they share the group
   */
  of({ tiers, admits }: Pick<ServerArgs, "tiers" | "admits">): ec2.SecurityGroup {
    const [tier] = tiers;
    if (tier === undefined) throw new Error("a server holds at least one tier");
    const known = this.made.get(tier);
    const wanted = JSON.stringify(admits);
    if (known !== undefined) {
      if (known.admits !== wanted)
        throw new Error(`servers of the tier ${tier} have to admit the same connections`);
      return known.firewall.group;
    }
    const groupsOf = (peer: Tier) => this.holding(peer);
    const firewall = new Firewall(tier, { ...this.args, admits, groupsOf });
    this.made.set(tier, { firewall, tiers, admits: wanted });
    return firewall.group;
  }

  private holding(tier: Tier): ec2.SecurityGroup[] {
    return [...this.made.values()].flatMap(({ firewall, tiers }) =>
      tiers.includes(tier) ? [firewall.group] : [],
    );
  }
}
