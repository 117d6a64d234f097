# shellcheck shell=bash
# Valkey, on a unix socket: PHP's sessions, and what the site keeps for a while (CACHE_SOCKET in its environment).

valkey_packages() {
  [[ $CACHE == valkey ]] || return 0
  echo valkey-server
  if [[ $RUNTIME == php ]]; then echo "php$PHP_VERSION-redis"; else echo python3-redis; fi
}

valkey_before() {
  if [[ $CACHE != valkey ]]; then
    remove_file valkey /etc/one-server-web/valkey.conf
    remove_file valkey /etc/systemd/system/valkey-server.service.d/one-server-web.conf daemon-reload
    return 0
  fi
  systemctl is-active --quiet valkey-server || FIRST_START[valkey-server]=yes
  install_template valkey valkey.conf /etc/one-server-web/valkey.conf 0644 root:root restart:valkey-server
  install_template valkey service.conf /etc/systemd/system/valkey-server.service.d/one-server-web.conf 0644 root:root daemon-reload restart:valkey-server
}

valkey_after() {
  local sessions
  if [[ $RUNTIME == php ]]; then
    sessions="/etc/php/$PHP/fpm/conf.d/91-one-server-web-sessions.ini"
    if [[ $CACHE == valkey ]]; then
      install_template valkey sessions.ini "$sessions" 0644 root:root replace:app
    else
      remove_file valkey "$sessions" replace:app
    fi
  fi
  [[ $CACHE != valkey ]] || ensure_running valkey valkey-server
}
