import { flag, isObject, keyOf, nested, number, type Resources, type ResourceView } from "../resources";
import { zonesOf } from "../zones";
import { clusterIsVisited } from "./fleets";
import { sized } from "./managed";
import type { Member } from "./member";

export const appRunnerType = "aws:apprunner/service:Service";
export const containerServiceType = "aws:lightsail/containerService:ContainerService";
export const fargateProfileType = "aws:eks/fargateProfile:FargateProfile";

/** Applications whose machines are no resources of the stack: App Runner, containers of Lightsail, pods on Fargate. */
export function applications(resources: Resources): Member[] {
  return [
    ...resources.ofType(appRunnerType).map(appRunner),
    ...resources
      .ofType(containerServiceType)
      .filter((service) => flag(service, "isDisabled") !== true)
      .map(containerService),
    ...fargateProfiles(resources),
  ];
}

type Common = Pick<
  Member,
  "key" | "name" | "type" | "platform" | "purpose" | "heals" | "essential" | "countKnown" | "resource"
>;

function common(resource: ResourceView): Common {
  return {
    key: keyOf(resource),
    name: resource.name,
    type: resource.type,
    platform: "aws",
    purpose: "site",
    heals: true,
    essential: true,
    countKnown: true,
    resource,
  };
}

/** AWS spreads its instances over zones and balances between them. */
function appRunner(service: ResourceView): Member {
  const inside = nested(service, "networkConfiguration")
    .flatMap((network) => nested(network, "ingressConfiguration"))
    .some((ingress) => flag(ingress, "isPubliclyAccessible") === false);
  return {
    ...common(service),
    kind: "App Runner service",
    tiers: inside ? ["app"] : ["web", "app"],
    count: 2,
    zones: { names: [], known: true },
    survives: "zone",
    scales: true,
    service: "apprunner",
  };
}

/** Lightsail balances between a service's nodes. */
function containerService(service: ResourceView): Member {
  const nodes = number(service, "scale");
  return {
    ...common(service),
    kind: "Lightsail container service",
    tiers: ["web", "app"],
    count: Math.max(1, nodes ?? 1),
    countKnown: nodes !== undefined,
    zones: { names: [], known: true },
    ...(nodes !== undefined && nodes >= 2 ? { survives: "zone" as const } : {}),
    scales: false,
    service: "lightsailContainer",
    ...sized(service, "power"),
  };
}

/** How many pods run there stands in the cluster: only where they may stand is seen. */
function fargateProfiles(resources: Resources): Member[] {
  const profiles = resources.ofType(fargateProfileType).filter((profile) => !isForTheClusterItself(profile));
  if (profiles.length === 0 || !clusterIsVisited(resources)) return [];
  const scales = resources.all.some(({ type }) => /^kubernetes:autoscaling\/\w+:HorizontalPod/.test(type));
  return profiles.map((profile) => ({
    ...common(profile),
    kind: "EKS pods on Fargate",
    tiers: ["web", "app"],
    count: 2,
    countKnown: false,
    zones: zonesOf(resources, profile, [], ["subnetIds"]),
    scales,
    service: "fargate",
  }));
}

function isForTheClusterItself(profile: ResourceView): boolean {
  const { selectors } = profile.properties;
  const list = Array.isArray(selectors) ? selectors.filter(isObject) : [];
  return list.length > 0 && list.every(({ namespace }) => namespace === "kube-system");
}
