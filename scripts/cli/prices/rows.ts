/** A row of a price list, by the names in its heading. */
export type Row = ReadonlyMap<string, string>;

/** Where a price belongs in the table: its section, and its name there. */
export interface Price {
  readonly section: "ec2" | "rds" | "rdsPostgres" | "aurora" | "elasticache" | "units";
  readonly name: string;
  /** US dollars for one hour, or for one gigabyte and month. */
  readonly amount: number;
}

/** The values of a line of CSV: in quotes where they hold commas, a quote inside doubled. */
export function splitLine(line: string): string[] {
  const values: string[] = [];
  let value = "";
  let quoted = false;
  for (let index = 0; index < line.length; index++) {
    const character = line[index];
    if (character === '"' && quoted && line[index + 1] === '"') {
      value += '"';
      index += 1;
    } else if (character === '"') {
      quoted = !quoted;
    } else if (character === "," && !quoted) {
      values.push(value);
      value = "";
    } else {
      value += character;
    }
  }
  return [...values, value];
}

/**
 * Reads a price list line by line: some lines about the list come first, then the heading, then rows
 * (https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html).
 */
export class RowReader {
  private heading: string[] | undefined;

  /** The row of a line; undefined for the lines before the rows. */
  read(line: string): Row | undefined {
    const values = splitLine(line);
    if (this.heading !== undefined) {
      const names = this.heading;
      return new Map(values.map((value, index) => [names[index] ?? "", value]));
    }
    if (values[0] === "SKU") this.heading = values;
    return undefined;
  }
}

/** The price that a row tells, where it is one of those that the table holds: on demand, Linux, one zone. */
export function priceOf(row: Row): Price | undefined {
  const has = (name: string, value: string) => row.get(name) === value;
  const amount = Number(row.get("PricePerUnit"));
  if (!has("TermType", "OnDemand") || !has("Currency", "USD") || !(amount > 0)) return undefined;
  const type = row.get("Instance Type") ?? "";
  switch (row.get("Product Family")) {
    case "Compute Instance":
    case "Compute Instance (bare metal)":
      return has("Tenancy", "Shared") &&
        has("Operating System", "Linux") &&
        has("Pre Installed S/W", "NA") &&
        has("CapacityStatus", "Used")
        ? { section: "ec2", name: type, amount }
        : undefined;
    case "Storage":
      return unitPrice(byVolume[row.get("Volume API Name") ?? ""], amount);
    case "Database Storage":
      return has("Deployment Option", "Single-AZ") && has("Volume Type", "General Purpose")
        ? unitPrice("rdsStoragePerGigabyteMonth", amount)
        : undefined;
    case "Database Instance":
      if (!has("Deployment Option", "Single-AZ")) return undefined;
      if (has("Database Engine", "MySQL")) return { section: "rds", name: type, amount };
      if (has("Database Engine", "PostgreSQL")) return { section: "rdsPostgres", name: type, amount };
      return has("Database Engine", "Aurora MySQL") && !(row.get("usageType") ?? "").includes("IOOptimized")
        ? { section: "aurora", name: type, amount }
        : undefined;
    case "Cache Instance":
      return has("Cache Engine", "Redis") ? { section: "elasticache", name: type, amount } : undefined;
    default:
      return unitPrice(byUsage[row.get("Product Family") ?? ""]?.[usageOf(row)], amount);
  }
}

/** AWS names usage after the region, but in us-east-1: `EUC1-NatGateway-Hours`. */
function usageOf(row: Row): string {
  return (row.get("usageType") ?? "").replace(/^[A-Z]{2,4}\d?-/, "");
}

const byVolume: Readonly<Record<string, string>> = {
  gp3: "gp3PerGigabyteMonth",
  gp2: "gp2PerGigabyteMonth",
  io1: "io1PerGigabyteMonth",
  io2: "io2PerGigabyteMonth",
  st1: "st1PerGigabyteMonth",
  sc1: "sc1PerGigabyteMonth",
  standard: "standardPerGigabyteMonth",
};

/** By product family and usage: what an hour costs that is there, not what it does. */
const byUsage: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "Load Balancer-Application": { LoadBalancerUsage: "applicationLoadBalancerPerHour" },
  "Load Balancer-Network": { LoadBalancerUsage: "networkLoadBalancerPerHour" },
  "Load Balancer-Gateway": { LoadBalancerUsage: "gatewayLoadBalancerPerHour" },
  "Load Balancer": { LoadBalancerUsage: "classicLoadBalancerPerHour" },
  "NAT Gateway": { "NatGateway-Hours": "natGatewayPerHour" },
  Compute: {
    "Fargate-vCPU-Hours:perCPU": "fargateCpuPerHour",
    "Fargate-GB-Hours": "fargateGigabytePerHour",
    "Fargate-ARM-vCPU-Hours:perCPU": "fargateArmCpuPerHour",
    "Fargate-ARM-GB-Hours": "fargateArmGigabytePerHour",
    "Fargate-EphemeralStorage-GB-Hours": "fargateStoragePerGigabyteHour",
  },
};

function unitPrice(name: string | undefined, amount: number): Price | undefined {
  return name === undefined ? undefined : { section: "units", name, amount };
}
