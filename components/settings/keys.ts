import { z } from "zod";
import { platforms, rungs } from "../../policy/vocabulary";
import { awsKeys } from "./awsKeys";
import { key } from "./key";
import { serverKeys } from "./serverKeys";
import { areDifferentServers, sshHostKey } from "./sshValues";
import {
  environmentName,
  hostname,
  json,
  line,
  privateSubnet,
  relativePath,
  urlPath,
  wholeNumber,
} from "./values";

/** The keys that every platform knows. */
const siteKeys = {
  domain: key(hostname, "a full host name in lower case", "www.foobar.com"),
  aliases: key(
    json(z.array(hostname).max(20)),
    "a list of host names that redirect to the domain",
    '["foobar.com"]',
  ),
  platform: key(z.enum(platforms), "local, ssh or aws", "local"),
  rung: key(z.enum(rungs), rungs.join(", "), "single"),
  site: key(
    line.refine((path) => !path.startsWith("~")),
    "the site's folder, from the project's folder or absolute",
    "site/php",
  ),
  runtime: key(z.enum(["php", "python"]), "php or python", "php"),
  documentRoot: key(relativePath, "a folder inside the site that nginx serves", "public"),
  healthPath: key(urlPath, "the path that answers 200 when the site and its database work", "/healthz"),
  migrate: key(line, "one command line, run in the new release before it goes live", "php bin/migrate.php"),
  sharedPaths: key(
    json(z.array(relativePath).max(50)),
    "a list of paths inside the site that outlive releases",
    '["uploads"]',
  ),
  environment: key(
    json(z.record(environmentName, line)),
    "an object of environment variables, names in capitals",
    '{"APP_ENV": "production"}',
  ),
  release: key(
    z.string().regex(/^[0-9a-z][0-9a-z.-]{3,63}$/),
    "the name of a release that is on the server (npm run releases lists them)",
    "95274b356bd9",
  ),
  keepReleases: key(wholeNumber(2, 50), "how many releases stay on the server, 2 to 50", "5"),
  database: key(z.enum(["mysql", "mariadb"]), "mysql or mariadb", "mysql"),
  databasePassword: key(
    z.string().min(12).max(128).pipe(line),
    "12 to 128 characters on one line",
    "$(openssl rand -base64 24)",
    { secret: true },
  ),
  certificates: key(
    z.enum(["acme", "local"]),
    "acme (a public authority) or local (an authority of the stack's own, which clients have to trust)",
    "acme",
  ),
  acmeEmail: key(z.email(), "an e-mail address for the certificate authority's warnings", "admin@foobar.com"),
  acmeDirectory: key(
    z.url({ protocol: /^https$/ }),
    "the URL of an ACME directory",
    "https://acme-v02.api.letsencrypt.org/directory",
  ),
};

/** The keys of the platform `local`. */
const localKeys = {
  memory: key(wholeNumber(512, 1048576), "MiB of memory for each machine, 512 to 1048576", "2048"),
  suite: key(z.enum(["sid", "trixie"]), "sid (MySQL) or trixie (MariaDB)", "sid"),
  network: key(
    z.string().regex(/^[a-z][a-z0-9-]{0,9}$/),
    "1 to 10 lower-case letters, digits and hyphens, a letter first",
    "local",
  ),
  subnet: key(privateSubnet, "a private network of 256 addresses", "10.88.0.0/24"),
};

/** The keys of the platform `ssh`. */
const sshKeys = {
  servers: key(
    json(
      z
        .array(
          z.strictObject({
            address: z.union([hostname, z.ipv4(), z.ipv6()]),
            user: z
              .string()
              .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
              .default("root"),
            port: z.number().int().min(1).max(65535).default(22),
            privateKey: z.string().includes("PRIVATE KEY"),
            hostKey: sshHostKey,
          }),
        )
        .min(1)
        .max(20)
        .refine(areDifferentServers),
    ),
    "a list of different servers, each with address, user, port (1 to 65535), privateKey (PEM, secret) and hostKey (as ssh-keyscan prints it, without the name)",
    '[{"address": "203.0.113.7", "user": "root", "port": 22, "privateKey": "…", "hostKey": "ssh-ed25519 …"}]',
    { secret: true },
  ),
  dns: key(z.enum(["print", "none"]), "print (shows the records to set) or none", "print"),
};

/** Every key that `pulumi config` may hold under this project's name. */
export const keys = { ...siteKeys, ...serverKeys, ...localKeys, ...sshKeys, ...awsKeys };

export type KeyName = keyof typeof keys;

/** The values as read, before defaults. */
export type Values = { [Name in KeyName]?: z.output<(typeof keys)[Name]["schema"]> };
