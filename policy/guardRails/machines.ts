import type { z } from "zod";
import { flag, isUnknown, objects, type ResourceView, text } from "../resources";
import type { commonSettings } from "../settings";
import type { GuardRail } from "./guardRail";
import {
  cluster,
  database,
  documentCluster,
  fileSystem,
  graphCluster,
  instance,
  launchConfiguration,
  launchTemplate,
  machines,
  replicationGroup,
  searchDomains,
  volume,
} from "./types";

type Rail = GuardRail<z.infer<typeof commonSettings>>;

export const metadataVersion1: Rail = {
  name: "instance-metadata-v1",
  displayName: "Instance metadata needs a token",
  description:
    "Finds machines whose metadata, with the keys of their role, can be read without a token (IMDSv1).",
  severity: "high",
  remediation: "Set metadataOptions.httpTokens to required.",
  types: machines,
  check: (resource) =>
    takesVersion1(resource)
      ? [
          `${resource.name} gives its metadata, keys included, to anyone who makes its site fetch a URL (IMDSv1). Set metadataOptions: { httpEndpoint: "enabled", httpTokens: "required" }.`,
        ]
      : [],
  fix: (resource) =>
    takesVersion1(resource)
      ? [
          { path: ["metadataOptions", "httpEndpoint"], value: "enabled" },
          { path: ["metadataOptions", "httpTokens"], value: "required" },
        ]
      : [],
};

function takesVersion1(resource: ResourceView): boolean {
  const given = resource.properties.metadataOptions;
  if (isUnknown(given)) return false;
  const [options] = objects(resource, "metadataOptions");
  if (options?.httpEndpoint === "disabled") return false;
  return !isUnknown(options?.httpTokens) && options?.httpTokens !== "required";
}

export const unencryptedVolume: Rail = {
  name: "unencrypted-volume",
  displayName: "Disks are encrypted",
  description: "Finds disks that aren't encrypted.",
  severity: "medium",
  remediation: "Set encrypted to true. AWS replaces an existing disk: take a snapshot first.",
  types: [volume, instance, launchTemplate, launchConfiguration, fileSystem],
  check: (resource) =>
    plainDisks(resource).map(
      (disk) =>
        `${disk} isn't encrypted. Set encrypted: true (an existing disk is replaced: copy its data first).`,
    ),
};

function plainDisks(resource: ResourceView): string[] {
  const open = (disk: Readonly<Record<string, unknown>>) =>
    disk.encrypted !== true && disk.encrypted !== "true" && !isUnknown(disk.encrypted);
  if (resource.type === volume || resource.type === fileSystem)
    return open(resource.properties) ? [resource.name] : [];
  if (resource.type === launchTemplate) {
    const devices = objects(resource, "blockDeviceMappings");
    const unencrypted = devices.filter((device) => {
      const ebs = Array.isArray(device.ebs) ? device.ebs[0] : device.ebs;
      return typeof ebs === "object" && ebs !== null && open(ebs);
    });
    return unencrypted.map((device) => `The disk ${String(device.deviceName ?? "")} of ${resource.name}`);
  }
  const [root] = objects(resource, "rootBlockDevice");
  const rootUnknown = isUnknown(resource.properties.rootBlockDevice);
  const found =
    rootUnknown || (root !== undefined && !open(root)) ? [] : [`The root disk of ${resource.name}`];
  const further = objects(resource, "ebsBlockDevices").filter(open);
  return [
    ...found,
    ...further.map((device) => `The disk ${String(device.deviceName ?? "")} of ${resource.name}`),
  ];
}

export const unencryptedDatabase: Rail = {
  name: "unencrypted-database",
  displayName: "Databases are encrypted",
  description: "Finds databases and caches whose data lies unencrypted on disk.",
  severity: "high",
  remediation:
    "Set storageEncrypted (atRestEncryptionEnabled for caches). An existing database is replaced: restore it from a snapshot.",
  types: [database, cluster, documentCluster, graphCluster, replicationGroup, ...searchDomains],
  check: (resource) => {
    if (searchDomains.includes(resource.type)) return plainDomain(resource);
    const property = resource.type === replicationGroup ? "atRestEncryptionEnabled" : "storageEncrypted";
    const value = resource.properties[property];
    if (flag(resource, property) === true || isUnknown(value)) return [];
    if (value === undefined && encryptedElsewhere(resource)) return [];
    if (takesSource(resource)) return [];
    return [
      `${resource.name} keeps its data unencrypted. Set ${property}: true; for an existing database copy its snapshot encrypted and restore from that.`,
    ];
  },
};

/** Where nothing is said: what AWS encrypts anyway (@pulumi/aws, `rds.Cluster` and `elasticache.ReplicationGroup`), and what comes out of a snapshot. */
function encryptedElsewhere(resource: ResourceView): boolean {
  const restored = ["snapshotIdentifier", "restoreToPointInTime", "s3Import"].some(
    (property) => (resource.properties[property] ?? "") !== "",
  );
  const always = text(resource, "engineMode") === "serverless" || text(resource, "engine") === "valkey";
  return restored || always;
}

/** A replica takes the encryption of its source. */
function takesSource(resource: ResourceView): boolean {
  return ["replicateSourceDb", "replicationSourceIdentifier"].some(
    (property) => (resource.properties[property] ?? "") !== "",
  );
}

function plainDomain(domain: ResourceView): string[] {
  const { encryptAtRest } = domain.properties;
  const [given] = objects(domain, "encryptAtRest");
  if (isUnknown(encryptAtRest) || isUnknown(given?.enabled) || given?.enabled === true) return [];
  return [
    `${domain.name} keeps its indexes unencrypted. Set encryptAtRest: { enabled: true } (AWS moves the data to encrypted nodes).`,
  ];
}

export const instanceWithoutProfile: Rail = {
  name: "instance-without-profile",
  displayName: "Machines have a role of their own",
  description: "Finds machines without an instance profile, whose programs then get long-lived keys.",
  severity: "low",
  remediation: "Give the machine an instance profile with AmazonSSMManagedInstanceCore.",
  types: machines,
  check: (resource) =>
    resource.properties.iamInstanceProfile === undefined || resource.properties.iamInstanceProfile === ""
      ? [
          `${resource.name} has no instance profile: no Session Manager, and keys for AWS would have to lie on its disk. Set iamInstanceProfile.`,
        ]
      : [],
};
