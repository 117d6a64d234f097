# shellcheck shell=bash
# Prometheus' exporters, on the loopback address alone: a Prometheus elsewhere comes through SSH or an agent on this server.
# Machine 9100, nginx 9113, Apache 9117, PHP-FPM 9253, database 9104. Gunicorn counts for statsd, whose exporter Debian does not package.

readonly EXPORTERS_KNOWN='node mysqld nginx apache phpfpm'

exporters_packages() {
  local name
  [[ $EXPORTERS == yes ]] || return 0
  for name in $(exporter_names); do echo "prometheus-$name-exporter"; done
}

# exporter_names: of what this server runs, those that its distribution packages.
exporter_names() {
  local name names=(node mysqld)
  if [[ $STACK == lemp ]]; then names+=(nginx); else names+=(apache); fi
  [[ $RUNTIME != php ]] || names+=(phpfpm)
  for name in "${names[@]}"; do
    ! apt-cache show "prometheus-$name-exporter" >/dev/null 2>&1 || echo "$name"
  done
}

exporters_before() {
  local name wanted=' '
  [[ $EXPORTERS != yes ]] || wanted=" $(exporter_names | paste -sd' ') "
  exporters_status nginx /etc/nginx/conf.d/one-server-web-status.conf
  exporters_status apache2 /etc/apache2/conf-enabled/one-server-web-status.conf
  for name in $EXPORTERS_KNOWN; do
    if [[ $wanted == *" $name "* ]]; then
      exporter_before "$name"
    else
      remove_file exporters "/etc/systemd/system/prometheus-$name-exporter.service.d/one-server-web.conf" daemon-reload
    fi
  done
}

# exporters_status UNIT FILE: that web server's own counters, on the loopback address, where it is the one that serves.
exporters_status() {
  if [[ $EXPORTERS == yes && $WEB_UNIT == "$1" ]]; then
    install_template exporters "$1.conf" "$2" 0644 root:root "reload:$1"
  else
    remove_file exporters "$2" "reload:$1"
  fi
}

exporter_before() {
  local name=$1
  # Where MariaDB listens stands in a file of its package: on its first run it is not there yet, see exporters_after.
  DATABASE_SOCKET=$(database_socket /etc/mysql/mariadb.cnf)
  systemctl is-active --quiet "prometheus-$name-exporter" || FIRST_START["prometheus-$name-exporter"]=yes
  # FPM's sockets are the web server's group's.
  EXPORTER_GROUP=$([[ $name == phpfpm ]] && echo www-data || echo nogroup)
  exporter_defaults "$name"
  install_template exporters service.conf "/etc/systemd/system/prometheus-$name-exporter.service.d/one-server-web.conf" 0644 root:root \
    daemon-reload "restart:prometheus-$name-exporter"
}

exporter_defaults() {
  install_file exporters "/etc/default/prometheus-$1-exporter" 0644 root:root "restart:prometheus-$1-exporter" \
    <<<"ARGS=\"$(exporter_arguments "$1")\""
}

exporter_arguments() {
  case $1 in
    node) echo '--web.listen-address=127.0.0.1:9100' ;;
    nginx) echo '--web.listen-address=127.0.0.1:9113 --nginx.scrape-uri=http://127.0.0.1:8113/nginx-status' ;;
    apache) echo '--web.listen-address=127.0.0.1:9117 --scrape_uri=http://127.0.0.1:8113/server-status?auto' ;;
    phpfpm) echo '--web.listen-address=127.0.0.1:9253 --phpfpm.socket-paths=/run/site-blue/app.sock --phpfpm.socket-paths=/run/site-green/app.sock --phpfpm.status-path=/fpm-status' ;;
    mysqld) echo "--web.listen-address=127.0.0.1:9104 --mysqld.address=unix://$DATABASE_SOCKET --mysqld.username=prometheus" ;;
  esac
}

exporters_after() {
  local name
  [[ $EXPORTERS == yes ]] || return 0
  exporter_account
  exporter_defaults mysqld
  [[ $FILE_CHANGED == no ]] || unset 'FIRST_START[prometheus-mysqld-exporter]'
  for name in $(exporter_names); do ensure_running exporters "prometheus-$name-exporter"; done
}

# exporter_account: who may look at the database's counters and at no data. It is known by its system user, without a password.
exporter_account() {
  local plugin='WITH auth_socket'
  [[ $DATABASE == mysql ]] || plugin='VIA unix_socket'
  "$DATABASE" --defaults-file=/dev/null --user=root --socket="$DATABASE_SOCKET" <<SQL || fail "$DATABASE refuses the account of its exporter: see above"
CREATE USER IF NOT EXISTS 'prometheus'@'localhost' IDENTIFIED $plugin WITH MAX_USER_CONNECTIONS 3;
GRANT PROCESS, REPLICATION CLIENT ON *.* TO 'prometheus'@'localhost';
GRANT SELECT ON performance_schema.* TO 'prometheus'@'localhost';
SQL
}
