import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import * as pulumi from "@pulumi/pulumi";
import type { AwsSettings } from "../../settings/aws";
import { type Naming, tagsOf } from "./names";

/** One thing that a security group lets through. */
export interface Rule {
  readonly name: string;
  /** What for; EC2 takes letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`, at most 255 characters. */
  readonly description: string;
  readonly protocol: "tcp" | "udp" | "-1";
  /** First and last port; none for all protocols. */
  readonly port?: number;
  /** IPv4 or IPv6, in CIDR form. */
  readonly cidr: string;
}

const anywhere = ["0.0.0.0/0", "::/0"] as const;

/** What may come in: the site's visitors from anywhere, logins from the named networks, nothing else. */
export function planIngress(allowedSshCidrs: readonly string[], http3 = false): Rule[] {
  const quic = (cidr: string) => rule("http3", "Visitors over HTTP/3", "udp", 443, cidr);
  const web = anywhere.flatMap((cidr) => [
    rule("http", "Visitors, who are redirected to HTTPS, and the certificate authority", "tcp", 80, cidr),
    rule("https", "Visitors over HTTP/1.1 and HTTP/2", "tcp", 443, cidr),
    ...(http3 ? [quic(cidr)] : []),
  ]);
  const ssh = allowedSshCidrs.map((cidr) =>
    rule(`ssh-${cidr.replace(/[^0-9a-f]+/g, "-")}`, "Provisioning, releases and logins", "tcp", 22, cidr),
  );
  return [...web, ...ssh];
}

/** What may go out: a web server fetches packages, mails, asks names, and a site may call any API. */
export function planEgress(): Rule[] {
  return anywhere.map((cidr) =>
    rule("all", "Packages, certificates, names, time and what the site calls", "-1", undefined, cidr),
  );
}

function rule(
  name: string,
  description: string,
  protocol: Rule["protocol"],
  port: number | undefined,
  cidr: string,
): Rule {
  const family = cidr.includes(":") ? "ipv6" : "ipv4";
  const full = name.startsWith("ssh-") ? name : `${name}-${family}`;
  return { name: full, description, protocol, cidr, ...(port === undefined ? {} : { port }) };
}

export interface FirewallArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly settings: AwsSettings;
  /** Whether visitors may come by UDP too. */
  readonly http3: boolean;
  readonly naming: Naming;
}

/** The security group of web servers, one resource a rule, so that a rule changes without the others noticing. */
export class Firewall extends pulumi.ComponentResource {
  readonly group: ec2.SecurityGroup;

  constructor(
    name: string,
    { vpcId, settings, http3, naming }: FirewallArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("one-server-web:aws:Firewall", name, { allowedSshCidrs: settings.allowedSshCidrs, http3 }, options);
    this.group = new ec2.SecurityGroup(
      `${name}-group`,
      { vpcId, description: `Web servers of ${naming.domain}`, tags: tagsOf(naming, "web servers") },
      { parent: this },
    );
    for (const plan of planIngress(settings.allowedSshCidrs, http3)) {
      new vpc.SecurityGroupIngressRule(`${name}-in-${plan.name}`, this.rule(plan, naming), {
        parent: this.group,
      });
    }
    for (const plan of planEgress()) {
      new vpc.SecurityGroupEgressRule(`${name}-out-${plan.name}`, this.rule(plan, naming), {
        parent: this.group,
      });
    }
    this.registerOutputs({ groupId: this.group.id });
  }

  private rule({ name, description, protocol, port, cidr }: Rule, naming: Naming) {
    return {
      securityGroupId: this.group.id,
      description,
      ipProtocol: protocol,
      ...(port === undefined ? {} : { fromPort: port, toPort: port }),
      ...(cidr.includes(":") ? { cidrIpv6: cidr } : { cidrIpv4: cidr }),
      tags: tagsOf(naming, name),
    };
  }
}
