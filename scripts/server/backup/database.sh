# shellcheck shell=bash
# The database's part in backups: dumps with their position in the binary log, and the logs themselves.

# dump_database FILE DATABASE: one moment of it, without stopping anyone; its place in the binary log stands in it as a comment.
dump_database() {
  local position=--source-data=2
  [[ $DATABASE == mysql ]] || position=--master-data=2
  (
    # In KiB: a dump that grows beyond the room that there is ends instead of the database, which is on the same disk.
    [[ -z ${DUMP_KIB:-} ]] || ulimit -f "$DUMP_KIB"
    database_dump "$position" --routines --triggers --events --hex-blob "$2" >"$1"
  ) || fail "the database could not be dumped: see above${DUMP_KIB:+; there was room for $((DUMP_KIB / 1024)) MiB (df -h)}"
  tail -n 1 "$1" | grep -q '^-- Dump completed' || fail 'the dump is not whole: is the disk full? (df -h)'
}

# dump_position FILE: "binlog.000007 157", where the dump was taken. A restored one is given its place on a line above its own.
dump_position() {
  sed -n -E "s/^-- CHANGE (MASTER|REPLICATION SOURCE) TO (MASTER|SOURCE)_LOG_FILE='([^']+)', (MASTER|SOURCE)_LOG_POS=([0-9]+).*/\3 \5/p" "$1" | head -n 1
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

# purge_logs: those that a backup holds, the oldest first, once all of them take more than LOG_SHARE percent of their disk. The one in
# use and the one before it stay.
purge_logs() {
  local logs room total=0 log
  mapfile -t logs < <(binary_logs)
  ((${#logs[@]} > 2)) || return 0
  room=$(($(df --output=size -B1 "${logs[0]%/*}" | tail -n 1) * LOG_SHARE / 100))
  for log in "${logs[@]}"; do total=$((total + $(stat -c %s "$log"))); done
  for log in "${logs[@]:1:${#logs[@]}-2}"; do
    ((total > room)) || break
    total=$((total - $(stat -c %s "${logs[0]}")))
    logs=("${logs[@]:1}")
  done
  [[ $(binary_logs | head -n 1) == "${logs[0]}" ]] || query "PURGE BINARY LOGS TO '${logs[0]##*/}'"
}
