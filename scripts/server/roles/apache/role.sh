# shellcheck shell=bash
# The other web server: Apache with one process model for all (event), the application over a unix socket.

readonly APACHE_FOLDER=/etc/apache2/one-server-web
readonly APACHE_MODULES='mpm_event ssl http2 headers rewrite proxy proxy_fcgi proxy_http deflate brotli expires socache_shmcb'

apache_packages() {
  echo apache2
}

apache_plan() {
  CERTIFICATE_ROLES+=' apache'
  MAXIMUM_UPLOAD_BYTES=$((MAXIMUM_UPLOAD_MIB * 1048576))
  WEB_STOP_SECONDS=$((REQUEST_TIMEOUT + 60))
  APACHE_ALIASES=${ALIASES:+ServerAlias $ALIASES}
}

apache_before() {
  local template
  for template in server tls headers "app-$RUNTIME" site; do
    install_template apache "$template.conf" "$APACHE_FOLDER/$template.conf" 0644 root:root reload:apache2
  done
  first_front lamp apache
  install_template nginx maintenance.html /usr/local/share/one-server-web/maintenance.html 0644 root:root
  ensure_directory apache /var/lib/one-server-web/acme 0755 root:root
}

apache_configure() {
  local module
  for module in mpm_prefork mpm_worker; do
    [[ ! -e /etc/apache2/mods-enabled/$module.load ]] || apache_module a2dismod "$module" disabled
  done
  for module in $APACHE_MODULES; do
    [[ -e /etc/apache2/mods-enabled/$module.load ]] || apache_module a2enmod "$module" enabled
  done
  remove_file apache /etc/apache2/sites-enabled/000-default.conf reload:apache2
  ensure_link apache "$APACHE_FOLDER/site.conf" /etc/apache2/sites-enabled/one-server-web.conf reload:apache2
  [[ $WITH_EXPORTERS == no ]] ||
    install_template apache status.conf /etc/apache2/conf-enabled/one-server-web-status.conf 0644 root:root reload:apache2
}

# apache_module COMMAND MODULE WORD
apache_module() {
  remember_file "/etc/apache2/mods-enabled/$2.load"
  remember_file "/etc/apache2/mods-enabled/$2.conf"
  "$1" --quiet "$2" >/dev/null
  changed apache "$3 the module $2"
  CHANGED_ROLES[apache]=yes
  notify restart:apache2
}

apache_check() {
  local output
  # Where the fault is and what it is are two lines.
  output=$(apache2ctl configtest 2>&1) || { echo "Apache refuses its configuration: $(grep -m 1 -A 1 -i 'error\|invalid' <<<"$output" | paste -sd' ')"; return 1; }
}

apache_units() {
  echo watched apache2
}

apache_log() {
  echo /var/log/apache2/error.log
}

apache_facts() {
  echo "versions.Apache $(json_text "$(apache2 -v | sed -n 's|.*Apache/\([0-9.]*\).*|\1|p')")"
}

apache_exporter() {
  echo 'apache --web.listen-address=127.0.0.1:9117 --scrape_uri=http://127.0.0.1:8113/server-status?auto'
}
