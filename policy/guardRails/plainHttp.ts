import { isInternal } from "../links/pools";
import { environmentType, isSingleInstance, settingOf } from "../members/beanstalk";
import { lets, type Ports } from "../openings";
import {
  append,
  isObject,
  isUnknown,
  keyOf,
  list,
  nested,
  number,
  objects,
  type Resources,
  type ResourceView,
  text,
  unknownProperty,
} from "../resources";
import type { Topology } from "../topology";
import {
  balancerType,
  bucketTypes,
  classicBalancerType,
  distributionType,
  lightsailBalancerType,
  listenerType,
} from "../types";
import type { StackFault, StackRail } from "./stackRail";

/** Ports of sites, other than those of TLS. */
const plainPorts = [80, 8080, 8000, 3000, 5000];
const tlsPorts = [443, 8443];

export const plainHttp: StackRail = {
  name: "http-without-redirect",
  displayName: "Plain HTTP only leads to HTTPS",
  description:
    "Finds balancers, machines, tasks, website buckets and distributions that serve the site over plain HTTP.",
  severity: "high",
  remediation:
    "Redirect to HTTPS: a default action of type redirect with protocol HTTPS and status HTTP_301.",
  types: [distributionType],
  faults: (site) => [
    ...site.resources.ofType(distributionType).flatMap(openDistribution),
    ...listeners(site.resources),
    ...site.resources.ofType(classicBalancerType).flatMap(openClassicBalancer),
    ...lightsailBalancers(site.resources),
    ...site.resources.ofType(environmentType).flatMap(openEnvironment),
    ...openMachines(site),
    ...openBuckets(site.resources),
  ],
  // For a listener the fix needs another one on 443, which can't be known here; CloudFront always answers HTTPS.
  fix: (resource) =>
    resource.type === distributionType && allowsAll(resource, "defaultCacheBehavior")
      ? [{ path: ["defaultCacheBehavior", "viewerProtocolPolicy"], value: "redirect-to-https" }]
      : [],
};

function allowsAll(resource: ResourceView, property: string): boolean {
  return objects(resource, property).some((behaviour) => behaviour.viewerProtocolPolicy === "allow-all");
}

function openDistribution(resource: ResourceView): StackFault[] {
  const where = ["defaultCacheBehavior", "orderedCacheBehaviors"].filter((property) =>
    allowsAll(resource, property),
  );
  return where.map((property) => ({
    resource,
    line: `${resource.name} serves plain HTTP. Set ${property}.viewerProtocolPolicy: "redirect-to-https".`,
    severity: "high",
  }));
}

/** Listeners of application and network load balancers, each with its balancer. */
function listeners(resources: Resources): StackFault[] {
  const ofBalancer = new Map<string, ResourceView[]>();
  const withBalancer = resources.ofType(listenerType).map((listener) => {
    const [balancer] = resources.referred(listener, "loadBalancerArn", [balancerType]);
    if (balancer !== undefined) append(ofBalancer, keyOf(balancer), listener);
    return { listener, balancer };
  });
  return withBalancer.flatMap(({ listener, balancer }) => {
    const beside = balancer === undefined ? [] : (ofBalancer.get(keyOf(balancer)) ?? []);
    const network = balancer !== undefined && text(balancer, "loadBalancerType") === "network";
    const open = network ? openNetworkListener(listener, beside) : openApplicationListener(listener);
    if (!open) return [];
    const inside = balancer !== undefined && isInternal(balancer);
    const change = network
      ? `Add a listener with protocol: "TLS", port: 443 and a certificateArn.`
      : `Set defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }], with a listener on 443.`;
    return [
      {
        resource: listener,
        line: inside
          ? `${listener.name} speaks plain HTTP inside the network: anyone on it can read passwords and cookies. Give it protocol: "HTTPS" and a certificateArn.`
          : `${listener.name} serves plain HTTP: passwords and cookies can be read on the way. ${change}`,
        severity: inside ? ("low" as const) : ("high" as const),
      },
    ];
  });
}

/** HTTP is what an application load balancer speaks where nothing is said. */
function openApplicationListener(listener: ResourceView): boolean {
  const { protocol, certificateArn } = listener.properties;
  const said = protocol === undefined || protocol === null || protocol === "" ? undefined : protocol;
  const secure = certificateArn !== undefined && certificateArn !== null && certificateArn !== "";
  if (said === undefined ? secure || number(listener, "port") === 443 : said !== "HTTP") return false;
  if (unknownProperty(listener, "defaultActions")) return false;
  const actions = objects(listener, "defaultActions");
  return !actions.some((action) => {
    const redirect = Array.isArray(action.redirect) ? action.redirect[0] : action.redirect;
    if (isUnknown(action.type) || isUnknown(redirect)) return true;
    return (
      action.type === "fixed-response" ||
      (action.type === "redirect" && isObject(redirect) && redirect.protocol === "HTTPS")
    );
  });
}

/** What listens on 443 beside it sends those of port 80 there: that is up to what is behind. */
function openNetworkListener(listener: ResourceView, beside: readonly ResourceView[]): boolean {
  if (text(listener, "protocol") !== "TCP" || !plainPorts.includes(number(listener, "port") ?? 0))
    return false;
  return !beside.some((other) => tlsPorts.includes(number(other, "port") ?? 0));
}

function openClassicBalancer(resource: ResourceView): StackFault[] {
  const each = nested(resource, "listeners");
  const protocols = each.map((inner) => text(inner, "lbProtocol")?.toLowerCase());
  const secure = protocols.some((protocol) => protocol === "https" || protocol === "ssl");
  const plain = each.some(
    (inner) =>
      text(inner, "lbProtocol")?.toLowerCase() === "http" ||
      (text(inner, "lbProtocol")?.toLowerCase() === "tcp" && number(inner, "lbPort") === 80),
  );
  const passes = each.some((inner) => tlsPorts.includes(number(inner, "lbPort") ?? 0));
  if (!plain || secure || passes) return [];
  const inside = isInternal(resource);
  return [
    {
      resource,
      line: `${resource.name} serves plain HTTP${inside ? " inside the network" : ""}: passwords and cookies can be read on the way. Add a listener with lbProtocol: "https" and a sslCertificateId, and let the site redirect to it.`,
      severity: inside ? "low" : "high",
    },
  ];
}

function lightsailBalancers(resources: Resources): StackFault[] {
  const certified = new Set(
    resources
      .ofType(
        "aws:lightsail/lbCertificateAttachment:LbCertificateAttachment",
        "aws:lightsail/lbHttpsRedirectionPolicy:LbHttpsRedirectionPolicy",
      )
      .flatMap((attachment) => resources.referred(attachment, "lbName", [lightsailBalancerType])),
  );
  return resources
    .ofType(lightsailBalancerType)
    .filter((balancer) => !certified.has(balancer))
    .map((resource) => ({
      resource,
      line: `${resource.name} serves plain HTTP: passwords and cookies can be read on the way. Add an aws.lightsail.LbCertificateAttachment and an aws.lightsail.LbHttpsRedirectionPolicy.`,
      severity: "high",
    }));
}

/** Elastic Beanstalk's balancer listens on port 80 alone until it is given a listener on 443. */
function openEnvironment(resource: ResourceView): StackFault[] {
  if (text(resource, "tier") === "Worker" || isSingleInstance(resource)) return [];
  if (unknownProperty(resource, "settings")) return [];
  const secured = nested(resource, "settings").some((option) =>
    /^aws:elb(v2)?:listener:(443|8443)$/.test(text(option, "namespace") ?? ""),
  );
  if (secured || settingOf(resource, "LoadBalancerIsShared") === "true") return [];
  return [
    {
      resource,
      line: `${resource.name}'s load balancer serves plain HTTP: passwords and cookies can be read on the way. Set ListenerEnabled, Protocol HTTPS and SSLCertificateArns in the namespace aws:elbv2:listener:443.`,
      severity: "high",
    },
  ];
}

/** Web servers that visitors reach at their own address, at a port for plain HTTP and none for TLS. */
function openMachines({ groups, ways }: Topology): StackFault[] {
  return groups.flatMap(({ members }) =>
    members.flatMap((member): StackFault[] => {
      const led = (ways.get(member.key) ?? []).some(({ by }) => by !== "name");
      const serves = member.tiers.includes("web") && member.exposed === true;
      const port = led || !serves ? undefined : plainPort(member.ports, member.listens);
      if (port === undefined) return [];
      return [
        {
          resource: member.resource,
          line: `${member.name} serves plain HTTP on port ${port}, and opens none for TLS: passwords and cookies can be read on the way. Put a load balancer or CloudFront with a certificate in front, or open 443 and set up TLS on it.`,
          severity: "high",
        },
      ];
    }),
  );
}

/** @param listens the ports that something listens on, where they can be seen */
function plainPort(ports: Ports | undefined, listens: readonly number[] | undefined): number | undefined {
  if (ports === undefined || !ports.complete) return undefined;
  const world = ports.openings.filter((opening) => opening.world);
  const open = (port: number) =>
    world.some((opening) => lets(opening, port)) && (listens === undefined || listens.includes(port));
  return tlsPorts.some(open) ? undefined : plainPorts.find(open);
}

const websiteTypes = [
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
  "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
];

/** Website endpoints of S3 speak no TLS; CloudFront in front of them does. */
function openBuckets(resources: Resources): StackFault[] {
  const configured = new Map<ResourceView, ResourceView>();
  for (const website of resources.ofType(...websiteTypes))
    for (const bucket of resources.referred(website, "bucket", bucketTypes)) configured.set(bucket, website);
  const delivered = new Set(
    resources
      .ofType(distributionType)
      .flatMap((distribution) => nested(distribution, "origins"))
      .flatMap((origin) => resources.referred(origin, "domainName", [...bucketTypes, ...websiteTypes])),
  );
  return resources.ofType(...bucketTypes).flatMap((bucket): StackFault[] => {
    const apart = configured.get(bucket);
    const inline = [...nested(bucket, "website"), ...nested(bucket, "websites")];
    if (delivered.has(bucket) || (apart !== undefined && delivered.has(apart))) return [];
    const websites = apart === undefined ? inline : [...inline, apart];
    // One that only redirects holds nothing that could be read.
    const serves = websites.some((website) => list(website, "redirectAllRequestsTo").length === 0);
    return serves
      ? [
          {
            resource: bucket,
            line: `${bucket.name}'s website endpoint speaks plain HTTP alone: its pages can be read and changed on the way. Put an aws.cloudfront.Distribution with a certificate in front.`,
            severity: "medium",
          },
        ]
      : [];
  });
}
