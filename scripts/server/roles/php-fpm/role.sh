# shellcheck shell=bash
# PHP's app server: two FPM masters, blue and green, of which one serves. The package's own master stays off: a master per
# colour keeps OPcache, reloads and crashes of two releases apart. Another version comes by the other colour, and the old one's
# packages go once nobody runs them.

php-fpm_packages() {
  local extension
  # Asks FPM over its socket, as the web server does.
  echo libfcgi-bin
  # Without a version, the packages that follow the distribution's own.
  for extension in fpm mysql $PHP_EXTENSIONS; do echo "php$PHP_VERSION-$extension"; done
}

php-fpm_before() {
  PHP=$(php_version)
  ensure_link php-fpm /dev/null "/etc/systemd/system/php$PHP-fpm.service" daemon-reload
  for COLOUR in blue green; do
    install_template php-fpm pool.conf "/etc/one-server-web/app/$COLOUR.conf" 0644 root:root replace:app
  done
  APP_START="/usr/sbin/php-fpm$PHP --nodaemonize --fpm-config /etc/one-server-web/app/%i.conf"
  APP_STOP_SIGNAL=SIGQUIT APP_KIND=PHP-FPM
  app_unit php-fpm
}

php-fpm_after() {
  install_template php-fpm php.ini "/etc/php/$PHP/fpm/conf.d/90-one-server-web.ini" 0644 root:root replace:app
  install_template php-fpm cli.ini "/etc/php/$PHP/cli/conf.d/90-one-server-web.ini" 0644 root:root
  php-fpm_command
}

# What "php" means to migrations, workers and jobs: the newest version that is installed, if nobody says another.
php-fpm_command() {
  local unit
  [[ $(readlink -f /usr/bin/php) != "/usr/bin/php$PHP" ]] || return 0
  update-alternatives --quiet --set php "/usr/bin/php$PHP" >/dev/null
  changed php-fpm "made PHP $PHP the command php"
  for unit in "${TASK_UNITS[@]}"; do
    [[ $unit != site-worker@* ]] || notify "restart:$unit"
  done
}
