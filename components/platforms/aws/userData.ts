/**
 * What cloud-init does at a server's first boot: the host key that the stack made, so that the very first connection can be checked,
 * and nothing else. All further set-up is provisioning's, the same on every platform.
 * @param hostPrivateKey OpenSSH's format
 * @param hostPublicKey one line
 * @returns under EC2's limit of 16 KiB (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html)
 */
export function userData(hostname: string, hostPrivateKey: string, hostPublicKey: string): string {
  const lines = [
    "#cloud-config",
    `hostname: ${hostname}`,
    "disable_root: true",
    "ssh_pwauth: false",
    "ssh_deletekeys: true",
    "ssh_keys:",
    "  ed25519_private: |",
    ...hostPrivateKey
      .trimEnd()
      .split("\n")
      .map((line) => `    ${line}`),
    `  ed25519_public: ${hostPublicKey}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The path of an attached volume on every Nitro instance, whatever name its device was asked under. */
export function volumeDevice(volumeId: string): string {
  return `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace("-", "")}`;
}
