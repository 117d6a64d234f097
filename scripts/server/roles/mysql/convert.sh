# shellcheck shell=bash
# From MySQL to MariaDB or back. The data goes along; whatever fails, the database that served before serves again (reconvert.sh).

# What a conversion needs until it is over: the packages of the database that goes, and the data on its way.
readonly CONVERSION=/var/lib/one-server-web/conversion

# convert_database: takes the site's data from the database that is there into the one that shall be. The old one's files are moved
# aside, not deleted. Visitors see the maintenance page meanwhile.
convert_database() {
  local other=mariadb folder kept
  [[ $DATABASE == mysql ]] || other=mysql
  dpkg-query -W -f '${db:Status-Abbrev}' "$other-server" 2>/dev/null | grep -q '^ii' || return 0
  lists_ready
  keep_packages "$other"
  folder=$(data_folder "$other") kept=$folder-before-$(date -u +%Y%m%dT%H%M%S)
  step mysql "the database becomes $DATABASE: the site answers 503 until its data is there"
  begin_undo
  on_undo_first "$SCRIPTS/roles/mysql/reconvert.sh" "$other" "$DATABASE" "$folder" "$kept" "$CONVERSION/packages"
  close_for_conversion
  start_units "$other"
  dump_for_conversion "$other" || fail "the data of $other can't be read out (see above)"
  stop_units "$other"
  mv -T "$folder" "$kept"
  # Purged now and not later: the two share names, and removing the one's rest would stop the other.
  # shellcheck disable=SC2046 # a list
  run_apt apt-get --yes --purge -o APT::Status-Fd=3 remove $(database_packages "$other")
  changed mysql "kept the files of $other in $kept"
}

# database_packages ENGINE
database_packages() {
  printf '%s ' "$1-server" "$1-client" "$1-server-core" "$1-client-core"
}

# keep_packages ENGINE: those that would bring it back without a network, before anything is changed.
keep_packages() {
  install -d -m 0700 "$CONVERSION" "$CONVERSION/packages/partial"
  # shellcheck disable=SC2046 # a list
  run_apt apt-get --yes --reinstall --download-only --no-install-recommends -o Dir::Cache::archives="$CONVERSION/packages" -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=30 install $(database_packages "$1")
}

# data_folder ENGINE: Debian's MariaDB left /var/lib/mysql for a folder of its own name.
data_folder() {
  local daemon=mysqld folder
  [[ $1 == mysql ]] || daemon=mariadbd
  folder=$("$daemon" --verbose --help 2>/dev/null | sed -n 's/^datadir  *//p')
  echo "${folder%/}"
}

# dump_for_conversion ENGINE: the site's database, and those that a restore kept, a file each.
dump_for_conversion() {
  local DATABASE=$1 DATABASE_SOCKET name names
  DATABASE_SOCKET=$(database_socket /etc/mysql/mariadb.cnf)
  names=$(query "SELECT schema_name FROM information_schema.schemata WHERE schema_name = '$DATABASE_NAME' OR schema_name LIKE 'site\\_before\\_%'") || return
  for name in $names; do
    (umask 077; dump_portable "$name" >"$CONVERSION/$name.sql.part") || return
    mv "$CONVERSION/$name.sql.part" "$CONVERSION/$name.sql"
  done
}

# dump_portable NAME: triggers come last, for rows that are loaded are no new rows. MySQL writes no values of generated columns; MariaDB
# does, and no other database takes them.
dump_portable() {
  local options=() table tables=''
  [[ $DATABASE != mysql ]] || options=(--column-statistics=0)
  [[ $DATABASE == mysql ]] || tables=$(tables_with_generated_columns "$1") || return
  for table in $tables; do options+=(--ignore-table-data="$1.$table"); done
  {
    database_dump --skip-triggers --routines --events --hex-blob "${options[@]}" "$1" &&
      for table in $tables; do dump_given_columns "$1" "$table" || exit; done &&
      database_dump --no-create-info --no-data --triggers "$1"
  } | portable_dump
}

# tables_with_generated_columns NAME
tables_with_generated_columns() {
  query "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = '$1' AND generation_expression <> ''"
}

# dump_given_columns NAME TABLE: its rows without generated columns, by a copy of them in a database of its own.
dump_given_columns() {
  local columns copy=site_conversion
  columns=$(query "SET SESSION group_concat_max_len = 1000000; SELECT GROUP_CONCAT(CONCAT('\`', column_name, '\`') ORDER BY ordinal_position)
    FROM information_schema.columns WHERE table_schema = '$1' AND table_name = '$2' AND COALESCE(generation_expression, '') = ''") || return
  query "SET SESSION sql_log_bin = 0; DROP DATABASE IF EXISTS $copy; CREATE DATABASE $copy CHARACTER SET utf8mb4;
    CREATE TABLE $copy.\`$2\` AS SELECT $columns FROM \`$1\`.\`$2\`" || return
  database_dump --no-create-info --complete-insert --hex-blob --skip-triggers "$copy" || return
  query "SET SESSION sql_log_bin = 0; DROP DATABASE $copy"
}

# Each calls its newest collation by a name that the other lacks, and has modes of its own; rows are left as they are.
portable_dump() {
  sed -E '/^INSERT /!{
    /^\/\*!50003 SET sql_mode /s/(NO_AUTO_CREATE_USER|EMPTY_STRING_IS_NULL|SIMULTANEOUS_ASSIGNMENT|TIME_(ROUND|TRUNCATE)_FRACTIONAL),?//g
    s/utf8mb4_uca1400_ai_ci|utf8mb4_0900_ai_ci/utf8mb4_unicode_ci/g
    /^\/\*M!999999/d
  }'
}

# load_converted: after the new database's first start.
load_converted() {
  local dump name
  for dump in "$CONVERSION"/*.sql; do
    [[ -e $dump ]] || return 0
    name=$(basename "$dump" .sql)
    query "CREATE DATABASE IF NOT EXISTS \`$name\` CHARACTER SET utf8mb4"
    database_client "$name" <"$dump" 2>"$WORK/mysql.error" ||
      fail "the data of $name does not load into $DATABASE, so the database before serves again: $(head -n 1 "$WORK/mysql.error")"
    changed mysql "loaded the data of $name into $DATABASE"
  done
}

# finish_conversion: the run is over, nothing goes back any more.
finish_conversion() {
  rm -rf "$CONVERSION"
}
