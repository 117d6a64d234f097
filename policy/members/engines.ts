import type { ResourceView } from "../resources";
import { startScript, wordsOf } from "./words";

/** What keeps a database on a machine or in a container. */
export type Engine = "mysql" | "postgresql" | "mongodb";

const engines: readonly (readonly [Engine, RegExp])[] = [
  ["postgresql", /\b(postgres\w*|postgis|pgsql|psql|pg_\w+|timescaledb|pgvector|patroni)\b/i],
  ["mongodb", /\bmongo(db|d|sh)?\b/i],
  ["mysql", /\b(mysqld?|mariadb|percona|lamp|wordpress|drupal|joomla|magento)\b/i],
];

/**
 * The engine that names, tags, an image or a start-up script tell; undefined where they tell none, or more than one.
 * @param views the machine, and the template that it is made from
 */
export function engineOf(views: readonly ResourceView[]): Engine | undefined {
  const said = views.flatMap((view) => [
    wordsOf(view).join(" "),
    startScript(view),
    String(view.properties.blueprintId ?? ""),
  ]);
  const found = engines.filter(([, pattern]) => pattern.test(said.join("\n")));
  return found.length === 1 ? found[0]?.[0] : undefined;
}

/** Writes a dump of all databases to standard output; where the engine isn't known, by the client that is there. */
export function dumpOf(engine: Engine | undefined): string {
  const mysql = "mysqldump --all-databases --single-transaction";
  const postgresql = "sudo -u postgres pg_dumpall";
  switch (engine) {
    case "mysql":
      return `${mysql} | gzip`;
    case "postgresql":
      return `${postgresql} | gzip`;
    case "mongodb":
      return "mongodump --archive --gzip";
    case undefined:
      return `if command -v pg_dumpall >/dev/null; then ${postgresql}; else ${mysql}; fi | gzip`;
  }
}
