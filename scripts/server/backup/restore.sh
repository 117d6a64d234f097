# shellcheck shell=bash
# Bringing the site back: the last full backup before a time, and on top of it what the binary logs hold up to that time.

readonly RESTORED=site_restored

# restore_to TIME
restore_to() {
  local until=$1 moment folder="$WORK/restored"
  if [[ $until == latest ]]; then
    moment=$(date -u +%s)
  else
    moment=$(date -u -d "${until%Z}Z" +%s 2>/dev/null) || fail "'$until' is no time: expected UTC such as 2026-11-23T12:00:00, or latest"
  fi
  ((moment <= $(date -u +%s))) || fail "$until is in the future"
  # What was written a moment ago is in a log that no backup has yet.
  if systemctl is-active --quiet "$DATABASE"; then back_up_logs; fi
  rm -rf "$folder"
  fetch_full "$moment" "$folder"
  fetch_logs "$folder"
  step restore 'loading the dump'
  load_dump "$folder$WORK/site.sql" "$RESTORED"
  replay_logs "$folder" "$until" "$moment"
  put_in_place
  restore_shared "$folder"
  rm -rf "$folder"
  # What comes after starts from here.
  back_up
  step restore "done: the site is as it was $([[ $until == latest ]] && echo 'at the last acknowledged write' || echo "at $until")"
}

# fetch_full MOMENT FOLDER: the newest full backup that was begun before the moment.
fetch_full() {
  local id
  id=$(restic snapshots --tag full --json | newest_before "$1")
  [[ -n $id ]] || fail "there is no backup from before that time (backup.sh list)"
  step restore "fetching backup $id"
  restic restore "$id" --quiet --target "$2" || fail 'the backup can not be read: see above'
}

# fetch_logs FOLDER: every log that was ever kept; the newest copy of each.
fetch_logs() {
  local id
  while read -r id; do
    restic restore "$id" --quiet --target "$1/logs" || fail 'the binary logs can not be read: see above'
  done < <(restic snapshots --tag log --json | grep -o '"short_id":"[0-9a-f]*"' | cut -d'"' -f4)
}

# newest_before MOMENT: of snapshots in JSON on standard input, the short id of the newest not after the moment. Restic prints one
# object after the other, the oldest first.
newest_before() {
  local line time best=''
  while IFS= read -r line; do
    time=$(grep -o '"time":"[^"]*"' <<<"$line" | head -n 1 | cut -d'"' -f4)
    [[ -n $time ]] && (($(date -u -d "$time" +%s) <= $1)) && best=$(grep -o '"short_id":"[0-9a-f]*"' <<<"$line" | cut -d'"' -f4)
  done < <(sed 's/},{"time"/}\n{"time"/g; s/},{"parent"/}\n{"parent"/g')
  echo "$best"
}

# replay_logs FOLDER TIME MOMENT: from the dump's place on, into the restored database.
replay_logs() {
  local folder=$1 until=$2 moment=$3 position file offset logs=() tool=mysqlbinlog stop=()
  [[ $DATABASE == mysql ]] || tool=mariadb-binlog
  position=$(dump_position "$folder$WORK/site.sql")
  read -r file offset <<<"$position"
  [[ -n $file ]] || fail 'the dump does not say where in the binary log it was taken'
  mapfile -t logs < <(find "$folder/logs" -type f -name "${file%.*}.[0-9]*" 2>/dev/null | sort -t. -k2 | awk -v first="$file" '{ n = split($0, p, "/"); if (p[n] >= first) print }')
  if ((${#logs[@]} == 0)) || [[ ${logs[0]##*/} != "$file" ]]; then
    step restore 'nothing was written after the dump that a log holds'
    return 0
  fi
  # The server's zone is UTC, and so is the time that was asked for.
  [[ $until == latest ]] || stop=(--stop-datetime="$(date -u -d "@$moment" '+%Y-%m-%d %H:%M:%S')")
  step restore "replaying ${#logs[@]} binary logs from $file:$offset"
  replay_statements "$tool" "$offset" "${stop[@]}" "${logs[@]}" |
    "$DATABASE" --defaults-file=/dev/null --user=root --socket="$DATABASE_SOCKET" --binary-mode "$RESTORED" || fail 'the binary logs do not replay: see above'
}

# Rows alone are replayed, under the restored database's name; a DROP of the site's database is what is being undone.
replay_statements() {
  local tool=$1 offset=$2
  shift 2
  local options=(--start-position="$offset" --rewrite-db="$DATABASE_NAME->$RESTORED" --database="$RESTORED")
  [[ $tool != mysqlbinlog ]] || options+=(--skip-gtids)
  echo 'SET SESSION sql_log_bin = 0;'
  TZ=UTC "$tool" "${options[@]}" "$@" | grep -avEi "^(/\*!.*\*/ *)?drop (database|schema) "
}

# put_in_place: all tables change their places in one statement; the old ones are kept in a database of their own.
put_in_place() {
  local before moves
  before="site_before_$(date -u +%Y%m%d%H%M%S)"
  # None of it is in the binary log: replayed over an older dump it would move tables that are not there. A backup follows.
  query "SET SESSION sql_log_bin = 0; CREATE DATABASE IF NOT EXISTS \`$DATABASE_NAME\` CHARACTER SET utf8mb4; CREATE DATABASE \`$before\`"
  moves=$(query "SELECT CONCAT('\`', table_schema, '\`.\`', table_name, '\` TO \`', IF(table_schema = '$RESTORED', '$DATABASE_NAME', '$before'), '\`.\`', table_name, '\`')
    FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema IN ('$DATABASE_NAME', '$RESTORED')
    ORDER BY table_schema = '$RESTORED'" | paste -sd,)
  [[ -n $moves ]] || fail 'the backup holds no table'
  query "SET SESSION sql_log_bin = 0; RENAME TABLE $moves" || fail "the restored tables could not take their places: they are in the database $RESTORED"
  query "SET SESSION sql_log_bin = 0; DROP DATABASE \`$RESTORED\`"
  if [[ -z $(query "SHOW TABLES FROM \`$before\`") ]]; then
    query "SET SESSION sql_log_bin = 0; DROP DATABASE \`$before\`"
  else
    step restore "what was there before is kept in the database $before"
  fi
}

# restore_shared FOLDER: files of the backup come back; files that came after it stay.
restore_shared() {
  [[ -d $1/srv/www/shared ]] || return 0
  cp -a "$1/srv/www/shared/." /srv/www/shared/
  step restore 'the shared paths are back'
}
