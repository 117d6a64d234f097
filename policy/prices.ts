/**
 * Prices on demand in US dollars, us-east-1, Linux. A month has 730 hours, as in AWS's own calculator. Traffic, backups and requests are left out:
 * they depend on use. Source of every figure: AWS's public price pages (https://aws.amazon.com/ec2/pricing/on-demand/, /rds/mysql/pricing/,
 * /rds/aurora/pricing/, /elasticloadbalancing/pricing/, /vpc/pricing/, /ebs/pricing/, /route53/pricing/, /elasticache/pricing/, /efs/pricing/,
 * /fargate/pricing/, /lightsail/pricing/, /eks/pricing/, /cloudwatch/pricing/).
 */
export interface Prices {
  /** The month to which the figures belong. */
  readonly asOf: string;
  readonly region: string;
  readonly currency: "USD";
  readonly hoursPerMonth: number;
  /** EC2 instances by type, per hour. */
  readonly ec2: Readonly<Record<string, number>>;
  /** RDS for MySQL, MariaDB and PostgreSQL by class, one zone, per hour; twice that for Multi-AZ. */
  readonly rds: Readonly<Record<string, number>>;
  /** Aurora by class, per hour and instance. */
  readonly aurora: Readonly<Record<string, number>>;
  /** ElastiCache for Redis OSS by node type, per hour and node. */
  readonly elasticache: Readonly<Record<string, number>>;
  /** Lightsail bundles, per month. Databases with `_ha_` are counted with their standby. */
  readonly lightsail: Readonly<Record<string, number>>;
  /** Single figures, in the unit that the name says. */
  readonly units: Readonly<Record<Unit, number>>;
}

export type Unit =
  | "publicIpv4PerHour"
  | "applicationLoadBalancerPerHour"
  | "networkLoadBalancerPerHour"
  | "classicLoadBalancerPerHour"
  | "natGatewayPerHour"
  | "gp3PerGigabyteMonth"
  | "gp2PerGigabyteMonth"
  | "rdsStoragePerGigabyteMonth"
  | "auroraStoragePerGigabyteMonth"
  | "efsPerGigabyteMonth"
  | "efsOneZonePerGigabyteMonth"
  | "route53ZonePerMonth"
  | "route53HealthCheckPerMonth"
  | "route53HealthCheckOptionPerMonth"
  | "snapshotPerGigabyteMonth"
  | "alarmPerMonth"
  | "alarmHighResolutionPerMonth"
  | "cloudWatchDashboardPerMonth"
  | "fargateCpuPerHour"
  | "fargateGigabytePerHour"
  | "eksClusterPerHour"
  | "lightsailLoadBalancerPerMonth";

export const prices: Prices = {
  asOf: "2026-06",
  region: "us-east-1",
  currency: "USD",
  hoursPerMonth: 730,
  ec2: {
    "t2.micro": 0.0116,
    "t2.small": 0.023,
    "t2.medium": 0.0464,
    "t2.large": 0.0928,
    "t3.nano": 0.0052,
    "t3.micro": 0.0104,
    "t3.small": 0.0208,
    "t3.medium": 0.0416,
    "t3.large": 0.0832,
    "t3.xlarge": 0.1664,
    "t3.2xlarge": 0.3328,
    "t3a.nano": 0.0047,
    "t3a.micro": 0.0094,
    "t3a.small": 0.0188,
    "t3a.medium": 0.0376,
    "t3a.large": 0.0752,
    "t3a.xlarge": 0.1504,
    "t4g.nano": 0.0042,
    "t4g.micro": 0.0084,
    "t4g.small": 0.0168,
    "t4g.medium": 0.0336,
    "t4g.large": 0.0672,
    "t4g.xlarge": 0.1344,
    "t4g.2xlarge": 0.2688,
    "m5.large": 0.096,
    "m5.xlarge": 0.192,
    "m5.2xlarge": 0.384,
    "m6i.large": 0.096,
    "m6i.xlarge": 0.192,
    "m6g.large": 0.077,
    "m6g.xlarge": 0.154,
    "m7g.medium": 0.0408,
    "m7g.large": 0.0816,
    "m7g.xlarge": 0.1632,
    "m7g.2xlarge": 0.3264,
    "m7i.large": 0.1008,
    "m7i.xlarge": 0.2016,
    "m8g.large": 0.08976,
    "c5.large": 0.085,
    "c5.xlarge": 0.17,
    "c6i.large": 0.085,
    "c6g.large": 0.068,
    "c7g.medium": 0.0363,
    "c7g.large": 0.0725,
    "c7g.xlarge": 0.145,
    "c7i.large": 0.08925,
    "r5.large": 0.126,
    "r6i.large": 0.126,
    "r6g.large": 0.1008,
    "r7g.large": 0.1071,
  },
  rds: {
    "db.t3.micro": 0.017,
    "db.t3.small": 0.034,
    "db.t3.medium": 0.068,
    "db.t3.large": 0.136,
    "db.t4g.micro": 0.016,
    "db.t4g.small": 0.032,
    "db.t4g.medium": 0.065,
    "db.t4g.large": 0.129,
    "db.m5.large": 0.171,
    "db.m5.xlarge": 0.342,
    "db.m6g.large": 0.152,
    "db.m6g.xlarge": 0.304,
    "db.m6i.large": 0.171,
    "db.m7g.large": 0.168,
    "db.r5.large": 0.24,
    "db.r6g.large": 0.215,
    "db.r6i.large": 0.24,
    "db.r7g.large": 0.239,
  },
  aurora: {
    "db.t3.medium": 0.082,
    "db.t4g.medium": 0.073,
    "db.t4g.large": 0.146,
    "db.r5.large": 0.29,
    "db.r6g.large": 0.26,
    "db.r6i.large": 0.29,
    "db.r7g.large": 0.276,
  },
  elasticache: {
    "cache.t3.micro": 0.017,
    "cache.t3.small": 0.034,
    "cache.t3.medium": 0.068,
    "cache.t4g.micro": 0.016,
    "cache.t4g.small": 0.032,
    "cache.t4g.medium": 0.065,
    "cache.m6g.large": 0.149,
    "cache.r6g.large": 0.206,
    "cache.r7g.large": 0.219,
  },
  lightsail: {
    nano_3_0: 5,
    micro_3_0: 7,
    small_3_0: 12,
    medium_3_0: 24,
    large_3_0: 44,
    xlarge_3_0: 84,
    "2xlarge_3_0": 164,
    micro_2_0: 15,
    small_2_0: 30,
    medium_2_0: 60,
    large_2_0: 115,
    micro_ha_2_0: 30,
    small_ha_2_0: 60,
    medium_ha_2_0: 120,
    large_ha_2_0: 230,
  },
  units: {
    publicIpv4PerHour: 0.005,
    applicationLoadBalancerPerHour: 0.0225,
    networkLoadBalancerPerHour: 0.0225,
    classicLoadBalancerPerHour: 0.025,
    natGatewayPerHour: 0.045,
    gp3PerGigabyteMonth: 0.08,
    gp2PerGigabyteMonth: 0.1,
    rdsStoragePerGigabyteMonth: 0.115,
    auroraStoragePerGigabyteMonth: 0.1,
    efsPerGigabyteMonth: 0.3,
    efsOneZonePerGigabyteMonth: 0.16,
    route53ZonePerMonth: 0.5,
    route53HealthCheckPerMonth: 0.5,
    // A check of an AWS endpoint; each option (HTTPS, string, fast, latency): https://aws.amazon.com/route53/pricing/
    route53HealthCheckOptionPerMonth: 1,
    // Standard tier: https://aws.amazon.com/ebs/pricing/
    snapshotPerGigabyteMonth: 0.05,
    // Per metric, at 60 s and at 10 or 30 s, and a dashboard of one's own: https://aws.amazon.com/cloudwatch/pricing/
    alarmPerMonth: 0.1,
    alarmHighResolutionPerMonth: 0.3,
    cloudWatchDashboardPerMonth: 3,
    fargateCpuPerHour: 0.04048,
    fargateGigabytePerHour: 0.004445,
    eksClusterPerHour: 0.1,
    lightsailLoadBalancerPerMonth: 18,
  },
};

/** Dollars a month for a figure per hour. */
export function monthly(perHour: number): number {
  return perHour * prices.hoursPerMonth;
}
