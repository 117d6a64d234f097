<?php
// What WordPress' installer does in a browser, and what its updater does after a new version: run once in each release, before it goes live.
define('WP_INSTALLING', true);
require __DIR__ . '/../public/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
if (!is_blog_installed()) {
    wp_install(getenv('SITE_TITLE') ?: 'A new site', getenv('ADMIN_NAME'), getenv('ADMIN_EMAIL'), true, '', getenv('ADMIN_PASSWORD'));
}
wp_upgrade();
