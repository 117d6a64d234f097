# shellcheck shell=bash
# The database, with the binary log and GTID from the first day, so that a replica can join without a restart. It is reached over its Unix
# socket alone, unless it is to listen on an address, by TLS.

for part in convert accounts network; do
  # shellcheck source=/dev/null
  . "$SCRIPTS/roles/mysql/$part.sh"
done

mysql_plan() {
  check_accounts
  plan_network
  DATABASE_SERVICE=$DATABASE.service
  : "${DATABASE_SOCKET:=/run/mysqld/mysqld.sock}"
  PERFORMANCE_SCHEMA_WORD=$( ((PERFORMANCE_SCHEMA)) && echo ON || echo OFF)
}

# The other way round: the database of a server of its own would be left for an empty one.
mysql_refuse() {
  [[ ! -e /etc/one-server-web/database-client.cnf ]] || has_role database-endpoint ||
    fail "setting rung: the site's database is on another server, which this one would not get; set the rung back, or remove /etc/one-server-web/database-client.cnf once the data may stay behind"
}

mysql_packages() {
  # The names of time zones, which the database reads once.
  printf '%s\n' "$DATABASE-server" tzdata
}

mysql_prepare() {
  convert_database
}

mysql_before() {
  local folder=/etc/mysql/mysql.conf.d template=mysql
  [[ $DATABASE == mysql ]] || { folder=/etc/mysql/mariadb.conf.d template=mariadb; }
  install_template mysql "$template.cnf" "$folder/zz-one-server-web.cnf" 0644 root:root "restart:$DATABASE"
  DYNAMIC_SETTINGS=$folder/zz-one-server-web.dynamic.cnf
  install_template mysql dynamic.cnf "$DYNAMIC_SETTINGS" 0644 root:root call:set_dynamic_settings
  install_template mysql service.conf "/etc/systemd/system/$DATABASE.service.d/one-server-web.conf" 0644 root:root daemon-reload "restart:$DATABASE"
}

mysql_configure() {
  DATABASE_SOCKET=$(database_socket /etc/mysql/mariadb.cnf)
  # MariaDB's packages rotate what is in it, but make it no more.
  ensure_directory mysql /var/log/mysql 2750 mysql:adm
  configure_network
  # A file, because the exporter of Debian 13 takes no socket on its command line.
  [[ $WITH_EXPORTERS == no ]] ||
    install_file mysql /etc/one-server-web/exporter.cnf 0644 root:root restart:prometheus-mysqld-exporter \
      <<<"$(printf '[client]\nuser=prometheus\nsocket=%s' "$DATABASE_SOCKET")"
}

# A first start says the same.
mysql_check() {
  local output
  unit_is_active "$DATABASE" || return 0
  output=$(validate_database 2>&1) || { echo "$DATABASE refuses its configuration: $(grep -m 1 -i 'error' <<<"$output")"; return 1; }
}

validate_database() {
  if [[ $DATABASE == mysql ]]; then mysqld --validate-config --user=mysql; else mariadbd --help --verbose --user=mysql >/dev/null; fi
}

mysql_units() {
  echo "watched $DATABASE"
}

mysql_log() {
  echo /var/log/mysql/error.log
}

mysql_after() {
  systemd_is_running || return 0
  make_accounts
  load_time_zones
  load_converted
  [[ $WITH_EXPORTERS == no ]] || make_exporter_account
}

mysql_finish() {
  finish_conversion
}

# goes_on_running: whether the database runs and this run does not restart it, so that it has to be asked to read what changed.
goes_on_running() {
  unit_is_active "$DATABASE" && [[ ! -v PENDING[restart:$DATABASE.service] ]]
}

# set_dynamic_settings: the database takes them over without a restart.
set_dynamic_settings() {
  local name value
  goes_on_running || return 0
  while read -r name value; do
    [[ $value != /* ]] || value="'$value'"
    query "SET GLOBAL $name = $value" || fail "$DATABASE refuses the setting $name = $value: see above"
  done < <(sed -n 's/^\([a-z_]*\) = \(.*\)/\1 \2/p' "$DYNAMIC_SETTINGS")
}

# load_time_zones: without them CONVERT_TZ answers NULL. They are part of the server's own tables, in no backup and no binary log.
load_time_zones() {
  local tool=mysql_tzinfo_to_sql
  [[ $DATABASE == mysql ]] || tool=mariadb-tzinfo-to-sql
  [[ $(query "SELECT CONVERT_TZ('2000-01-01', 'UTC', 'Europe/Berlin') IS NULL") == 1 ]] || return 0
  { echo 'SET SESSION sql_log_bin = 0;'; "$tool" /usr/share/zoneinfo 2>/dev/null; } | database_client mysql 2>"$WORK/mysql.error" ||
    fail "$DATABASE refuses the time zones: $(head -n 1 "$WORK/mysql.error")"
  changed mysql 'loaded the time zones'
}

mysql_facts() {
  local daemon=mysqld name=MySQL
  [[ $DATABASE == mysql ]] || daemon=mariadbd name=MariaDB
  echo "versions.$name $(json_text "$("$daemon" --version | sed -n 's/.*Ver  *\([0-9.]*\).*/\1/p')")"
}

mysql_exporter() {
  echo 'mysqld --web.listen-address=127.0.0.1:9104 --config.my-cnf=/etc/one-server-web/exporter.cnf'
}

# database_socket FILE: where the database listens. MySQL's place is the same everywhere; MariaDB's is in its main file.
database_socket() {
  local file=$1 socket=''
  [[ $DATABASE == mysql ]] || socket=$(sed -n 's/^socket *= *//p' "$file" 2>/dev/null | head -n 1)
  echo "${socket:-/run/mysqld/mysqld.sock}"
}
