import { monthly, sizePrice } from "../prices";
import {
  append,
  flag,
  keyOf,
  list,
  nested,
  number,
  type ResourceView,
  text,
  unknownProperty,
} from "../resources";
import type { Bill } from "./bill";
import { diskCost } from "./disks";

const databaseType = "aws:rds/instance:Instance";

/** What keeps data, as far as it is paid by the hour and by the size that was asked for. */
export function storeCosts(bill: Bill): void {
  for (const database of bill.resources.ofType(databaseType)) rdsCost(bill, database);
  clusterCosts(bill);
  for (const proxy of bill.resources.ofType("aws:rds/proxy:Proxy")) proxyCost(bill, proxy);
  cacheCosts(bill);
  for (const domain of bill.resources.ofType(
    "aws:opensearch/domain:Domain",
    "aws:elasticsearch/domain:Domain",
  ))
    searchCost(bill, domain);
  documentCosts(bill);
  for (const cluster of bill.resources.ofType("aws:redshift/cluster:Cluster")) redshiftCost(bill, cluster);
  for (const cluster of bill.resources.ofType("aws:msk/cluster:Cluster")) kafkaCost(bill, cluster);
  for (const table of bill.resources.ofType("aws:dynamodb/table:Table")) tableCost(bill, table);
  for (const stream of bill.resources.ofType("aws:kinesis/stream:Stream")) streamCost(bill, stream);
  for (const system of bill.resources.ofType("aws:efs/fileSystem:FileSystem"))
    if (text(system, "throughputMode") === "provisioned")
      bill.add(
        `throughput of ${system.name}`,
        bill.units(system, "efsPerMegabyteMonth", number(system, "provisionedThroughputInMibps")),
      );
  for (const database of bill.resources.ofType("aws:lightsail/database:Database"))
    bill.add(
      `Lightsail database ${database.name}`,
      sizePrice(bill.table(database), "lightsailDatabase", text(database, "bundleId")),
    );
}

function hourly(price: number | undefined, count: number | undefined): number | undefined {
  return price === undefined || count === undefined ? undefined : monthly(price) * count;
}

/** `2 x cache.t4g.small`, or what isn't known. */
function sized(count: number | undefined, size: string | undefined): string {
  return `(${count !== undefined && count > 1 ? `${count} x ` : ""}${size ?? "of a size not known"})`;
}

/** MySQL and MariaDB cost the same, PostgreSQL a little more; Oracle, SQL Server and Db2 come with licences, which the tables lack. */
function sectionOfEngine(engine: string | undefined): "rds" | "rdsPostgres" | undefined {
  if (engine === undefined || engine === "mysql" || engine === "mariadb") return "rds";
  return engine === "postgres" ? "rdsPostgres" : undefined;
}

function rdsCost(bill: Bill, database: ResourceView): void {
  const source = sourceOf(bill, database);
  const engine = text(database, "engine") ?? (source === undefined ? undefined : text(source, "engine"));
  const section = sectionOfEngine(engine);
  const size = text(database, "instanceClass");
  const copies = flag(database, "multiAz") === true ? 2 : 1;
  const table = bill.table(database);
  const kind = (database.properties.replicateSourceDb ?? "") !== "" ? "read replica" : "RDS instance";
  const licence = section === undefined ? `, ${engine} with its licence` : "";
  const zones = copies === 2 ? ", Multi-AZ" : "";
  bill.add(
    `${kind} ${database.name} ${sized(1, size)}${zones}${licence}`,
    unknownProperty(database, "multiAz") || section === undefined
      ? undefined
      : hourly(sizePrice(table, section, size), copies),
  );
  const storage = rdsStorage(bill, database, source);
  bill.add(`storage of ${database.name}`, storage === undefined ? undefined : copies * storage);
}

/** What a replica is made from. */
function sourceOf(bill: Bill, database: ResourceView): ResourceView | undefined {
  return bill.resources
    .referred(database, "replicateSourceDb", [databaseType])
    .find((one) => one !== database);
}

/** What is included in the price of gp3, from so many gigabytes on: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
const includedInGp3 = [
  { from: 400, iops: 12_000, throughput: 500 },
  { from: 0, iops: 3000, throughput: 125 },
] as const;

/** Dollars a month for one copy of a database's storage. */
function rdsStorage(
  bill: Bill,
  database: ResourceView,
  source: ResourceView | undefined,
): number | undefined {
  const size =
    number(database, "allocatedStorage") ??
    (source === undefined ? undefined : number(source, "allocatedStorage"));
  if (size === undefined) return undefined;
  const { units } = bill.table(database);
  const iops = number(database, "iops");
  const type = text(database, "storageType") ?? (iops === undefined ? "gp2" : "io1");
  if (type === "io1" || type === "io2") {
    const { rdsIoPerGigabyteMonth: perGigabyte, rdsIoPerIopsMonth: perIops } = units;
    if (perGigabyte === undefined || perIops === undefined || iops === undefined) return undefined;
    return size * perGigabyte + iops * perIops;
  }
  if (units.rdsStoragePerGigabyteMonth === undefined) return undefined;
  const plain = size * units.rdsStoragePerGigabyteMonth;
  if (type !== "gp3") return plain;
  const included = includedInGp3.find(({ from }) => size >= from);
  const over = (property: string, most = 0) => Math.max(0, (number(database, property) ?? 0) - most);
  return (
    plain +
    over("iops", included?.iops) * (units.rdsGp3PerIopsMonth ?? 0) +
    over("storageThroughput", included?.throughput) * (units.rdsGp3PerMegabyteMonth ?? 0)
  );
}

/** Aurora's instances, and the least that a serverless one takes. Its storage grows with what is stored, and depends on use. */
function clusterCosts(bill: Bill): void {
  const instances = new Map<string, ResourceView[]>();
  for (const instance of bill.resources.ofType("aws:rds/clusterInstance:ClusterInstance")) {
    const [cluster] = bill.resources.referred(instance, "clusterIdentifier", ["aws:rds/cluster:Cluster"]);
    if (cluster === undefined) clusterInstanceCost(bill, instance, undefined);
    else append(instances, keyOf(cluster), instance);
  }
  for (const cluster of bill.resources.ofType("aws:rds/cluster:Cluster")) {
    for (const instance of instances.get(keyOf(cluster)) ?? []) clusterInstanceCost(bill, instance, cluster);
    const builtIn = text(cluster, "dbClusterInstanceClass");
    // Three instances of a "Multi-AZ DB cluster" have prices of their own.
    if (builtIn !== undefined) bill.add(`RDS cluster ${cluster.name} (3 x ${builtIn})`, undefined);
    if (text(cluster, "engineMode") !== "serverless") continue;
    const [scaling] = nested(cluster, "scalingConfiguration");
    const paused = scaling === undefined || flag(scaling, "autoPause") !== false;
    const units = paused ? 0 : (number(scaling, "minCapacity") ?? 1);
    bill.add(
      `Aurora Serverless ${cluster.name} (at the least)`,
      bill.units(cluster, "auroraFirstUnitPerHour", units),
    );
  }
}

function clusterInstanceCost(bill: Bill, instance: ResourceView, cluster: ResourceView | undefined): void {
  const size = text(instance, "instanceClass");
  const table = bill.table(instance);
  if (size === "db.serverless") {
    const [scaling] = cluster === undefined ? [] : nested(cluster, "serverlessv2ScalingConfiguration");
    const units = scaling === undefined ? undefined : number(scaling, "minCapacity");
    bill.add(
      `Aurora Serverless instance ${instance.name} (at the least)`,
      bill.units(instance, "auroraUnitPerHour", units),
    );
    return;
  }
  const optimized = cluster !== undefined && text(cluster, "storageType") === "aurora-iopt1";
  const factor = optimized ? table.units.auroraOptimizedFactor : 1;
  const price = sizePrice(table, "aurora", size);
  bill.add(
    `Aurora instance ${instance.name} ${sized(1, size)}`,
    factor === undefined ? undefined : hourly(price, factor),
  );
}

/** Processors by size; the smallest are counted as two. */
function processorsOf(size: string | undefined): number | undefined {
  const step = size?.split(".").at(-1) ?? "";
  const [, times] = /^(\d*)xlarge$/.exec(step) ?? [];
  if (times !== undefined) return 4 * Number(times === "" ? 1 : times);
  return /^(micro|small|medium|large)$/.test(step) ? 2 : undefined;
}

/** A proxy is paid by the processors of the databases behind it. */
function proxyCost(bill: Bill, proxy: ResourceView): void {
  const targets = bill.resources
    .ofType("aws:rds/proxyTarget:ProxyTarget")
    .filter((target) =>
      bill.resources.referred(target, "dbProxyName", ["aws:rds/proxy:Proxy"]).includes(proxy),
    );
  const behind = targets.flatMap((target) => [
    ...bill.resources.referred(target, "dbInstanceIdentifier", [databaseType]),
    ...bill.resources
      .referred(target, "dbClusterIdentifier", ["aws:rds/cluster:Cluster"])
      .flatMap((cluster) =>
        bill.resources
          .ofType("aws:rds/clusterInstance:ClusterInstance")
          .filter((one) =>
            bill.resources.referred(one, "clusterIdentifier", ["aws:rds/cluster:Cluster"]).includes(cluster),
          ),
      ),
  ]);
  const processors = behind.map((database) => processorsOf(text(database, "instanceClass")));
  const known = processors.length > 0 && processors.every((one) => one !== undefined);
  const count = processors.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  bill.add(`RDS proxy ${proxy.name}`, bill.units(proxy, "rdsProxyPerCpuHour", known ? count : undefined));
}

const groupType = "aws:elasticache/replicationGroup:ReplicationGroup";

function cacheCosts(bill: Bill): void {
  for (const cluster of bill.resources.ofType("aws:elasticache/cluster:Cluster")) {
    const [group] = bill.resources.referred(cluster, "replicationGroupId", [groupType]);
    const size = text(cluster, "nodeType") ?? (group === undefined ? undefined : text(group, "nodeType"));
    const nodes = unknownProperty(cluster, "numCacheNodes")
      ? undefined
      : (number(cluster, "numCacheNodes") ?? 1);
    cacheCost(bill, cluster, "ElastiCache cluster", size, nodes);
  }
  for (const group of bill.resources.ofType(groupType))
    cacheCost(bill, group, "ElastiCache replication group", text(group, "nodeType"), nodesOfGroup(group));
  for (const cache of bill.resources.ofType("aws:elasticache/serverlessCache:ServerlessCache")) {
    // The least that is paid: a gigabyte, or a tenth of one for Valkey.
    const valkey = text(cache, "engine") === "valkey";
    const cost = valkey
      ? bill.units(cache, "valkeyServerlessPerGigabyteHour", 0.1)
      : bill.units(cache, "cacheServerlessPerGigabyteHour", 1);
    bill.add(`ElastiCache serverless cache ${cache.name} (at the least)`, cost);
  }
}

function cacheCost(
  bill: Bill,
  cache: ResourceView,
  kind: string,
  size: string | undefined,
  nodes: number | undefined,
): void {
  const table = bill.table(cache);
  const factor = text(cache, "engine") === "valkey" ? (table.units.valkeyFactor ?? 1) : 1;
  const cost = hourly(sizePrice(table, "elasticache", size), nodes);
  bill.add(`${kind} ${cache.name} ${sized(nodes, size)}`, cost === undefined ? undefined : cost * factor);
}

/** Every shard has a primary and its replicas. */
function nodesOfGroup(group: ResourceView): number | undefined {
  const properties = ["numCacheClusters", "numNodeGroups", "replicasPerNodeGroup", "nodeGroupConfigurations"];
  if (properties.some((property) => unknownProperty(group, property))) return undefined;
  const configured = list(group, "nodeGroupConfigurations").length;
  const shards = number(group, "numNodeGroups") ?? (configured > 0 ? configured : undefined);
  const replicas = number(group, "replicasPerNodeGroup");
  if (shards === undefined && replicas === undefined) return number(group, "numCacheClusters") ?? 1;
  return (shards ?? 1) * ((replicas ?? 0) + 1);
}

function searchCost(bill: Bill, domain: ResourceView): void {
  const table = bill.table(domain);
  const view = nested(domain, "clusterConfig")[0] ?? { ...domain, properties: {} };
  const nodes = number(view, "instanceCount") ?? 1;
  const price = (property: string, usual: string) => {
    const type = text(view, property) ?? (unknownProperty(view, property) ? undefined : usual);
    return sizePrice(table, "search", type?.replace(/\.(search|elasticsearch)$/, ""));
  };
  const usual = "m4.large.search";
  const size = text(view, "instanceType") ?? usual;
  bill.add(
    `OpenSearch domain ${domain.name} ${sized(nodes, size)}`,
    hourly(price("instanceType", usual), nodes),
  );
  if (flag(view, "dedicatedMasterEnabled") === true) {
    const masters = number(view, "dedicatedMasterCount") ?? 3;
    bill.add(`dedicated masters of ${domain.name}`, hourly(price("dedicatedMasterType", size), masters));
  }
  if (flag(view, "warmEnabled") === true)
    bill.add(
      `warm nodes of ${domain.name}`,
      hourly(price("warmType", "ultrawarm1.medium"), number(view, "warmCount")),
    );
  const [disk] = nested(domain, "ebsOptions");
  if (disk === undefined || flag(disk, "ebsEnabled") === false) return;
  const type = text(disk, "volumeType") ?? "gp2";
  const perGigabyte =
    type === "gp3"
      ? table.units.searchGp3PerGigabyteMonth
      : type === "gp2"
        ? table.units.searchGp2PerGigabyteMonth
        : undefined;
  const gigabytes = number(disk, "volumeSize");
  bill.add(
    `storage of ${domain.name}`,
    perGigabyte === undefined || gigabytes === undefined ? undefined : nodes * gigabytes * perGigabyte,
  );
}

function documentCosts(bill: Bill): void {
  for (const instance of bill.resources.ofType("aws:docdb/clusterInstance:ClusterInstance")) {
    const size = text(instance, "instanceClass");
    const cost = hourly(sizePrice(bill.table(instance), "documentdb", size), 1);
    bill.add(`DocumentDB instance ${instance.name} ${sized(1, size)}`, cost);
  }
}

function redshiftCost(bill: Bill, cluster: ResourceView): void {
  const size = text(cluster, "nodeType");
  const nodes = number(cluster, "numberOfNodes") ?? 1;
  const price = sizePrice(bill.table(cluster), "redshift", size);
  bill.add(`Redshift cluster ${cluster.name} ${sized(nodes, size)}`, hourly(price, nodes));
}

function kafkaCost(bill: Bill, cluster: ResourceView): void {
  const brokers = number(cluster, "numberOfBrokerNodes");
  const [node] = nested(cluster, "brokerNodeGroupInfo");
  const size = node === undefined ? undefined : text(node, "instanceType");
  const price = sizePrice(bill.table(cluster), "kafka", size);
  bill.add(`Kafka cluster ${cluster.name} ${sized(brokers, size)}`, hourly(price, brokers));
  const gigabytes = node === undefined ? undefined : volumeSizeIn(node);
  if (gigabytes !== undefined && brokers !== undefined)
    bill.add(`storage of ${cluster.name}`, bill.units(cluster, "kafkaPerGigabyteMonth", brokers * gigabytes));
}

function volumeSizeIn(node: ResourceView): number | undefined {
  return nested(node, "storageInfo")
    .flatMap((storage) => nested(storage, "ebsStorageInfo"))
    .flatMap((disk) => number(disk, "volumeSize") ?? [])[0];
}

/** Provisioned capacity; on demand a table is paid by its requests. */
function tableCost(bill: Bill, table: ResourceView): void {
  if ((text(table, "billingMode") ?? "PROVISIONED") !== "PROVISIONED") return;
  const parts = [table, ...nested(table, "globalSecondaryIndexes")];
  const sum = (property: string) => parts.reduce((total, part) => total + (number(part, property) ?? 0), 0);
  const read = bill.units(table, "dynamodbReadPerHour", sum("readCapacity"));
  const write = bill.units(table, "dynamodbWritePerHour", sum("writeCapacity"));
  bill.add(
    `DynamoDB table ${table.name}`,
    read === undefined || write === undefined || unknownProperty(table, "readCapacity")
      ? undefined
      : read + write,
  );
}

function streamCost(bill: Bill, stream: ResourceView): void {
  const onDemand = nested(stream, "streamModeDetails").some((one) => text(one, "streamMode") === "ON_DEMAND");
  const cost = onDemand
    ? bill.units(stream, "kinesisStreamPerHour", 1)
    : bill.units(stream, "kinesisShardPerHour", number(stream, "shardCount"));
  bill.add(`Kinesis stream ${stream.name}`, cost);
}

/** Dollars a month for a volume that is a resource of its own. */
export function volumeCost(bill: Bill, volume: ResourceView): number | undefined {
  return diskCost(bill.table(volume), {
    size: number(volume, "size"),
    type: text(volume, "type"),
    iops: number(volume, "iops"),
    throughput: number(volume, "throughput"),
  });
}
