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
  APP_START="/usr/sbin/php-fpm$PHP --nodaemonize --fpm-config /etc/one-server-web/app/%i.conf"
  APP_STOP_SIGNAL=SIGQUIT APP_KIND=PHP-FPM
  app_unit php-fpm
}

php-fpm_after() {
  install_template php-fpm php/php.ini "/etc/php/$PHP/fpm/conf.d/90-one-server-web.ini" 0644 root:root replace:app
  install_template php-fpm php/cli.ini "/etc/php/$PHP/cli/conf.d/90-one-server-web.ini" 0644 root:root
}
