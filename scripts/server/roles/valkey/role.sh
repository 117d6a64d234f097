# shellcheck shell=bash
# Valkey, on a unix socket: PHP's sessions, and what the site keeps for a while (CACHE_SOCKET in its environment).

valkey_packages() {
  [[ $CACHE == valkey ]] || return 0
  echo valkey-server
  if [[ $RUNTIME == php ]]; then echo "php$PHP_VERSION-redis"; else echo python3-redis; fi
}

valkey_before() {
  [[ $CACHE == valkey ]] || return 0
  install_template valkey valkey.conf /etc/one-server-web/valkey.conf 0644 root:root restart:valkey-server
  install_template valkey service.conf /etc/systemd/system/valkey-server.service.d/one-server-web.conf 0644 root:root daemon-reload restart:valkey-server
}

valkey_configure() {
  [[ $CACHE != valkey || $RUNTIME != php ]] ||
    install_template valkey sessions.ini "/etc/php/$PHP/fpm/conf.d/91-one-server-web-sessions.ini" 0644 root:root replace:app
}

valkey_units() {
  [[ $CACHE != valkey ]] || echo watched valkey-server
}
