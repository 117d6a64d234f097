import { type Finding, practices } from "../finding";
import { hostnameOf, siteRecords } from "../members/entrances";
import { isUnknown, keyOf, nested, number, type ResourceView, text } from "../resources";
import type { Topology } from "../topology";

/** Seconds. A longer TTL keeps visitors at a dead address for longer than a failover takes. */
export const defaultMaximumTtl = 300;

/** Names whose answers are kept for too long to lead visitors elsewhere. */
export function timesToLive(site: Topology, maximum = defaultMaximumTtl): Finding[] {
  return siteRecords(site.resources).flatMap((record) => {
    const ttl = number(record, "ttl");
    if (ttl === undefined || ttl <= maximum || nested(record, "aliases").length > 0) return [];
    const name = hostnameOf(record);
    const minutes = Math.round(ttl / 60);
    return [
      {
        ...base("dns-ttl", record),
        problem: "single point of failure",
        severity: ttl > 3600 ? "medium" : "low",
        tiers: ["dns"],
        title: `${name} may be remembered for ${minutes} minutes`,
        breaks: `After a move to another address, visitors go to the old one for up to ${minutes} minutes.`,
        notices: "Everyone who came within that time before the move.",
        nextStep: { change: `Set ttl: 60 on ${record.name}`, command: "pulumi up" },
        wellArchitected: practices.failover,
      },
    ];
  });
}

/** Certificates that end because nothing renews them. */
export function certificates(site: Topology): Finding[] {
  return [
    ...site.resources.ofType("aws:acm/certificate:Certificate").flatMap((certificate) => {
      if (given(certificate, "privateKey") || given(certificate, "certificateBody"))
        return [
          ending(
            certificate,
            "is imported: AWS doesn't renew it",
            `Ask AWS for it instead: domainName and validationMethod: "DNS" on ${certificate.name}`,
          ),
        ];
      if (text(certificate, "validationMethod") === "EMAIL")
        return [
          ending(
            certificate,
            "is renewed only when someone answers an e-mail",
            `Set validationMethod: "DNS" on ${certificate.name} and keep its validation record`,
          ),
        ];
      return [];
    }),
    ...site.resources
      .ofType("aws:iam/serverCertificate:ServerCertificate")
      .map((certificate) =>
        ending(
          certificate,
          "is uploaded to IAM: nothing renews it",
          "Use aws.acm.Certificate with DNS validation instead",
        ),
      ),
    ...site.resources
      .ofType("tls:index/selfSignedCert:SelfSignedCert", "tls:index/locallySignedCert:LocallySignedCert")
      .flatMap((certificate) =>
        (number(certificate, "earlyRenewalHours") ?? 0) > 0
          ? []
          : [
              ending(
                certificate,
                "ends without a renewal",
                `Set earlyRenewalHours: 720 on ${certificate.name}, and run pulumi up each month`,
              ),
            ],
      ),
  ];
}

function given(resource: ResourceView, property: string): boolean {
  const value = resource.properties[property];
  return (
    value !== undefined && value !== null && value !== "" && (property === "privateKey" || !isUnknown(value))
  );
}

function ending(certificate: ResourceView, how: string, change: string): Finding {
  return {
    ...base("certificate-without-renewal", certificate),
    problem: "downtime",
    severity: "high",
    tiers: ["web"],
    title: `The certificate ${certificate.name} ${how}`,
    breaks: "On the day it ends, browsers refuse the site.",
    notices: "Every visitor, with a full-page warning.",
    nextStep: { change, command: "pulumi up" },
    wellArchitected: practices.certificates,
  };
}

function base(rule: Finding["rule"], resource: ResourceView) {
  return {
    rule,
    scope: "service",
    resources: [keyOf(resource)],
    names: [resource.name],
    certain: true,
  } as const;
}
