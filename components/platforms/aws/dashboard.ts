import { agentNamespace, siteNamespace } from "./alarms";

interface Widget {
  readonly type: "metric" | "log" | "alarm";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface DashboardArgs {
  readonly region: string;
  readonly instanceId: string;
  readonly healthCheckId: string;
  readonly alarmArns: readonly string[];
  /** The log group of nginx. */
  readonly webLogGroup: string;
  /** The metric that counts the days left of the certificate. */
  readonly certificateMetric: string;
  /** Where its disks are mounted. */
  readonly disks: readonly string[];
}

/** A server at a glance: is it well, how busy is it, how full, what does the web server complain about. Twenty-four columns wide. */
export function dashboardBody(args: DashboardArgs): string {
  const { region, instanceId } = args;
  const ofInstance = ["InstanceId", instanceId];
  const widgets: Widget[] = [
    {
      type: "alarm",
      x: 0,
      y: 0,
      width: 24,
      height: 3,
      properties: { title: "Alarms", alarms: args.alarmArns },
    },
    graph(0, 3, "Processor, %", region, [["AWS/EC2", "CPUUtilization", ...ofInstance]]),
    graph(8, 3, "Memory and swap, %", region, [
      [agentNamespace, "mem_used_percent", ...ofInstance],
      [agentNamespace, "swap_used_percent", ...ofInstance],
    ]),
    graph(
      16,
      3,
      "Disks, %",
      region,
      args.disks.map((path) => [agentNamespace, "disk_used_percent", ...ofInstance, "path", path]),
    ),
    graph(0, 9, "Network, bytes", region, [
      ["AWS/EC2", "NetworkIn", ...ofInstance],
      ["AWS/EC2", "NetworkOut", ...ofInstance],
    ]),
    graph(8, 9, "Seen from outside: milliseconds to the first byte", "us-east-1", [
      ["AWS/Route53", "TimeToFirstByte", "HealthCheckId", args.healthCheckId],
    ]),
    graph(16, 9, "CPU credits, and days left of the certificate", region, [
      ["AWS/EC2", "CPUCreditBalance", ...ofInstance],
      [siteNamespace, args.certificateMetric],
    ]),
    {
      type: "log",
      x: 0,
      y: 15,
      width: 24,
      height: 6,
      properties: {
        title: "What the web server complains about",
        region,
        view: "table",
        query: `SOURCE '${args.webLogGroup}' | fields @timestamp, @message | filter @message like /\\[(error|crit|alert|emerg)\\]/ | sort @timestamp desc | limit 50`,
      },
    },
  ];
  return JSON.stringify({ widgets });
}

function graph(
  x: number,
  y: number,
  title: string,
  region: string,
  metrics: readonly (readonly string[])[],
): Widget {
  return {
    type: "metric",
    x,
    y,
    width: 8,
    height: 6,
    properties: { title, region, metrics, period: 300, stat: "Average", view: "timeSeries" },
  };
}
