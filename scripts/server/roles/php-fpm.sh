# shellcheck shell=bash
# PHP's app server: two FPM masters, blue and green, of which one serves. The package's own master stays off: a master per
# colour keeps OPcache, reloads and crashes of two releases apart.

php-fpm_packages() {
  local extension
  echo php-fpm
  for extension in mysql $PHP_EXTENSIONS; do echo "php-$extension"; done
}

php-fpm_before() {
  PHP=$(php_version)
  ensure_link php-fpm /dev/null "/etc/systemd/system/php$PHP-fpm.service" daemon-reload
  for COLOUR in blue green; do
    install_template php-fpm php/pool.conf "/etc/one-server-web/app/$COLOUR.conf" 0644 root:root replace:app
  done
  install_template php-fpm php/site-app.service /etc/systemd/system/site-app@.service 0644 root:root daemon-reload replace:app
  ensure_directory php-fpm /var/lib/one-server-web/sessions 0700 site:site
}

php-fpm_after() {
  install_template php-fpm php/php.ini "/etc/php/$PHP/fpm/conf.d/90-one-server-web.ini" 0644 root:root replace:app
  install_template php-fpm php/cli.ini "/etc/php/$PHP/cli/conf.d/90-one-server-web.ini" 0644 root:root
}
