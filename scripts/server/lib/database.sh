# shellcheck shell=bash
# The clients of the database: as its administrator over its socket, or as the site where the database is on another server.

# database_login: sets LOGIN to the options by which clients connect. No other option file is read, so that a password meant for others
# is not sent.
database_login() {
  LOGIN=(--defaults-file=/dev/null --user=root ${DATABASE_SOCKET:+--socket="$DATABASE_SOCKET"})
  [[ ! -r ${DATABASE_CLIENT:-} ]] || LOGIN=(--defaults-file="$DATABASE_CLIENT")
}

# database_client [OPTION...] [DATABASE]
database_client() {
  local LOGIN
  database_login
  "$DATABASE" "${LOGIN[@]}" "$@"
}

# query STATEMENT [OPTION...] [DATABASE]: the answer's rows, one a line, columns apart by tabs.
query() {
  database_client --batch --skip-column-names --execute "$1" "${@:2}"
}

# database_dump [OPTION...] NAME: the database NAME as of one moment, without a lock; it loads into a server that has transactions of its
# own. Views that cannot be read are left out, because a single one ends the dump: see broken_views.
database_dump() {
  local tool=mysqldump options=(--set-gtid-purged=OFF) view LOGIN
  [[ $DATABASE == mysql ]] || { tool=mariadb-dump; options=(); }
  while IFS= read -r view; do options+=(--ignore-table="${*: -1}.$view"); done < <(broken_views "${*: -1}")
  database_login
  "$tool" "${LOGIN[@]}" "${options[@]}" --single-transaction --quick --no-tablespaces "$@"
}

# broken_views NAME: the views of the database NAME that cannot be read, one a line: a table, a column or the definer is missing.
broken_views() {
  local view
  while IFS= read -r view; do
    query "SHOW FIELDS FROM \`$view\`" "$1" >/dev/null 2>&1 </dev/null || printf '%s\n' "$view"
  done < <(query "SELECT table_name FROM information_schema.views WHERE table_schema = '$1'")
}
