import type { PriceTable } from "../prices";
import { nested, number, type ResourceView, text, unknownProperty } from "../resources";

/** A disk as far as it costs. */
export interface Disk {
  readonly size: number | undefined;
  /** `gp3`, `gp2`, `io1`, …; undefined where AWS chooses. */
  readonly type: string | undefined;
  readonly iops: number | undefined;
  /** Megabytes a second. */
  readonly throughput: number | undefined;
}

/** What is included in the price of a gp3 disk: https://aws.amazon.com/ebs/pricing/ */
const includedIops = 3000;
const includedThroughput = 125;

/** Dollars a month; undefined where the size isn't known, or the table lacks the type. */
export function diskCost(
  { units }: PriceTable,
  { size, type = "gp2", iops, throughput }: Disk,
): number | undefined {
  if (size === undefined) return undefined;
  switch (type) {
    case "gp3":
      return priced(
        size,
        units.gp3PerGigabyteMonth,
        over(iops, includedIops) * (units.gp3PerIopsMonth ?? 0) +
          over(throughput, includedThroughput) * (units.gp3PerMegabyteMonth ?? 0),
      );
    case "gp2":
      return priced(size, units.gp2PerGigabyteMonth);
    case "io1":
      return iops === undefined
        ? undefined
        : priced(size, units.io1PerGigabyteMonth, iops * (units.io1PerIopsMonth ?? 0));
    case "io2":
      // Up to 32,000 operations a second.
      return iops === undefined || iops > 32_000
        ? undefined
        : priced(size, units.io2PerGigabyteMonth, iops * (units.io2PerIopsMonth ?? 0));
    case "st1":
      return priced(size, units.st1PerGigabyteMonth);
    case "sc1":
      return priced(size, units.sc1PerGigabyteMonth);
    case "standard":
      return priced(size, units.standardPerGigabyteMonth);
    default:
      return undefined;
  }
}

function priced(size: number, perGigabyte: number | undefined, more = 0): number | undefined {
  return perGigabyte === undefined ? undefined : size * perGigabyte + more;
}

function over(value: number | undefined, included: number): number {
  return Math.max(0, (value ?? 0) - included);
}

/** Most images ask for as much, on a disk of the current kind. */
const usualDisk: Disk = { size: 8, type: "gp3", iops: undefined, throughput: undefined };

const rootNames = new Set(["/dev/xvda", "/dev/sda1", "/dev/sda"]);

/**
 * The disks of a machine, or of each machine of a launch template.
 * @param volumes ids of volumes that are resources of their own: an instance's state lists them too
 */
export function disksOf(machine: ResourceView, volumes: ReadonlySet<string>): readonly Disk[] {
  const mappings = nested(machine, "blockDeviceMappings").filter(
    (one) => text(one, "noDevice") === undefined,
  );
  const mapped = mappings.flatMap((mapping) =>
    nested(mapping, "ebs").map((device) => disk(device, usualDisk)),
  );
  const root = nested(machine, "rootBlockDevice").map((device) => disk(device, usualDisk));
  const further = nested(machine, "ebsBlockDevices")
    .filter((device) => !volumes.has(text(device, "volumeId") ?? ""))
    .map((device) => disk(device));
  const unknown = ["rootBlockDevice", "blockDeviceMappings", "ebsBlockDevices"].some((property) =>
    unknownProperty(machine, property),
  );
  const known = [...root, ...mapped, ...further];
  if (unknown) return [...known, unknownDisk];
  const named = mappings.some((one) => rootNames.has(text(one, "deviceName") ?? "/dev/sda"));
  return root.length > 0 || named ? known : [usualDisk, ...known];
}

const unknownDisk: Disk = { size: undefined, type: undefined, iops: undefined, throughput: undefined };

/** @param usual what the image asks for where nothing is said; none for a disk that isn't an image's */
function disk(device: ResourceView, usual?: Disk): Disk {
  const unseen = unknownProperty(device, "volumeSize") || text(device, "snapshotId") !== undefined;
  return {
    size: number(device, "volumeSize") ?? (unseen ? undefined : usual?.size),
    type: text(device, "volumeType") ?? usual?.type,
    iops: number(device, "iops"),
    throughput: number(device, "throughput"),
  };
}
