import { isBurstable } from "./instanceType";

/** One alarm, before it has a place to send to. */
export interface AlarmPlan {
  /** Its part in names: `cpu`. */
  readonly name: string;
  /** What a person reads in the e-mail: what is wrong and where to look. */
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  /** Dimensions besides the instance's id. */
  readonly dimensions?: Readonly<Record<string, string>>;
  /** The metric is not of one instance. */
  readonly siteWide?: true;
  readonly statistic: "Average" | "Maximum" | "Minimum";
  readonly comparison: "GreaterThanOrEqualToThreshold" | "LessThanThreshold" | "GreaterThanThreshold";
  readonly threshold: number;
  /** Seconds: 60 or a multiple. */
  readonly period: number;
  readonly evaluationPeriods: number;
  /** `breaching`: silence is trouble as well. */
  readonly treatMissingData: "breaching" | "missing" | "notBreaching";
  /** What EC2 does by itself besides the e-mail. */
  readonly action?: "recover" | "reboot";
}

/**
 * The most CPU credits an instance can hold, by its size
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html).
 */
const creditLimits: Readonly<Record<string, number>> = {
  nano: 144,
  micro: 288,
  small: 576,
  medium: 576,
  large: 864,
  xlarge: 2304,
  "2xlarge": 4608,
};

/** Where the data volume is mounted on servers. */
export const dataFolder = "/srv/data";

/** The metrics of the CloudWatch agent and of this project's servers. */
export const agentNamespace = "CWAgent";
export const siteNamespace = "OneServerWeb";

/**
 * The alarms of one server.
 * @param keepsData whether it has a data volume
 */
export function planServerAlarms(instanceType: string, keepsData: boolean): AlarmPlan[] {
  return [
    ...statusAlarms,
    {
      name: "cpu",
      description:
        "The processor was busy for 15 minutes: look for a slow page, or take a larger instanceType.",
      namespace: "AWS/EC2",
      metricName: "CPUUtilization",
      statistic: "Average",
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 80,
      period: 300,
      evaluationPeriods: 3,
      treatMissingData: "missing",
    },
    ...creditAlarms(instanceType),
    {
      name: "memory",
      description:
        "Memory is nearly used up, or the CloudWatch agent is silent: look at the largest processes, or take a larger instanceType.",
      namespace: agentNamespace,
      metricName: "mem_used_percent",
      statistic: "Average",
      comparison: "GreaterThanOrEqualToThreshold",
      threshold: 90,
      period: 300,
      evaluationPeriods: 3,
      treatMissingData: "breaching",
    },
    diskAlarm("disk-root", "/", "old packages and logs", "rootVolumeSize"),
    ...(keepsData
      ? [diskAlarm("disk-data", dataFolder, "the database and the shared paths", "dataVolumeSize")]
      : []),
  ];
}

/** One for the whole site: every server that holds the certificate reports on the same one. */
export const certificateAlarm: AlarmPlan = {
  name: "certificate",
  description:
    "The certificate that the site serves ends within 14 days, or is not reported on: look at the journal of certbot.",
  namespace: siteNamespace,
  metricName: "CertificateDaysLeft",
  siteWide: true,
  statistic: "Minimum",
  comparison: "LessThanThreshold",
  threshold: 14,
  period: 21600,
  evaluationPeriods: 1,
  treatMissingData: "breaching",
};

/** From outside: Route 53's checkers ask the site's health path from several regions. */
export const siteAlarm: AlarmPlan = {
  name: "site",
  description:
    "The site does not answer from outside: look at the server's status checks, then at nginx's error log.",
  namespace: "AWS/Route53",
  metricName: "HealthCheckStatus",
  siteWide: true,
  statistic: "Minimum",
  comparison: "LessThanThreshold",
  threshold: 1,
  period: 60,
  evaluationPeriods: 2,
  treatMissingData: "breaching",
};

const statusAlarms: readonly AlarmPlan[] = [
  {
    ...statusCheck("StatusCheckFailed_System", 2),
    name: "status-system",
    description: "AWS's hardware under the server failed: EC2 moves it to other hardware automatically.",
    action: "recover",
  },
  {
    ...statusCheck("StatusCheckFailed_Instance", 3),
    name: "status-instance",
    description: "The server's system does not answer: EC2 restarts it automatically.",
    action: "reboot",
  },
  {
    ...statusCheck("StatusCheckFailed_AttachedEBS", 2),
    name: "status-volume",
    description: "A volume of the server does not answer: look at EBS in AWS's health dashboard.",
  },
];

function statusCheck(metricName: string, minutes: number): Omit<AlarmPlan, "name" | "description"> {
  return {
    namespace: "AWS/EC2",
    metricName,
    statistic: "Maximum",
    comparison: "GreaterThanThreshold",
    threshold: 0,
    period: 60,
    evaluationPeriods: minutes,
    treatMissingData: "missing",
  };
}

function creditAlarms(instanceType: string): AlarmPlan[] {
  const limit = creditLimits[instanceType.split(".")[1] ?? ""];
  if (!isBurstable(instanceType) || limit === undefined) return [];
  return [
    {
      name: "credits",
      description:
        "The CPU credits are nearly used up, and more processor time costs extra from then on: take a larger instanceType, or one without credits.",
      namespace: "AWS/EC2",
      metricName: "CPUCreditBalance",
      statistic: "Minimum",
      comparison: "LessThanThreshold",
      // A tenth. A fresh instance starts below it and earns its credits within hours, hence the three hours.
      threshold: Math.round(limit / 10),
      period: 3600,
      evaluationPeriods: 3,
      treatMissingData: "missing",
    },
  ];
}

function diskAlarm(name: string, path: string, culprits: string, setting: string): AlarmPlan {
  return {
    name,
    description: `${path} is 80 % full: look at ${culprits}, or raise ${setting}, which grows it in place.`,
    namespace: agentNamespace,
    metricName: "disk_used_percent",
    dimensions: { path },
    statistic: "Maximum",
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 80,
    period: 300,
    evaluationPeriods: 2,
    treatMissingData: "breaching",
  };
}
