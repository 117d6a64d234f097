# shellcheck shell=bash
# The web server: static files itself, everything else over a unix socket to the app server. All files are in place before the
# package is installed, so that its first start is the right one.

readonly NGINX_FOLDER=/etc/nginx/one-server-web

nginx_packages() {
  echo nginx
  # Brotli packs text a fifth smaller than gzip; Debian and Ubuntu have it from 2023 on.
  if apt-cache show libnginx-mod-http-brotli-filter >/dev/null 2>&1; then
    printf '%s\n' libnginx-mod-http-brotli-filter libnginx-mod-http-brotli-static
  fi
}

nginx_plan() {
  CERTIFICATE_ROLES+=' nginx'
  # Downloads, which nginx sends, may be slower than requests.
  WEB_STOP_SECONDS=$((REQUEST_TIMEOUT + 60))
  ALTERNATIVE_SERVICE=''
  [[ $HTTP3 == yes ]] || return 0
  ALTERNATIVE_SERVICE='h3=":443"; ma=86400'
}

nginx_refuse() {
  local version
  [[ $HTTP3 == yes ]] || return 0
  lists_ready
  version=$(nginx_version)
  at_least "$version" 1.26 ||
    fail "setting HTTP3: the nginx of this system, $version, does not speak it: expected 1.26 or newer"
}

nginx_before() {
  local version template
  packages_known
  version=$(nginx_version)
  NGINX_LISTEN=$(nginx_listen "$version")
  NGINX_LISTEN_PLAIN=$(listen_directive "80 default_server")
  NGINX_CURVES=$(nginx_curves "$version")
  KEEPALIVE_MINIMUM='' TLS_GROUP="''"
  ! at_least "$version" 1.21.5 || TLS_GROUP=\$ssl_curve
  ! at_least "$version" 1.27.4 || KEEPALIVE_MINIMUM='keepalive_min_timeout 5s;'
  install_template nginx nginx.conf /etc/nginx/nginx.conf 0644 root:root reload:nginx
  for template in tls compression headers logging neighbours "app-$RUNTIME"; do
    install_template nginx "$template.conf" "$NGINX_FOLDER/$template.conf" 0644 root:root reload:nginx
  done
  nginx_page_cache
  nginx_aliases
  install_template nginx site.conf "$NGINX_FOLDER/site.conf" 0644 root:root reload:nginx
  first_front lemp nginx reload:nginx
  [[ $WITH_EXPORTERS == no ]] ||
    install_template nginx status.conf /etc/nginx/conf.d/one-server-web-status.conf 0644 root:root reload:nginx
  install_template nginx maintenance.html /usr/local/share/one-server-web/maintenance.html 0644 root:root
  install_template nginx service.conf /etc/systemd/system/nginx.service.d/one-server-web.conf 0644 root:root daemon-reload
  ensure_directory nginx /var/lib/one-server-web/acme 0755 root:root
}

nginx_configure() {
  remove_file nginx /etc/nginx/sites-enabled/default reload:nginx
  # The module is there only after its package was set up.
  [[ -z $(compgen -G '/etc/nginx/modules-enabled/*brotli-filter.conf') ]] ||
    install_template nginx brotli.conf /etc/nginx/conf.d/one-server-web-brotli.conf 0644 root:root reload:nginx
}

nginx_check() {
  local output
  output=$(nginx -t 2>&1) || { echo "nginx refuses its configuration: $(grep -m 1 emerg <<<"$output")"; return 1; }
}

# nginx_reload: until the processes with the previous configuration take no more connections.
nginx_reload() {
  local before=$WORK/front-before deadline=$((SECONDS + 20))
  front_processes lemp >"$before"
  reload_units nginx || return
  while front_accepts "$before" && ((SECONDS < deadline)); do sleep 0.02; done
}

nginx_units() {
  echo watched nginx
}

nginx_log() {
  echo /var/log/nginx/error.log
}

nginx_facts() {
  echo "versions.nginx $(json_text "$(nginx -v 2>&1 | sed 's|.*/||')")"
}

nginx_exporter() {
  echo 'nginx --web.listen-address=127.0.0.1:9113 --nginx.scrape-uri=http://127.0.0.1:8113/nginx-status'
}

nginx_page_cache() {
  local part
  CACHE_MODULE=fastcgi CACHE_ZONE=pages CACHE_COMPRESSION='fastcgi_param PHP_VALUE $page_compression;'
  [[ $RUNTIME == php ]] || CACHE_MODULE=proxy CACHE_ZONE=proxied CACHE_COMPRESSION=''
  [[ -n $PAGE_CACHE ]] || return 0
  for part in zone location; do
    install_template nginx "page-cache.$part" "$NGINX_FOLDER/page-cache.$part" 0644 root:root reload:nginx
  done
}

# nginx_listen VERSION: the directives that open port 443 with HTTP/2, whose directive of its own came with 1.25.1, and with HTTP/3
# where it is wanted. Each worker has a UDP socket of its own, as QUIC needs it.
nginx_listen() {
  [[ $HTTP3 == no ]] || listen_directive '443 quic reuseport default_server'
  if at_least "$1" 1.25.1; then
    listen_directive '443 ssl default_server'
    echo '    http2 on;'
  else
    listen_directive '443 ssl http2 default_server'
  fi
}

# listen_directive PORT OPTIONS: on all addresses; a kernel may be without IPv6.
listen_directive() {
  printf '    listen %s;\n' "$1"
  [[ ! -e /proc/net/if_inet6 ]] || printf '    listen [::]:%s;\n' "$1"
}

# nginx_curves VERSION: the post-quantum group needs OpenSSL 3.5, which comes with the systems that have nginx 1.26.
nginx_curves() {
  if at_least "$1" 1.26; then
    echo 'X25519MLKEM768:X25519:prime256v1:secp384r1'
  else
    echo 'X25519:prime256v1:secp384r1'
  fi
}

nginx_aliases() {
  ALIAS_SERVER=''
  [[ -z $ALIASES ]] || ALIAS_SERVER="server {
$(listen_directive '443 ssl'; [[ $HTTP3 == no ]] || listen_directive '443 quic')
    server_name $ALIASES;
    return 301 https://$DOMAIN\$request_uri;
}"
}
