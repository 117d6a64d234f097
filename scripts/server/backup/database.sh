# shellcheck shell=bash
# The database's part in backups: dumps with their position in the binary log, scratch databases, the logs themselves.

readonly SCRATCH=site_backup_check

# dump_database FILE DATABASE: one moment of it, without stopping anyone; its place in the binary log stands in it as a comment.
dump_database() {
  local position=--source-data=2
  [[ $DATABASE == mysql ]] || position=--master-data=2
  database_dump "$position" --routines --triggers --events --hex-blob "$2" >"$1" || fail 'the database could not be dumped: see above'
  tail -n 1 "$1" | grep -q '^-- Dump completed' || fail 'the dump is not whole: is the disk full? (df -h)'
}

# dump_position FILE: "binlog.000007 157", where the dump was taken. A restored one is given its place on a line above its own.
dump_position() {
  sed -n -E "s/^-- CHANGE (MASTER|REPLICATION SOURCE) TO (MASTER|SOURCE)_LOG_FILE='([^']+)', (MASTER|SOURCE)_LOG_POS=([0-9]+).*/\3 \5/p" "$1" | head -n 1
}

# load_dump FILE DATABASE
load_dump() {
  query "SET SESSION sql_log_bin = 0; DROP DATABASE IF EXISTS \`$2\`; CREATE DATABASE \`$2\` CHARACTER SET utf8mb4"
  # A trial is nobody's write: it stays out of the binary log.
  { echo 'SET SESSION sql_log_bin = 0;'; cat "$1"; } |
    database_client "$2" || fail "the dump does not load: see above"
}

# check_dump FILE: loads it, counts its tables (TABLES) and has the database check each.
check_dump() {
  local tables table expected bad
  load_dump "$1" "$SCRATCH"
  expected=$(grep -c '^CREATE TABLE' "$1") || true
  mapfile -t tables < <(query "SELECT table_name FROM information_schema.tables WHERE table_schema = '$SCRATCH' AND table_type = 'BASE TABLE'")
  ((${#tables[@]} == expected)) || fail "the dump holds $expected tables, restored were ${#tables[@]}: this backup is no good"
  for table in "${tables[@]}"; do
    bad=$(query "CHECK TABLE \`$SCRATCH\`.\`$table\`" | awk -F'\t' '$3 == "error" || ($3 == "status" && $4 != "OK") { print $4 }')
    [[ -z $bad ]] || fail "the restored table $table is damaged ($bad): this backup is no good"
  done
  TABLES=$expected
  query "SET SESSION sql_log_bin = 0; DROP DATABASE \`$SCRATCH\`"
}

# binary_logs: the paths of the logs, the oldest first, the one in use last.
binary_logs() {
  local folder index
  index=$(query "SELECT @@log_bin_index")
  folder=$(query "SELECT @@datadir")
  [[ $index == /* ]] || index=$folder/$index
  while IFS= read -r log; do
    [[ $log == /* ]] || log=${folder%/}/${log#./}
    printf '%s\n' "$log"
  done <"$index"
}
