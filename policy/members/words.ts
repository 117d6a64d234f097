import { isUnknown, type ResourceView, text } from "../resources";
import type { Tier } from "../vocabulary";

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

/** What machines and services are called, by what they do. Visitors are never sent to a bastion or router, whatever port it opens. */
export const bastionWords = words("bastion bastions jump jumpbox jumphost jumpserver");
export const routerWords = words(
  "nat vpn router openvpn wireguard wg tailscale firewall squid pritunl strongswan ipsec fck",
);
/** Tools beside the site. */
export const toolWords = words(
  "runner runners jenkins ci builder buildkite teamcity monitoring grafana prometheus loki sonarqube nexus",
);
/** Members of these decide by majority. */
export const quorumWords = words(
  "consul vault etcd zookeeper zk kafka redpanda nomad quorum raft patroni cockroach cockroachdb cassandra scylla elasticsearch opensearch rabbitmq sentinel",
);
/** Nodes of a cluster that runs others' containers. */
export const clusterWords = words("k8s kubernetes k3s rke rke2 kops kubeadm swarm");
/** Members that take work from a queue or a clock: no visitor waits for them. */
export const workerWords = words(
  "worker workers scheduler cron beat celery consumer consumers queue queues batch job jobs sender mailer crawler scraper indexer poller etl sidekiq daemon bot agent agents cleaner migrator importer exporter replicator",
);

export const wordsOfTiers: readonly (readonly [Tier, ReadonlySet<string>])[] = [
  ["load-balancer", words("haproxy lb loadbalancer balancer")],
  ["web", words("web www nginx apache httpd frontend webserver website wordpress lamp lemp caddy")],
  ["app", words("app api backend php django flask rails node express lamp lemp wordpress")],
  ["database", words("db database mysql mariadb postgres postgresql mongo mongodb lamp lemp")],
  ["cache", words("redis valkey memcached cache")],
];

/** Lightsail's images that bring web server, application and database along. */
const stackedBlueprint =
  /^(wordpress|lamp|lemp|joomla|drupal|magento|redmine|gitlab|prestashop|nextcloud|matomo|moodle|mean|ghost)/;

/** What a start-up script installs or starts. Clients of databases have names of their own, and are none. */
const scriptsOfTiers: readonly (readonly [Tier, RegExp])[] = [
  [
    "web",
    /\b(nginx|apache2|httpd|caddy|wordpress|lamp|http\.server|SimpleHTTPServer|docker-compose\s+up|docker\s+run\b[^\n]*-p\s*"?(80|443|8080):)/,
  ],
  ["app", /\b(php\d*(\.\d)?(-fpm)?|gunicorn|uwsgi|node|puma|tomcat\d*|wordpress|lamp)\b/],
  [
    "database",
    /\b(mysql(-community)?-server|mysqld|mariadb\S*-server|start mariadb|postgresql(\d+)?(-server)|install -y[^\n]*\bpostgresql\b(?!-client)|mongod(b-org)?)\b|\bimage:\s*["']?(mysql|mariadb|postgres|mongo)\b|\bdocker run\b[^\n]*\s(mysql|mariadb|postgres|mongo)(:|\s|$)/m,
  ],
];

const scriptOfRouter =
  /\b(wg-quick|wireguard|openvpn|strongswan|ipsec|tailscale up)\b|iptables -t nat -A POSTROUTING/;
const scriptOfQuorum =
  /\b(consul agent -server|vault server|nomad agent|bootstrap[-_]expect|etcd --|zkServer|kafka-server-start)\b/;
/** Machines that join a cluster: EKS, ECS, a Kubernetes of one's own. */
const scriptOfNode =
  /\/etc\/eks\/(bootstrap|nodeadm)|\bnodeadm\b|\bECS_CLUSTER=|\bkubeadm (join|init)\b|\bk3s\b|get\.k3s\.io/;
const scriptOfTool = /\b(jenkins|actions-runner|gitlab-runner|buildkite-agent|grafana-server|prometheus)\b/;

const noKinds: ReadonlySet<ScriptKind> = new Set();

export type ScriptKind = "router" | "quorum" | "node" | "tool";

/** What else a start-up script makes of a machine. */
export function scriptKinds(script: string): ReadonlySet<ScriptKind> {
  if (script === "") return noKinds;
  const kinds: readonly (readonly [ScriptKind, RegExp])[] = [
    ["router", scriptOfRouter],
    ["quorum", scriptOfQuorum],
    ["node", scriptOfNode],
    ["tool", scriptOfTool],
  ];
  return new Set(kinds.filter(([, pattern]) => pattern.test(script)).map(([kind]) => kind));
}

/** The tiers that names, Lightsail images and start-up scripts name. */
export function tiersSaid(names: readonly string[], blueprint: string, script: string): Set<Tier> {
  const found = new Set<Tier>();
  for (const [tier, known] of wordsOfTiers) if (names.some((word) => known.has(word))) found.add(tier);
  if (script !== "") for (const [tier, pattern] of scriptsOfTiers) if (pattern.test(script)) found.add(tier);
  if (stackedBlueprint.test(blueprint))
    for (const tier of ["web", "app", "database"] as const) found.add(tier);
  return found;
}

/** The words in a machine's name, tags and role: `webServer-1` gives `web`, `server`, `1`. */
export function wordsOf(machine: ResourceView): string[] {
  const { tags } = machine.properties;
  const values = typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>) : {};
  const texts = ["Name", "name", "Role", "role", "Tier", "tier"].map((key) => values[key]);
  return [machine.name, ...texts]
    .filter((value): value is string => typeof value === "string" && !isUnknown(value))
    .flatMap(splitWords);
}

export function splitWords(value: string): string[] {
  return value
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .flatMap((word) => [word, word.replace(/\d+$/, "")])
    .filter((word) => word !== "");
}

/** The start-up script in plain, for judging only: it may hold secrets and must not be shown. */
export function startScript(machine: ResourceView): string {
  const plain = text(machine, "userData");
  const encoded = text(machine, "userDataBase64");
  if (plain !== undefined && !/^[A-Za-z0-9+/\s]{40,}={0,2}\s*$/.test(plain)) return plain;
  const base64 = encoded ?? plain;
  return base64 === undefined ? "" : Buffer.from(base64, "base64").toString("utf8");
}

export function someWord(names: readonly string[], known: ReadonlySet<string>): boolean {
  return names.some((name) => known.has(name));
}
