# shellcheck shell=bash
# PHP's app server: two FPM masters, blue and green, of which one serves. The package's own master stays off: a master per
# colour keeps OPcache, reloads and crashes of two releases apart. Another version comes by the other colour, and the old one's
# packages go once nobody runs them.

php-fpm_plan() {
  app_plan
  APP_MOST_SPARE=$((APP_SPARE * 2 > APP_CHILDREN ? APP_CHILDREN : APP_SPARE * 2))
}

php-fpm_refuse() {
  [[ -n $PHP_VERSION ]] || return 0
  lists_ready
  check_php_version "$PHP_VERSION" "$(php_versions)"
}

php-fpm_packages() {
  local extension
  # Asks FPM over its socket, as the web server does.
  echo libfcgi-bin
  # Without a version, the packages that follow the distribution's own.
  for extension in fpm mysql $PHP_EXTENSIONS; do echo "php$PHP_VERSION-$extension"; done
}

php-fpm_before() {
  packages_known
  PHP=$(php_version)
  ensure_link php-fpm /dev/null "/etc/systemd/system/php$PHP-fpm.service" daemon-reload
  for COLOUR in blue green; do
    install_template php-fpm pool.conf "/etc/one-server-web/app/$COLOUR.conf" 0644 root:root replace:app
  done
  APP_START="/usr/sbin/php-fpm$PHP --nodaemonize --fpm-config /etc/one-server-web/app/%i.conf"
  APP_STOP_SIGNAL=SIGQUIT APP_KIND=PHP-FPM
  app_unit
}

php-fpm_configure() {
  install_template php-fpm php.ini "/etc/php/$PHP/fpm/conf.d/90-one-server-web.ini" 0644 root:root replace:app
  install_template php-fpm cli.ini "/etc/php/$PHP/cli/conf.d/90-one-server-web.ini" 0644 root:root
  php-fpm_command
}

# As the user that it runs as, or it would want to know which one to become. A pool wants the folder of its colour and what a release
# sets, which releases make.
php-fpm_check() {
  local colour output
  for colour in blue green; do
    [[ -d /srv/www/colours/$colour ]] || continue
    output=$(setpriv --reuid=site --regid=site --init-groups env SITE_REQUEST_TIMEOUT=60 SITE_MAXIMUM_UPLOAD_MIB=32 "php-fpm$PHP" --test --fpm-config "/etc/one-server-web/app/$colour.conf" 2>&1) ||
      { echo "PHP-FPM refuses its configuration: $(grep -m 1 'ALERT\|ERROR' <<<"$output")"; return 1; }
  done
}

php-fpm_facts() {
  echo "versions.PHP $(json_text "$(php -r 'echo PHP_VERSION;')")"
}

php-fpm_exporter() {
  echo 'phpfpm --web.listen-address=127.0.0.1:9253 --phpfpm.socket-paths=/run/site-blue/app.sock --phpfpm.socket-paths=/run/site-green/app.sock --phpfpm.status-path=/fpm-status'
}

# What "php" means to migrations, workers and jobs: the newest version that is installed, if no other is asked for.
php-fpm_command() {
  local unit current
  current=$(readlink -f /usr/bin/php)
  [[ $current != "/usr/bin/php$PHP" ]] || return 0
  on_undo update-alternatives --quiet --set php "$current"
  update-alternatives --quiet --set php "/usr/bin/php$PHP" >/dev/null
  changed php-fpm "made PHP $PHP the command php"
  while read -r unit; do notify "restart:$unit"; done < <(active_units 'site-worker@*')
}
