import { agentNamespace, dataFolder } from "./alarms";

/** A log on the server and the end of its group's name. */
export interface LogFile {
  readonly group: string;
  readonly path: string;
}

/** What is shipped: what a person reads first when something is wrong. */
export const logFiles: readonly LogFile[] = [
  { group: "nginx", path: "/var/log/nginx/*.log" },
  { group: "app", path: "/var/log/php*fpm*.log" },
  { group: "database", path: "/var/log/mysql/*.log" },
  { group: "system", path: "/var/log/syslog" },
  { group: "login", path: "/var/log/auth.log" },
  { group: "certificate", path: "/var/log/one-server-web/certificate.log" },
];

/**
 * The configuration of the CloudWatch agent
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html): memory and disks,
 * which EC2 can't see from outside, and the logs.
 * @param groupPrefix the log groups' names up to the last part, which exist already
 */
export function agentConfiguration(groupPrefix: string): string {
  return JSON.stringify({
    agent: { metrics_collection_interval: 60, omit_hostname: true },
    metrics: {
      namespace: agentNamespace,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the agent fills this in, not JavaScript
      append_dimensions: { InstanceId: "${aws:InstanceId}" },
      // The alarms name exactly these dimensions; without this each metric also carries the device and the file system.
      aggregation_dimensions: [["InstanceId"], ["InstanceId", "path"]],
      metrics_collected: {
        mem: { measurement: ["mem_used_percent"] },
        swap: { measurement: ["swap_used_percent"] },
        disk: {
          measurement: ["used_percent", "inodes_free"],
          resources: ["/", dataFolder],
          drop_device: true,
        },
      },
    },
    logs: {
      logs_collected: {
        files: {
          collect_list: logFiles.map(({ group, path }) => ({
            file_path: path,
            log_group_name: `${groupPrefix}/${group}`,
            log_stream_name: "{instance_id}",
          })),
        },
      },
    },
  });
}
