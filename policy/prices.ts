import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Single figures, in the unit that the name says. Factors are multiples of another price. */
const units = [
  "publicIpv4PerHour",
  "applicationLoadBalancerPerHour",
  "networkLoadBalancerPerHour",
  "gatewayLoadBalancerPerHour",
  "classicLoadBalancerPerHour",
  "natGatewayPerHour",
  "interfaceEndpointPerHour",
  "acceleratorPerHour",
  "vpnConnectionPerHour",
  "transitGatewayAttachmentPerHour",
  "clientVpnAssociationPerHour",
  "networkFirewallEndpointPerHour",
  "resolverAddressPerHour",
  "gp3PerGigabyteMonth",
  "gp3PerIopsMonth",
  "gp3PerMegabyteMonth",
  "gp2PerGigabyteMonth",
  "io1PerGigabyteMonth",
  "io1PerIopsMonth",
  "io2PerGigabyteMonth",
  "io2PerIopsMonth",
  "st1PerGigabyteMonth",
  "sc1PerGigabyteMonth",
  "standardPerGigabyteMonth",
  "snapshotPerGigabyteMonth",
  "rdsStoragePerGigabyteMonth",
  "rdsGp3PerIopsMonth",
  "rdsGp3PerMegabyteMonth",
  "rdsIoPerGigabyteMonth",
  "rdsIoPerIopsMonth",
  "rdsProxyPerCpuHour",
  "auroraUnitPerHour",
  "auroraFirstUnitPerHour",
  "auroraOptimizedFactor",
  "valkeyFactor",
  "cacheServerlessPerGigabyteHour",
  "valkeyServerlessPerGigabyteHour",
  "searchGp3PerGigabyteMonth",
  "searchGp2PerGigabyteMonth",
  "searchUnitPerHour",
  "kafkaPerGigabyteMonth",
  "efsPerMegabyteMonth",
  "dynamodbReadPerHour",
  "dynamodbWritePerHour",
  "kinesisShardPerHour",
  "kinesisStreamPerHour",
  "fargateCpuPerHour",
  "fargateGigabytePerHour",
  "fargateArmCpuPerHour",
  "fargateArmGigabytePerHour",
  "fargateStoragePerGigabyteHour",
  "eksClusterPerHour",
  "appRunnerGigabytePerHour",
  "route53ZonePerMonth",
  "route53HealthCheckPerMonth",
  "route53HealthCheckOptionPerMonth",
  "alarmPerMonth",
  "alarmHighResolutionPerMonth",
  "cloudWatchDashboardPerMonth",
  "webAclPerMonth",
  "webAclRulePerMonth",
  "kmsKeyPerMonth",
  "secretPerMonth",
  "privateAuthorityPerMonth",
  "shortLivedAuthorityPerMonth",
  "codePipelinePerMonth",
  "transferProtocolPerHour",
  "lightsailLoadBalancerPerMonth",
  "lightsailDiskPerGigabyteMonth",
  "lightsailDistributionPerMonth",
] as const;
export type Unit = (typeof units)[number];

/**
 * Prices on demand in US dollars, Linux, as AWS publishes them: https://aws.amazon.com/ec2/pricing/on-demand/, /ebs/pricing/, /vpc/pricing/,
 * /elasticloadbalancing/pricing/, /rds/mysql/pricing/, /rds/postgresql/pricing/, /rds/aurora/pricing/, /elasticache/pricing/,
 * /opensearch-service/pricing/, /documentdb/pricing/, /redshift/pricing/, /msk/pricing/, /dynamodb/pricing/, /kinesis/, /fargate/pricing/,
 * /eks/pricing/, /apprunner/pricing/, /lightsail/pricing/, /route53/pricing/, /cloudwatch/pricing/, /waf/pricing/, /kms/pricing/,
 * /secrets-manager/pricing/, /private-ca/pricing/, /global-accelerator/pricing/, /efs/pricing/. Traffic, requests, logs and backups are left out: they
 * depend on use. `npm run prices -- --region REGION` refreshes a table, or makes that of a region that has none.
 */
const amounts = z.record(z.string(), z.number().nonnegative());
const tableSchema = z.object({
  /** The month to which the figures belong. */
  asOf: z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/),
  /** The regions where these prices hold. */
  regions: z.array(z.string()).min(1),
  /** By family (`t4g`: the price of its `large`, of which other sizes are multiples) or by type, per hour. */
  ec2: amounts,
  /** MySQL and MariaDB by family or class in one zone, per hour; twice that for Multi-AZ. */
  rds: amounts,
  rdsPostgres: amounts,
  /** Per hour and instance. */
  aurora: amounts,
  /** Redis OSS and Memcached, per hour and node. */
  elasticache: amounts,
  /** OpenSearch by type without `.search`, per hour and node. */
  search: amounts,
  documentdb: amounts,
  redshift: amounts,
  kafka: amounts,
  /** Bundles, per month. Databases with `_ha_` are counted with their standby. */
  lightsail: amounts,
  lightsailDatabase: amounts,
  lightsailContainer: amounts,
  /** What a region lacks has no price there. */
  units: z.partialRecord(z.enum(units), z.number().nonnegative()),
});
export type PriceTable = z.infer<typeof tableSchema>;
/** The parts of a table that are looked up by size. */
export type Section = Exclude<keyof PriceTable, "asOf" | "regions" | "units">;

/** As in AWS's own calculator. */
export const hoursPerMonth = 730;
export const currency = "USD";
/** Prices are taken from here where a stack's region isn't known. */
export const defaultRegion = "us-east-1";

/** Where the tables are: one file each, named after the first of its regions. */
export const tablesFolder = join(__dirname, "prices");

function readTables(): ReadonlyMap<string, PriceTable> {
  const found = new Map<string, PriceTable>();
  for (const file of readdirSync(tablesFolder).filter((name) => name.endsWith(".json"))) {
    const table = tableSchema.parse(JSON.parse(readFileSync(join(tablesFolder, file), "utf8")));
    for (const region of table.regions) found.set(region, table);
  }
  return found;
}

const tables = readTables();

/** The regions that have prices. */
export const pricedRegions: readonly string[] = [...tables.keys()].sort();

/** A region's prices; undefined where no table has them. */
export function pricesOf(region: string): PriceTable | undefined {
  return tables.get(region);
}

/** The prices of the default region. */
export const prices = tables.get(defaultRegion) as PriceTable;

/** How many times the `large` of its family a size costs. */
const factors: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
};

function factorOf(size: string): number | undefined {
  const [, times] = /^(\d+)xlarge$/.exec(size) ?? [];
  return times === undefined ? factors[size] : 2 * Number(times);
}

/**
 * Dollars an hour for a size such as `t4g.small` or `db.r6g.xlarge`; dollars a month for Lightsail's bundles.
 * @returns undefined where the table has neither the size nor its family
 */
export function sizePrice(table: PriceTable, section: Section, size: string | undefined): number | undefined {
  if (size === undefined) return undefined;
  const amounts = table[section];
  const known = calculated.get(amounts)?.get(size);
  if (known !== undefined) return known;
  const price = calculate(amounts, section, size);
  if (price !== undefined) {
    const ofTable = calculated.get(amounts) ?? new Map<string, number>();
    calculated.set(amounts, ofTable.set(size, price));
  }
  return price;
}

/** Thousands of machines have a handful of sizes. */
const calculated = new WeakMap<PriceTable[Section], Map<string, number>>();

function calculate(amounts: PriceTable[Section], section: Section, size: string): number | undefined {
  const whole = amounts[size];
  if (whole !== undefined) return whole;
  const dot = size.lastIndexOf(".");
  const family = amounts[size.slice(0, dot)];
  const factor = factorOf(size.slice(dot + 1));
  if (dot === -1 || family === undefined || factor === undefined) return undefined;
  // AWS rounds the prices of databases and caches to a tenth of a cent.
  const digits = section === "ec2" ? 5 : 3;
  return Math.round(family * factor * 10 ** digits) / 10 ** digits;
}

/** Dollars a month for a figure per hour. */
export function monthly(perHour: number): number {
  return perHour * hoursPerMonth;
}
