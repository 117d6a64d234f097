import type { z } from "zod";
import { flag, isObject, isUnknown, objects, type ResourceView, text } from "../resources";
import { type commonSettings, tagSettings } from "../settings";
import type { GuardRail } from "./guardRail";
import {
  balancers,
  cluster,
  clusterInstance,
  database,
  distribution,
  documentCluster,
  fileSystem,
  graphCluster,
  instance,
  lightsailDatabase,
  listeners,
  replicationGroup,
  searchDomains,
  volume,
  warehouse,
} from "./types";

type Rail = GuardRail<z.infer<typeof commonSettings>>;

export const publicDatabase: Rail = {
  name: "public-database",
  displayName: "Databases have no public address",
  description: "Finds databases that are given a public address.",
  severity: "critical",
  level: "mandatory",
  remediation: "Set publiclyAccessible to false.",
  types: [database, clusterInstance, lightsailDatabase, warehouse],
  check: (resource) =>
    flag(resource, "publiclyAccessible") === true
      ? [
          `${resource.name} has a public address. Set publiclyAccessible: false; the site reaches it inside the network.`,
        ]
      : [],
  fix: (resource) =>
    flag(resource, "publiclyAccessible") === true ? [{ path: ["publiclyAccessible"], value: false }] : [],
};

export const missingTags: GuardRail<z.infer<typeof tagSettings>> = {
  name: "missing-tags",
  displayName: "Every resource says what it belongs to",
  description: "Finds machines, databases and load balancers without the tags that were agreed on.",
  severity: "low",
  remediation: "Add the tags, or set them once for the provider as defaultTags.",
  types: [instance, database, cluster, fileSystem, volume, ...balancers],
  settings: tagSettings,
  check: (resource, { tags }) => {
    const missing = withoutTags(resource, tags);
    return missing.length === 0
      ? []
      : [
          `${resource.name} lacks the tag${missing.length > 1 ? "s" : ""} ${missing.join(", ")}. Add ${missing.map((tag) => `tags: { ${tag}: … }`).join(", ")}.`,
        ];
  },
  // The resource's own name is certain; other tags' values are not.
  fix: (resource, { tags }) =>
    withoutTags(resource, tags).includes("Name") ? [{ path: ["tags", "Name"], value: resource.name }] : [],
};

function withoutTags(resource: ResourceView, tags: readonly string[]): string[] {
  if (isUnknown(resource.properties.tags) || isUnknown(resource.properties.tagsAll)) return [];
  const given = [resource.properties.tags, resource.properties.tagsAll].filter(isObject);
  return tags.filter((tag) => !given.some((values) => values[tag] !== undefined && values[tag] !== ""));
}

/** Speaks TLS 1.2 and 1.3 only. */
const currentPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";

export const oldTlsPolicy: Rail = {
  name: "old-tls-policy",
  displayName: "Old TLS versions are refused",
  description: "Finds listeners and distributions that still speak TLS 1.0 or 1.1.",
  severity: "medium",
  remediation: `Set sslPolicy to ${currentPolicy}.`,
  types: [...listeners, distribution],
  check: (resource) =>
    oldPolicy(resource)
      ? [
          resource.type === distribution
            ? `${resource.name} speaks TLS 1.0 or 1.1. Set viewerCertificate.minimumProtocolVersion: "TLSv1.2_2021".`
            : `${resource.name} speaks TLS 1.0 or 1.1. Set sslPolicy: "${currentPolicy}".`,
        ]
      : [],
  fix: (resource) =>
    !oldPolicy(resource)
      ? []
      : resource.type === distribution
        ? [{ path: ["viewerCertificate", "minimumProtocolVersion"], value: "TLSv1.2_2021" }]
        : [{ path: ["sslPolicy"], value: currentPolicy }],
};

function oldPolicy(resource: ResourceView): boolean {
  if (resource.type === distribution) {
    const [certificate] = objects(resource, "viewerCertificate");
    // With CloudFront's own certificate the version can't be chosen.
    if (certificate === undefined || certificate.cloudfrontDefaultCertificate === true) return false;
    const version = certificate.minimumProtocolVersion;
    return !isUnknown(version) && !/^TLSv1\.[23]_/.test(typeof version === "string" ? version : "");
  }
  if (!["HTTPS", "TLS"].includes(text(resource, "protocol") ?? "")) return false;
  const policy = resource.properties.sslPolicy;
  if (isUnknown(policy)) return false;
  return !/TLS13-1-[23]-|TLS-1-2-|FS-1-2-/.test(typeof policy === "string" ? policy : "");
}

export const unprotectedData: Rail = {
  name: "data-without-protect",
  displayName: "Pulumi refuses to delete data",
  description:
    "Finds databases, file systems and disks that pulumi destroy, or a rename in the program, deletes.",
  severity: "medium",
  remediation: "Give the resource the option protect: true.",
  types: [
    database,
    cluster,
    lightsailDatabase,
    replicationGroup,
    documentCluster,
    graphCluster,
    warehouse,
    ...searchDomains,
    fileSystem,
    volume,
    "aws:dynamodb/table:Table",
  ],
  check: (resource) =>
    resource.protect === true ||
    text(resource, "replicateSourceDb") !== undefined ||
    ["deletionProtection", "deletionProtectionEnabled"].some((one) => flag(resource, one) === true)
      ? []
      : [
          `${resource.name} holds data, and pulumi destroy or a rename deletes it. Give it the option { protect: true }.`,
        ],
};
