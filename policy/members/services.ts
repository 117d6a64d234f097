import { lets, portsOf, publicFlag } from "../openings";
import { flag, list, nested, type Resources, type ResourceView } from "../resources";
import type { Tier } from "../vocabulary";
import type { Way } from "../way";
import { type Container, kindOfImage, type Task, taskOf } from "./containers";
import type { Member } from "./member";
import { type Duty, kindOfPort } from "./roles";
import { quorumWords, routerWords, someWord, wordsOf, wordsOfTiers } from "./words";

const beside = (purpose: Duty["purpose"]): Duty => ({ purpose, tiers: [] });
const site = (...tiers: Tier[]): Duty => ({ purpose: "site", tiers });

/**
 * What an ECS service does. Visitors reach it by a balancer or by its tasks' own public ports; other services by its registered name. A service that
 * nothing reaches works for a queue or a clock.
 */
export function dutyOfService(resources: Resources, service: ResourceView, ways: readonly Way[]): Duty {
  const task = taskOf(resources, service);
  const main = mainContainer(service, task);
  const words = wordsOf(service);
  const image = kindOfImage(main?.image ?? "");
  const keeps = dataTier(words, main, task, ways);
  if (image === "quorum" || (keeps === undefined && someWord(words, quorumWords) && !isClient(words)))
    return beside("quorum");
  if (keeps !== undefined) return site(keeps);
  const led = ways.filter(({ by }) => by !== "name");
  if (led.some(({ open }) => open)) return site("web", "app");
  if (led.length > 0 || isRegistered(service)) return site("app");
  if (someWord(words, routerWords)) return beside("router");
  return hasPublicPort(resources, service, main) ? site("web", "app") : beside("worker");
}

function isClient(words: readonly string[]): boolean {
  return words.some((word) =>
    /^(clients?|agents?|workers?|consumers?|producers?|exporter|ui|api)$/.test(word),
  );
}

/** The container that a balancer sends requests to, or the only one that keeps data or opens a port, or the first. */
function mainContainer(service: ResourceView, task: Task | undefined): Container | undefined {
  if (task === undefined) return undefined;
  const balanced = nested(service, "loadBalancers").map(({ properties }) => properties.containerName);
  return (
    task.containers.find(({ name }) => balanced.includes(name)) ??
    task.containers.find(({ ports }) => ports.length > 0) ??
    task.containers[0]
  );
}

/** `database` or `cache` for a service that keeps the data of others: by its image, its port, or where neither is known by its name. */
function dataTier(
  words: readonly string[],
  main: Container | undefined,
  task: Task | undefined,
  ways: readonly Way[],
): "database" | "cache" | undefined {
  const image = kindOfImage(main?.image ?? "");
  if (image === "database" || image === "cache") return image;
  if (image !== undefined) return undefined;
  const ports = main !== undefined && main.ports.length > 0 ? main.ports : ways.flatMap((way) => way.ports);
  const kinds = new Set(ports.map(kindOfPort));
  if (kinds.size === 1) {
    const [kind] = kinds;
    if (kind === "database" || kind === "cache") return kind;
    if (kind === "site" && main !== undefined) return undefined;
  }
  if (main?.image || words.some((word) => aboutData.has(word))) return undefined;
  const unseen = task === undefined || task.containers.length === 0;
  const said = wordsOfTiers.find(
    ([tier, known]) => (tier === "database" || tier === "cache") && someWord(words, known),
  )?.[0];
  return unseen && ports.every((port) => kindOfPort(port) !== "site") && said !== undefined
    ? (said as "database" | "cache")
    : undefined;
}

/** A service for a database isn't one. */
const aboutData = new Set(
  "migrate migrator migration migrations backup admin adminer pgadmin phpmyadmin ui api exporter proxy sync seed".split(
    " ",
  ),
);

/** Other services find it by a name of Cloud Map or Service Connect. */
function isRegistered(service: ResourceView): boolean {
  if (list(service, "serviceRegistries").length > 0) return true;
  return nested(service, "serviceConnectConfiguration").some(
    (connect) => flag(connect, "enabled") !== false && nested(connect, "services").length > 0,
  );
}

/** What visitors reach of its tasks. */
export function networkOfService(
  resources: Resources,
  service: ResourceView,
): Pick<Member, "exposed" | "ports" | "listens"> {
  const [network] = nested(service, "networkConfiguration");
  if (network === undefined) return {};
  const ports = portsOf(resources, [network]);
  const listens = taskOf(resources, service)?.containers.flatMap((container) => container.ports) ?? [];
  return {
    exposed: publicFlag(network) === true,
    ...(ports === undefined ? {} : { ports }),
    ...(listens.length === 0 ? {} : { listens }),
  };
}

/** Its tasks have addresses in the internet, and its security groups let visitors in to a port that a container listens on. */
function hasPublicPort(resources: Resources, service: ResourceView, main: Container | undefined): boolean {
  return nested(service, "networkConfiguration").some((network) => {
    if (publicFlag(network) !== true) return false;
    const openings = portsOf(resources, [network])?.openings.filter(({ world }) => world) ?? [];
    const listens = main?.ports ?? [];
    return listens.length > 0
      ? listens.some((port) => openings.some((opening) => lets(opening, port)))
      : [80, 443].some((port) =>
          openings.some((opening) => lets(opening, port) && opening.protocol === "tcp"),
        );
  });
}
