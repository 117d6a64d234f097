# shellcheck shell=bash
# The database: on a unix socket alone, with the binary log and GTID from the first day, so that a replica can join without a restart.

mysql_packages() {
  echo "$DATABASE-server"
}

mysql_before() {
  local folder=/etc/mysql/mysql.conf.d template=mysql
  [[ $DATABASE == mysql ]] || { folder=/etc/mysql/mariadb.conf.d template=mariadb; }
  PERFORMANCE_SCHEMA_WORD=$( ((PERFORMANCE_SCHEMA)) && echo ON || echo OFF)
  install_template mysql "$template.cnf" "$folder/zz-one-server-web.cnf" 0644 root:root "restart:$DATABASE_UNIT"
  install_template mysql service.conf "/etc/systemd/system/$DATABASE_UNIT.service.d/one-server-web.conf" 0644 root:root daemon-reload "restart:$DATABASE_UNIT"
  # Its first start, a second or more, goes on beside what else is to be done once the packages are there.
  keep_from_starting "$DATABASE_UNIT"
}

# mysql_begin: begins the start that mysql_after waits for.
mysql_begin() {
  systemctl unmask --runtime --quiet "$DATABASE_UNIT"
  systemctl is-active --quiet "$DATABASE_UNIT" || systemctl start --no-block "$DATABASE_UNIT"
}

mysql_after() {
  DATABASE_SOCKET=$(database_socket /etc/mysql/mariadb.cnf)
  ensure_running mysql "$DATABASE_UNIT"
  mysql_database
  load_converted
}

# database_socket FILE: where the database listens. MySQL's place is the same everywhere; MariaDB's is in its main file.
database_socket() {
  local file=$1 socket=''
  [[ $DATABASE == mysql ]] || socket=$(sed -n 's/^socket *= *//p' "$file" 2>/dev/null | head -n 1)
  echo "${socket:-/run/mysqld/mysqld.sock}"
}

# The client and its account come by a file, never on a command line, which everyone can read.
mysql_database() {
  local client="$WORK/client.cnf" sql
  printf '[client]\nuser=%s\npassword="%s"\nsocket=%s\n' "$DATABASE_USER" "$(option_file_text "$DATABASE_PASSWORD")" "$DATABASE_SOCKET" >"$client"
  if "$DATABASE" --defaults-file="$client" --execute 'SELECT 1' "$DATABASE_NAME" >/dev/null 2>&1; then
    return 0
  fi
  sql=$(mysql_account_statements)
  "$DATABASE" --defaults-file=/dev/null --user=root --socket="$DATABASE_SOCKET" <<<"$sql" 2>"$WORK/mysql.error" ||
    fail "$DATABASE refuses to make the site's database: $(grep -v 'password' "$WORK/mysql.error" | head -n 1)"
  changed mysql "made the database $DATABASE_NAME and its user $DATABASE_USER"
}

# option_file_text VALUE: as it stands between double quotes in a my.cnf.
option_file_text() {
  local value=${1//\\/\\\\}
  printf '%s' "${value//\"/\\\"}"
}

# The password is quoted as SQL wants it: backslash and quote doubled.
mysql_account_statements() {
  local password=${DATABASE_PASSWORD//\\/\\\\}
  password=${password//\'/\'\'}
  printf "%s;\n" \
    "CREATE DATABASE IF NOT EXISTS \`$DATABASE_NAME\` CHARACTER SET utf8mb4" \
    "CREATE USER IF NOT EXISTS '$DATABASE_USER'@'localhost'" \
    "ALTER USER '$DATABASE_USER'@'localhost' IDENTIFIED BY '$password'" \
    "GRANT ALL PRIVILEGES ON \`${DATABASE_NAME//_/\\_}\`.* TO '$DATABASE_USER'@'localhost'"
}
