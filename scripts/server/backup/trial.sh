# shellcheck shell=bash
# A backup counts once it was restored. Trials happen in a database of their own, by the functions that restore.

readonly SCRATCH=site_backup_check

# load_dump FILE DATABASE
load_dump() {
  query "SET SESSION sql_log_bin = 0; DROP DATABASE IF EXISTS \`$2\`; CREATE DATABASE \`$2\` CHARACTER SET utf8mb4"
  # A trial is no write of the site's: it stays out of the binary log.
  { echo 'SET SESSION sql_log_bin = 0;'; cat "$1"; } | database_client "$2" || fail 'the dump does not load: see above'
}

# tables_of DATABASE: one a line.
tables_of() {
  query "SELECT table_name FROM information_schema.tables WHERE table_schema = '$1' AND table_type = 'BASE TABLE'"
}

# tables_in FILE: how many tables a dump makes. Only bodies of routines, triggers and events hold lines of people's own; each stands
# between two changes of the delimiter.
tables_in() {
  awk '/^DELIMITER / { inside = $2 != ";"; next } !inside && /^CREATE TABLE / { count++ } END { print count + 0 }' "$1"
}

# check_tables DATABASE: has the database check each table; ends the run when one is damaged.
check_tables() {
  local table bad
  while IFS= read -r table; do
    bad=$(query "CHECK TABLE \`$1\`.\`$table\`" </dev/null | awk -F'\t' '$3 == "error" || ($3 == "status" && $4 != "OK") { print $4 }')
    [[ -z $bad ]] || fail "the restored table $table is damaged ($bad): this backup is no good"
  done < <(tables_of "$1")
}

# drop_database NAME: one of a trial, which is in no binary log.
drop_database() {
  query "SET SESSION sql_log_bin = 0; DROP DATABASE IF EXISTS \`$1\`"
}

# check_dump FILE: loads it, counts its tables (TABLES) and has the database check each.
check_dump() {
  local restored
  load_dump "$1" "$SCRATCH"
  TABLES=$(tables_in "$1")
  restored=$(tables_of "$SCRATCH" | wc -l)
  ((restored == TABLES)) || fail "the dump holds $TABLES tables, restored were $restored: this backup is no good"
  check_tables "$SCRATCH"
  drop_database "$SCRATCH"
}

# try_last: restores the last backup with all binary logs since, up to the last acknowledged write, as a restore would.
try_last() {
  local folder="$WORK/tried" moment
  moment=$(date +%s)
  [[ -n $(snapshots --tag full) ]] || { step backup 'there is no backup yet that could be tried'; return 0; }
  rm -rf "$folder"
  fetch_full "$moment" "$folder"
  if ! same_engine "$folder$WORK/site.sql"; then
    step backup "the last backup is not of $DATABASE: it is not tried"
    return 0
  fi
  load_to "$SCRATCH" "$folder" latest "$moment"
  [[ -n ${REPLAYED:-} ]] || fail 'the writes since the last backup are in no backup'
  check_tables "$SCRATCH"
  step backup "the last backup was restored to the last write: $(tables_of "$SCRATCH" | wc -l) tables"
  drop_database "$SCRATCH"
}

# same_engine FILE: whether a dump was made by the database that runs here.
same_engine() {
  local maker=mysql
  ! head -n 5 "$1" | grep -q MariaDB || maker=mariadb
  [[ $maker == "$DATABASE" ]]
}

# look_for_room: ends the run before anything is written when the dump and a trial of it would fill a disk. Sets DUMP_KIB to what a dump
# may take. Text is counted as twice the data, because bytes are written as hexadecimal digits.
look_for_room() {
  local data
  data="SELECT COALESCE(CEIL(SUM(data_length + index_length) / 1048576), 0) FROM information_schema.tables WHERE table_schema = '$DATABASE_NAME'"
  [[ $DATABASE != mysql ]] || data="SET SESSION information_schema_stats_expiry = 0; $data"
  data=$(query "$data") || fail "the database can't be asked for its size: is it running? see systemctl status $DATABASE"
  need_room $((data * 2)) "$data"
  DUMP_KIB=$((($(free_mib "$WORK") - ROOM_MIB) * 1024))
}

# need_room FILES DATA: ends the run unless there is room for so many MiB of files in $WORK and so many of data in the database.
need_room() {
  local folder files=$1 data=$2
  folder=$(query 'SELECT @@datadir')
  if [[ $(stat -c %d "$WORK") == "$(stat -c %d "$folder")" ]]; then files=$((files + data)) data=0; fi
  enough_room "$WORK" "$files"
  ((data == 0)) || enough_room "$folder" "$data"
}

enough_room() {
  local free needed=$(($2 + ROOM_MIB))
  free=$(free_mib "$1")
  ((free >= needed)) || fail "too little room at $1: $free MiB are free, about $needed MiB are needed; nothing was changed"
}

# free_mib FOLDER
free_mib() {
  df --output=avail -m "$1" | tail -n 1 | tr -d ' '
}
