# shellcheck shell=bash
# Bringing the site back: the last full backup before a time, and on top of it what the binary logs hold up to that time.

readonly RESTORED=site_restored

# restore_to TIME: the database as it was at the beginning of that second.
restore_to() {
  local until=$1 moment size folder="$WORK/restored"
  moment=$(moment_of "$until")
  # What was written a moment ago is in a log that no backup has yet.
  if unit_is_active "$DATABASE"; then back_up_logs; fi
  rm -rf "$folder"
  fetch_full "$moment" "$folder"
  size=$(du -m "$folder$WORK/site.sql" | cut -f1)
  # Its logs and the next dump; the restored database and the trial of it.
  need_room $((size * 2)) $((size * 2))
  load_to "$RESTORED" "$folder" "$until" "$moment"
  # What comes after starts from here: this is the next backup as well.
  dump_database "$WORK/site.sql" "$RESTORED"
  try_dump
  put_in_place
  restore_shared "$folder"
  rm -rf "$folder"
  keep_backup "$(date -d "@$((RESTORED_AT + 1))" '+%Y-%m-%d %H:%M:%S')"
  settle_backup
  step restore "done: the site is as it was $([[ $until == latest ]] && echo 'at the last acknowledged write' || echo "at $until")"
}

# restore_files_to TIME: the shared paths of the last backup before it, on a server without the database.
restore_files_to() {
  local moment folder="$WORK/restored" id
  moment=$(moment_of "$1")
  id=$(snapshots --path /srv/www/shared | awk -v moment="$moment" '$1 <= moment { id = $2 } END { print id }')
  [[ -n $id ]] || fail 'there is no backup of the shared paths from before that time (backup.sh list)'
  step restore "fetching the shared paths of backup $id"
  rm -rf "$folder"
  restic restore "$id" --quiet --include /srv/www/shared --target "$folder" || fail 'the backup can not be read: see above'
  restore_shared "$folder"
  rm -rf "$folder"
}

# moment_of TIME: in seconds since 1970.
moment_of() {
  local moment
  if [[ $1 == latest ]]; then
    moment=$(date +%s)
  else
    moment=$(date -d "${1%Z}Z" +%s 2>/dev/null) || fail "'$1' is no time: expected UTC such as 2026-11-23T12:00:00, or latest"
  fi
  ((moment <= $(date +%s))) || fail "$1 is in the future"
  echo "$moment"
}

# load_to DATABASE FOLDER TIME MOMENT: the full backup in the folder, and what the binary logs hold up to the moment.
load_to() {
  local target=$1 folder=$2 until=$3 moment=$4 position
  position=$(dump_position "$folder$WORK/site.sql")
  [[ -n $position ]] || fail 'the dump does not say where in the binary log it was taken'
  fetch_logs "$moment" "$folder/logs" "${position% *}"
  step restore 'loading the dump'
  load_dump "$folder$WORK/site.sql" "$target"
  replay_logs "$target" "$folder/logs" "$until" "$moment" "$position"
}

# snapshots OPTION...: "seconds-since-1970 id" of each, the oldest first. Restic prints one object after the other.
snapshots() {
  local line time
  restic snapshots "$@" --json | sed 's/},{"time"/}\n{"time"/g' | while IFS= read -r line; do
    time=$(grep -o '"time":"[^"]*"' <<<"$line" | head -n 1 | cut -d'"' -f4)
    [[ -z $time ]] || echo "$(date -d "$time" +%s) $(grep -o '"short_id":"[0-9a-f]*"' <<<"$line" | cut -d'"' -f4)"
  done | sort -n -k1,1 -s
}

# fetch_full MOMENT FOLDER: the newest full backup that was begun before the moment.
fetch_full() {
  local id
  id=$(snapshots --tag full | awk -v moment="$1" '$1 <= moment { id = $2 } END { print id }')
  [[ -n $id ]] || fail "there is no backup from before that time (backup.sh list)"
  step restore "fetching backup $id"
  restic restore "$id" --quiet --target "$2" || fail 'the backup can not be read: see above'
}

# fetch_logs MOMENT FOLDER FIRST: the logs as the first backup after the moment found them, which holds all of those that the server
# had then. Those before it are fetched only if the dump's own log is not among them.
fetch_logs() {
  local moment=$1 folder=$2 first=$3 id
  while read -r id; do
    restic restore "$id" --quiet --target "$folder" || fail 'the binary logs can not be read: see above'
    [[ -z $(find "$folder" -name "$first") ]] || return 0
  done < <(snapshots --tag log | awk -v moment="$moment" '{ id[NR] = $2; if (!from && $1 > moment) from = NR } END { for (i = from ? from : NR; i > 0; i--) print id[i] }')
}

# replay_logs DATABASE FOLDER TIME MOMENT POSITION: from the dump's place on, into that database.
replay_logs() {
  local target=$1 folder=$2 until=$3 moment=$4 file offset logs=() tool=mysqlbinlog stop=()
  [[ $DATABASE == mysql ]] || tool=mariadb-binlog
  read -r file offset <<<"$5"
  mapfile -t logs < <(find "$folder" -type f -name "${file%.*}.[0-9]*" 2>/dev/null | sort -t. -k2 | awk -v first="$file" '{ n = split($0, p, "/"); if (p[n] >= first) print }')
  if ((${#logs[@]} == 0)) || [[ ${logs[0]##*/} != "$file" ]]; then
    step restore "what was written after the dump is in no backup: its binary log $file is missing"
    return 0
  fi
  check_sequence "${logs[@]##*/}"
  REPLAYED=${#logs[@]}
  [[ $until == latest ]] || stop=(--stop-datetime="$(date -d "@$moment" '+%Y-%m-%d %H:%M:%S')")
  step restore "replaying ${#logs[@]} binary logs from $file:$offset"
  replay_statements "$target" "$tool" "$offset" "${stop[@]}" "${logs[@]}" |
    database_client --binary-mode "$target" || fail 'the binary logs do not replay: see above'
}

# check_sequence LOG...: without one between them the rows of those after it make no sense.
check_sequence() {
  local log number=$((10#${1##*.}))
  for log in "$@"; do
    ((10#${log##*.} == number)) || fail "the binary log before $log is in no backup: choose a time before the backup that lacks it (backup.sh list)"
    number=$((number + 1))
  done
}

# Rows and changes of tables are replayed, under the restored database's name; a DROP of the site's database is what is being undone.
# MariaDB's own numbers of transactions are those of the site's, which are over. A restore is no write that could be replayed: what came before it is gone, so nobody goes past it from an older backup.
# A connection with the character set binary has the client read its own commands as statements; one byte is one character in latin1, too.
replay_statements() {
  local target=$1 tool=$2 offset=$3
  shift 3
  local options=(--start-position="$offset" --rewrite-db="$DATABASE_NAME->$target")
  # MySQL chooses by the new name, MariaDB by the old one.
  if [[ $tool == mysqlbinlog ]]; then options+=(--skip-gtids --database="$target"); else options+=(--database="$DATABASE_NAME"); fi
  echo 'SET SESSION sql_log_bin = 0;'
  "$tool" "${options[@]}" "$@" |
    grep -avEi -e "^(/\*!.*\*/ *)?(create|alter|drop) (database|schema) " -e '^/\*M!.*SET @@session\.gtid_seq_no=' |
    awk -v restored="\`$RESTORED\`" '/^RENAME TABLE / && index($0, restored) {
        print "the site was restored meanwhile, and the backup that follows a restore is missing: choose a time before that restore" >"/dev/stderr"
        exit 3
      }
      { print }' |
    sed -E -e 's#^/\*!\\C binary \*/#/*!\\C latin1 */#' -e "s/\`$DATABASE_NAME\`\./\`$target\`./g" \
      -e "/^(create|alter|drop|rename|truncate) /I s/(^|[ ,(])$DATABASE_NAME\./\1$target./g"
}

# put_in_place: all tables change their places in one statement; the old ones are kept in a database of their own. That statement alone
# is in the binary log: what is written after it belongs to the restored database. Sets RESTORED_AT.
put_in_place() {
  local before moves log
  before="site_before_$(date +%Y%m%d%H%M%S)"
  query "SET SESSION sql_log_bin = 0; CREATE DATABASE IF NOT EXISTS \`$DATABASE_NAME\` CHARACTER SET utf8mb4; CREATE DATABASE \`$before\`"
  moves=$(query "SELECT CONCAT('\`', table_schema, '\`.\`', table_name, '\` TO \`', IF(table_schema = '$RESTORED', '$DATABASE_NAME', '$before'), '\`.\`', table_name, '\`')
    FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema IN ('$DATABASE_NAME', '$RESTORED')
    ORDER BY table_schema = '$RESTORED'" | paste -sd,)
  [[ -n $moves ]] || fail 'the backup holds no table'
  dump_extras "$WORK/extras.sql"
  drop_triggers
  query 'FLUSH BINARY LOGS'
  log=$(binary_logs | tail -n 1)
  # From here on it is worth keeping when something fails.
  KEEP_RESTORED=yes
  query "RENAME TABLE $moves" "$DATABASE_NAME" || fail "the restored tables could not take their places: they are in the database $RESTORED"
  RESTORED_AT=$(date +%s)
  mark_position "${log##*/}"
  { echo 'SET SESSION sql_log_bin = 0;'; cat "$WORK/extras.sql"; } | database_client "$DATABASE_NAME" ||
    fail "the tables are back, but not all views, triggers and routines: they are in $WORK/extras.sql"
  rm -f "$WORK/extras.sql"
  drop_database "$RESTORED"
  if [[ -z $(query "SHOW TABLES FROM \`$before\`") ]]; then
    drop_database "$before"
  else
    step restore "what was there before is kept in the database $before"
  fi
}

# mark_position LOG: the dump of the restored database goes on after the statement that put it in place.
mark_position() {
  local offset
  offset=$(query "SHOW BINLOG EVENTS IN '$1'" | awk -F'\t' -v restored="\`$RESTORED\`" 'index($6, "RENAME TABLE") && index($6, restored) { print $5 }' | head -n 1)
  [[ -n $offset ]] || fail "the restored tables are in place, but their moment is not in the binary log $1: make a backup now (npm run backup)"
  { printf -- "-- CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='%s', SOURCE_LOG_POS=%s;\n" "$1" "$offset"; cat "$WORK/site.sql"; } >"$WORK/site.sql.placed"
  mv -f "$WORK/site.sql.placed" "$WORK/site.sql"
}

# dump_extras FILE: what RENAME TABLE leaves behind: views, triggers, routines and events.
dump_extras() {
  local table ignored=()
  while IFS= read -r table; do ignored+=(--ignore-table="$RESTORED.$table"); done < <(
    query "SELECT table_name FROM information_schema.tables WHERE table_schema = '$RESTORED' AND table_type = 'BASE TABLE'"
  )
  {
    database_dump --routines --events --skip-triggers "${ignored[@]}" "$RESTORED"
    database_dump --no-data --no-create-info --triggers "$RESTORED"
  } >"$1" || fail 'views, triggers and routines can not be read out of the restored database: nothing was changed'
}

# drop_triggers: a table with one can not move to another database.
drop_triggers() {
  local drops
  drops=$(query "SELECT CONCAT('DROP TRIGGER \`', trigger_schema, '\`.\`', trigger_name, '\`;') FROM information_schema.triggers WHERE trigger_schema IN ('$DATABASE_NAME', '$RESTORED')")
  [[ -z $drops ]] || query "SET SESSION sql_log_bin = 0; $drops"
}

# restore_shared FOLDER: files of the backup come back; files that came after it stay.
restore_shared() {
  [[ -d $1/srv/www/shared ]] || return 0
  cp -a "$1/srv/www/shared/." /srv/www/shared/
  step restore 'the shared paths are back'
}
