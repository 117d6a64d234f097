# shellcheck shell=bash
# The other web server: Apache with one process model for all (event), the application over a unix socket.

readonly APACHE_FOLDER=/etc/apache2/one-server-web
readonly APACHE_MODULES='mpm_event ssl http2 headers rewrite proxy proxy_fcgi proxy_http deflate brotli expires socache_shmcb'

apache_packages() {
  echo apache2
}

apache_before() {
  apache_denied_scripts
  APACHE_ALIASES=${ALIASES:+ServerAlias $ALIASES}
  local template
  # The first start comes after the modules have been chosen.
  keep_from_starting apache2
  for template in server tls headers "app-$RUNTIME" site; do
    install_template apache "$template.conf" "$APACHE_FOLDER/$template.conf" 0644 root:root reload:apache2
  done
  apache_first_release
  install_template nginx maintenance.html /usr/local/share/one-server-web/maintenance.html 0644 root:root
  ensure_directory apache /var/lib/one-server-web/acme 0755 root:root
}

apache_after() {
  local module output
  for module in mpm_prefork mpm_worker; do
    [[ ! -e /etc/apache2/mods-enabled/$module.load ]] || { a2dismod --quiet "$module" >/dev/null; changed apache "disabled the module $module"; notify restart:apache2; }
  done
  for module in $APACHE_MODULES; do
    [[ -e /etc/apache2/mods-enabled/$module.load ]] || { a2enmod --quiet "$module" >/dev/null; changed apache "enabled the module $module"; notify restart:apache2; }
  done
  remove_file apache /etc/apache2/sites-enabled/000-default.conf reload:apache2
  ensure_link apache "$APACHE_FOLDER/site.conf" /etc/apache2/sites-enabled/one-server-web.conf reload:apache2
  output=$(apache2ctl configtest 2>&1) || fail "Apache refuses its configuration: $(grep -m 1 -i 'error\|invalid' <<<"$output")"
  systemctl unmask --runtime --quiet apache2
  # One web server gives the ports to the other.
  ! systemctl is-active --quiet nginx || { systemctl disable --quiet --now nginx; changed apache 'stopped nginx'; }
  ensure_running apache apache2
}

# The release that another web server was serving goes on, or there is none yet.
apache_first_release() {
  upgrade_fronts apache
  [[ ! -e $ACTIVE_FILE ]] || return 0
  local release='' colour=blue
  [[ -v CONVERTED ]] || { release=$(served_release); colour=$(served_colour); }
  front_text lamp "${colour:-blue}" "$release" | install_file apache "$ACTIVE_FILE" 0644 root:root
}

apache_denied_scripts() {
  local pattern
  pattern=$(denied_scripts)
  DENIED_SCRIPTS=${pattern:+"RewriteRule \"(?i)$pattern\" - [R=404,L]"}
}
