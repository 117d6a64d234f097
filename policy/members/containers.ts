import { isObject, isUnknown, list, number, type Resources, type ResourceView, text } from "../resources";

export const taskDefinitionType = "aws:ecs/taskDefinition:TaskDefinition";

/** A container of a task, as far as it is known. */
export interface Container {
  readonly name: string;
  /** The image's last part without registry and tag, such as `redis`; empty where it isn't known. */
  readonly image: string;
  readonly ports: readonly number[];
  /** Names of the volumes that it mounts. */
  readonly mounts: readonly string[];
}

/** What a service's tasks are made of. */
export interface Task {
  readonly containers: readonly Container[];
  /** Names of volumes whose content outlives a task. */
  readonly kept: ReadonlySet<string>;
}

/** The task definition of a service, where it can be seen. */
export function taskOf(resources: Resources, service: ResourceView): Task | undefined {
  const [definition] = resources.referred(service, "taskDefinition", [taskDefinitionType]);
  return definition === undefined ? undefined : readTask(definition);
}

/** Reads a task definition. Containers that aren't known yet are missing. */
export function readTask(definition: ResourceView): Task {
  const kept = list(definition, "volumes")
    .filter(isObject)
    .filter((volume) => outlivesTask(volume))
    .map(({ name }) => String(name));
  return { containers: containersIn(text(definition, "containerDefinitions")), kept: new Set(kept) };
}

/** A volume that ECS makes for each task (`configureAtLaunch`) ends with the task. */
function outlivesTask(volume: Readonly<Record<string, unknown>>): boolean {
  return [
    "efsVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "dockerVolumeConfiguration",
    "hostPath",
    "s3filesVolumeConfiguration",
  ].some((property) => {
    const value = volume[property];
    return (
      value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0)
    );
  });
}

function containersIn(json: string | undefined): Container[] {
  if (json === undefined) return [];
  let read: unknown;
  try {
    read = JSON.parse(json);
  } catch {
    return [];
  }
  return (Array.isArray(read) ? read : []).filter(isObject).map((container) => {
    const view: ResourceView = { type: "", name: "", properties: container };
    const mappings = list(view, "portMappings").filter(isObject);
    return {
      name: text(view, "name") ?? "",
      image: imageName(text(view, "image")),
      ports: mappings.flatMap(
        (properties) => number({ type: "", name: "", properties }, "containerPort") ?? [],
      ),
      mounts: list(view, "mountPoints")
        .filter(isObject)
        .map(({ sourceVolume }) => String(sourceVolume)),
    };
  });
}

/** `public.ecr.aws/docker/library/redis:alpine` is `redis`. */
function imageName(image: string | undefined): string {
  if (image === undefined || isUnknown(image)) return "";
  return (image.split("/").at(-1) ?? "").split("@")[0]?.split(":")[0]?.toLowerCase() ?? "";
}

const images = (list: string) => new RegExp(`^(${list.split(" ").join("|")})([-_.0-9]|$)`);
const cacheImage = images("redis valkey keydb memcached dragonfly redis-stack");
const databaseImage = images(
  "mysql mariadb percona postgres postgresql postgis timescaledb pgvector mongo mongodb couchdb couchbase neo4j influxdb mssql clickhouse clickhouse-server meilisearch typesense qdrant weaviate",
);
const quorumImage = images(
  "consul vault etcd zookeeper kafka cp-kafka cp-zookeeper cockroach cassandra rabbitmq elasticsearch opensearch",
);
const ownDataImage = images(
  "wordpress ghost drupal joomla nextcloud owncloud grafana jenkins gitea gitlab-ce gitlab-ee n8n minecraft-server minecraft sonarqube nexus3 prometheus vaultwarden uptime-kuma mediawiki bookstack matomo moodle prestashop pocketbase minio rabbitmq",
);

/** What an image is known for: it keeps data, in memory or on its disk, or decides by majority. */
export function kindOfImage(image: string): "cache" | "database" | "quorum" | "own data" | undefined {
  if (cacheImage.test(image)) return "cache";
  if (databaseImage.test(image)) return "database";
  if (quorumImage.test(image)) return "quorum";
  return ownDataImage.test(image) ? "own data" : undefined;
}
