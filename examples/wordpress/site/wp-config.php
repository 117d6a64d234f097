<?php
// WordPress looks for its settings one folder above itself as well: so they are not among the files that the web server serves.
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
// Plugins, themes and WordPress itself change with releases alone; its jobs have a timer (the setting cron).
define('DISALLOW_FILE_MODS', true);
define('DISABLE_WP_CRON', true);
// A site that fetches news, updates or fonts from elsewhere sets WP_ACCESSIBLE_HOSTS.
define('WP_HTTP_BLOCK_EXTERNAL', true);
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
