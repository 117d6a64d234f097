import { derived, type Fields, setting } from "./setting";
import { oneOf, password } from "./values";

/** Where the site's data lives. */
export const databaseTable = {
  database: setting(oneOf(["mysql", "mariadb"]), {
    about: "The database. When it changes, the data is moved to the new one.",
    default: derived("mysql, on the suite trixie mariadb", ({ suite }: { suite: string }) =>
      suite === "trixie" ? "mariadb" : "mysql",
    ),
    example: "mysql",
    field: "engine",
    check: (database, { platform, suite }: { platform: string; suite: string }) =>
      platform === "local" && suite === "trixie" && database === "mysql"
        ? "is mysql, which Debian trixie does not have; take mariadb, or the suite sid"
        : undefined,
    server: { roles: ["mysql", "database-endpoint", "database-proxy", "site", "exporters"] },
  }),
  databasePassword: setting(password, {
    about: "The site's password at its database.",
    example: "$(openssl rand -base64 24)",
    secret: true,
    field: "password",
    required: true,
    server: { roles: ["mysql", "database-proxy", "site"] },
  }),
};

export type DatabaseEngine = Fields<typeof databaseTable>["engine"];
