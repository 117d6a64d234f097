/**
 * What a server can be set up as, in the order in which its roles are set up. Each is a folder of scripts/server/roles and a value in
 * components/roles.
 */
export const roleNames = [
  "base",
  "hardening",
  "tls",
  "internal-tls",
  "haproxy",
  "nginx",
  "apache",
  "php-fpm",
  "python",
  "mysql",
  "database-endpoint",
  "database-proxy",
  "valkey",
  "site",
  "tasks",
  "backup",
  "watch",
  "exporters",
  "later",
  "data-volume",
  "metadata-guard",
  "certificate-metric",
] as const;
export type RoleName = (typeof roleNames)[number];
