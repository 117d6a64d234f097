import { readFileSync } from "node:fs";
import type { MarkedRelease } from "./releases";
import { ReleaseServer, type ServerPlan } from "./server";

/** The usual way: the distribution's packages in their stock configuration, and one folder that is overwritten by a deployment. */
export class StockServer extends ReleaseServer {
  private readonly environment: Readonly<Record<string, string>>;

  /** @param plan with `environment`, what the site finds besides its database. */
  constructor({
    environment = {},
    ...plan
  }: Omit<ServerPlan, "runtime" | "suite"> & { readonly environment?: Readonly<Record<string, string>> }) {
    super({ ...plan, suite: "sid", runtime: "php" });
    this.environment = {
      DATABASE_SOCKET: "/run/mysqld/mysqld.sock",
      DATABASE_NAME: "site",
      DATABASE_USER: "site",
      DATABASE_PASSWORD: "for-load-tests-only",
      SITE_URL: `https://${this.domain}`,
      ...environment,
    };
  }

  override provision(): string {
    const { certificate, privateKey } = this.certificate;
    this.on("mkdir -p /etc/ssl/site && cat > /etc/ssl/site/site.crt", certificate);
    this.on("umask 077 && cat > /etc/ssl/site/site.key", privateKey);
    const packages = "nginx php-fpm php-mysql mysql-server";
    this.on(
      `apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ${packages}`,
    );
    this.on(
      `mysql`,
      `CREATE DATABASE site; CREATE USER site@localhost IDENTIFIED BY 'for-load-tests-only'; GRANT ALL ON site.* TO site@localhost;`,
    );
    // The environment that the site asks for, in the stock pool.
    this.on(
      "cat >> /etc/php/8.4/fpm/pool.d/www.conf",
      this.variables((name, value) => `env[${name}] = ${value}\n`),
    );
    // Debian's own snippet for PHP, in the least server block that serves the site over TLS.
    this.on(
      "rm -f /etc/nginx/sites-enabled/default && cat > /etc/nginx/sites-enabled/site",
      `server {
         listen 443 ssl;
         server_name ${this.domain};
         ssl_certificate /etc/ssl/site/site.crt;
         ssl_certificate_key /etc/ssl/site/site.key;
         root /var/www/site/public;
         index index.php;
         location / { try_files $uri $uri/ /index.php$is_args$args; }
         location ~ \\.php$ { include snippets/fastcgi-php.conf; fastcgi_pass unix:/run/php/php8.4-fpm.sock; }
       }
`,
    );
    return this.on("systemctl restart php8.4-fpm nginx");
  }

  /** Copies a release's files over those that are served, as most do it. */
  overwrite({ archive }: MarkedRelease): void {
    this.on(
      "mkdir -p /var/www/site && tar -xzf - --no-same-owner -C /var/www/site",
      readFileSync(archive.path),
    );
    this.on(
      `cd /var/www/site && ${this.variables((name, value) => `${name}=${value} `)} php bin/migrate.php`,
    );
  }
  private variables(write: (name: string, value: string) => string): string {
    return Object.entries(this.environment)
      .map(([name, value]) => write(name, value))
      .join("");
  }
}
