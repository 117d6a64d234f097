# shellcheck shell=bash
# From MySQL to MariaDB or back. The data goes along.

# convert_database: takes the site's data from the database that is there into the one that shall be. The old one's files are moved
# aside, not deleted. Visitors see the maintenance page meanwhile.
convert_database() {
  local other=mariadb
  [[ $DATABASE == mysql ]] || other=mysql
  dpkg-query -W -f '${db:Status-Abbrev}' "$other-server" 2>/dev/null | grep -q '^ii' || return 0
  lists_ready
  DATABASE_DUMP=/var/lib/one-server-web/from-$other.sql
  step mysql "the database becomes $DATABASE: the site answers 503 until its data is there"
  close_for_conversion
  start_units "$other"
  local folder
  folder=$(data_folder "$other")
  dump_for_conversion "$other" || { open_after_conversion; fail "the data of $other can't be read out: nothing was changed (see above)"; }
  stop_units "$other"
  mv -T "$folder" "$folder-before-$(date -u +%Y%m%dT%H%M%S)"
  # Purged now and not later: the two share names, and removing the one's rest would stop the other.
  run_apt apt-get --yes --purge --auto-remove -o APT::Status-Fd=3 remove "$other-server" "$other-client" "$other-server-core" "$other-client-core"
  changed mysql "kept the data of $other in $DATABASE_DUMP and beside $folder"
}

# data_folder ENGINE: Debian's MariaDB left /var/lib/mysql for a folder of its own name.
data_folder() {
  local daemon=mysqld folder
  [[ $1 == mysql ]] || daemon=mariadbd
  folder=$("$daemon" --verbose --help 2>/dev/null | sed -n 's/^datadir  *//p')
  echo "${folder%/}"
}

dump_for_conversion() {
  local DATABASE=$1 options=()
  [[ $1 != mysql ]] || options=(--column-statistics=0)
  (umask 077
    database_dump --routines --triggers --events --hex-blob "${options[@]}" "$DATABASE_NAME" |
      portable_dump >"$DATABASE_DUMP.part") || return
  mv "$DATABASE_DUMP.part" "$DATABASE_DUMP"
}

# Each calls its newest collation by a name that the other lacks; rows are left as they are.
portable_dump() {
  sed -E '/^INSERT /!{
    s/utf8mb4_uca1400_ai_ci|utf8mb4_0900_ai_ci/utf8mb4_unicode_ci/g
    /^\/\*M!999999/d
  }'
}

# load_converted: after the new database's first start.
load_converted() {
  [[ -v DATABASE_DUMP || -e $(compgen -G '/var/lib/one-server-web/from-*.sql' | head -n 1) ]] || return 0
  local dump
  dump=$(compgen -G '/var/lib/one-server-web/from-*.sql' | head -n 1)
  database_client "$DATABASE_NAME" <"$dump" ||
    fail "the data in $dump does not load into $DATABASE: the old database's files are beside its folder in /var/lib"
  mv "$dump" "$dump.loaded"
  changed mysql "loaded the data into $DATABASE"
}
