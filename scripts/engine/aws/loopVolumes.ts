import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { volumeDevice } from "../../../components/platforms/aws/userData";
import type { Machines } from "./machines";

/** EBS volumes as sparse files behind loop devices. */
export class LoopVolumes {
  constructor(
    private readonly folder: string,
    private readonly machines: Machines,
  ) {}

  make(id: string, gibibytes: number): void {
    mkdirSync(join(this.folder, "volumes"), { recursive: true });
    writeFileSync(this.file(id), "");
    truncateSync(this.file(id), gibibytes * 2 ** 30);
  }

  grow(id: string, gibibytes: number): void {
    if (statSync(this.file(id)).size === gibibytes * 2 ** 30) return;
    truncateSync(this.file(id), gibibytes * 2 ** 30);
    const device = this.device(id);
    if (device !== undefined) execFileSync("losetup", ["--set-capacity", device]);
  }

  /** Makes the device appear in the machine, under the name that udev gives it on EC2; a stopped one sees it when it starts. */
  async attach(id: string, instance: string): Promise<void> {
    const device =
      this.device(id) ??
      execFileSync("losetup", ["--find", "--show", this.file(id)], { encoding: "utf8" }).trim();
    if (!(await this.machines.runs(instance))) return;
    const number = statSync(device).rdev;
    const [major, minor] = [(number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xfff00)];
    const path = volumeDevice(id);
    await this.machines.inside(
      instance,
      `mkdir -p /dev/disk/by-id; rm -f /dev/nvme1n1; mknod -m 0660 /dev/nvme1n1 b ${major} ${minor}; ln -sf /dev/nvme1n1 ${path}\n`,
    );
  }

  detach(id: string): void {
    const device = this.device(id);
    if (device !== undefined) execFileSync("losetup", ["--detach", device]);
  }

  remove(id: string): void {
    this.detach(id);
    if (existsSync(this.file(id))) rmSync(this.file(id));
  }

  private file(id: string): string {
    return join(this.folder, "volumes", `${id}.image`);
  }

  /** The loop device behind a volume, while it is attached. */
  private device(id: string): string | undefined {
    const list = execFileSync(
      "losetup",
      ["--associated", this.file(id), "--noheadings", "--output", "NAME"],
      {
        encoding: "utf8",
      },
    );
    return list.trim().split("\n")[0] || undefined;
  }
}
