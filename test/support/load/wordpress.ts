import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseServer } from "./server";

/** Where the packages' files come from: the distribution's own, links to its libraries followed. */
const fetch = `
set -e
rm -rf /tmp/wordpress && mkdir /tmp/wordpress && cd /tmp/wordpress
apt-get download wordpress wordpress-theme-twentytwentyfive libphp-phpmailer php-getid3 libjs-cropper libjs-jquery-ui libjs-lodash libjs-underscore >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" tree; done
cd tree
# Debian's own settings file and its link to Apache's; the site brings its own.
rm -f usr/share/wordpress/wp-config.php usr/share/wordpress/.htaccess
cp -rL usr/share/wordpress /tmp/wordpress/public
tar -czf /tmp/wordpress.tar.gz -C /tmp/wordpress public
`;

/** WordPress looks for its settings one folder above itself as well. */
const settings = `<?php
define('DB_NAME', getenv('DATABASE_NAME'));
define('DB_USER', getenv('DATABASE_USER'));
define('DB_PASSWORD', getenv('DATABASE_PASSWORD'));
define('DB_HOST', 'localhost:' . getenv('DATABASE_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', getenv('SITE_URL'));
define('WP_SITEURL', getenv('SITE_URL'));
// Keys of cookies: the same in all processes and releases.
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as $name) {
    define($name, hash('sha256', $name . getenv('SITE_SECRET')));
}
// Files change with releases alone; jobs have a timer.
define('DISALLOW_FILE_MODS', true);
define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
`;

/** What its installer's pages would do, and what its updater does. */
const migrate = `<?php
define('WP_INSTALLING', true);
require __DIR__ . '/../public/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
if (!is_blog_installed()) {
    wp_install('Under test', 'ann', 'ann@example.com', true, '', getenv('ADMIN_PASSWORD'));
}
wp_upgrade();
`;

/** Makes a site of the distribution's WordPress in a folder. */
export function makeWordPress(server: ReleaseServer, folder: string): void {
  server.on(fetch);
  const encoded = server.on("base64 /tmp/wordpress.tar.gz");
  mkdirSync(join(folder, "bin"), { recursive: true });
  const unpacked = spawnSync("tar", ["-xzf", "-", "-C", folder, "--no-same-owner"], {
    input: Buffer.from(encoded, "base64"),
  });
  if (unpacked.status !== 0) throw new Error(`tar: ${unpacked.stderr}`);
  writeFileSync(join(folder, "wp-config.php"), settings);
  writeFileSync(join(folder, "bin/migrate.php"), migrate);
}
