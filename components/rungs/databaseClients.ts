import type { Tier } from "../../policy/vocabulary";
import type { Admission } from "../platforms/platform";

/** Where a database server takes the connections of other servers (scripts/server/roles/database-endpoint). */
export const databasePorts = { connections: 3307, state: 3308 } as const;

/**
 * The servers whose site uses the database.
 * @param from their tier
 */
export function databaseClients(from: Tier): Admission[] {
  return [
    {
      name: "database",
      description: "The site's connections to its database, by TLS from both ends",
      from,
      protocol: "tcp",
      port: databasePorts.connections,
    },
    {
      name: "database-state",
      description: "Whether the database takes writes, by TLS from both ends",
      from,
      protocol: "tcp",
      port: databasePorts.state,
    },
  ];
}
