#!/usr/bin/env bash
# Backs the site up and brings it back.
#
#   backup.sh run                   dump, shared paths and settings, then a trial restore
#   backup.sh log                   the binary logs written since
#   backup.sh try                   restores the last backup to the last write into a scratch database, which then is dropped
#   backup.sh list                  what there is
#   backup.sh restore --to TIME     the database as it was at TIME (UTC, 2026-11-23T12:00:00) and the shared paths of the backup before it;
#                                   TIME may be "latest": everything that was acknowledged
#
# What there is to back up follows from the roles of this server: the database, the shared paths, or both.
#
# A backup counts only once it has been restored: each one goes into a scratch database and is checked there.
set -euo pipefail
umask 077
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# A login's own, by libpam-tmpdir, which no daemon may use.
unset TMPDIR

SCRIPTS=$(dirname "$(readlink -f "$0")")
for part in lib/log lib/settings lib/systemd lib/database backup/database backup/trial backup/restore backup/target; do
  # shellcheck source=/dev/null
  . "$SCRIPTS/$part.sh"
done

WORK=/var/lib/one-server-web/backup
RESTIC_OPTIONS=()
# What has to stay free on a disk while a backup is tried, in MiB.
ROOM_MIB=512
# How many percent of their disk binary logs may take that a backup holds.
LOG_SHARE=${LOG_SHARE:-10}

main() {
  [[ $EUID == 0 ]] || fail 'backups need root: run this with sudo'
  [[ -r /etc/one-server-web/backup.env ]] || fail 'backups are not set up: set BACKUP_REPOSITORY (backupRepository), then provision'
  set -a
  # shellcheck source=/dev/null
  . /etc/one-server-web/backup.env
  set +a
  # shellcheck source=/dev/null
  . /etc/one-server-web/server.conf
  export RESTIC_CACHE_DIR=/var/cache/one-server-web/restic
  # Over SFTP, the ssh that knows key and host (roles/backup).
  PATH=/usr/local/lib/one-server-web/backup:$PATH
  # Another server of the stack may be at work on the same target.
  ! restic help 2>/dev/null | grep -q -- --retry-lock || RESTIC_OPTIONS=(--retry-lock 30m)
  # Times are UTC to everyone here: restic, the database and people.
  export TZ=UTC
  mkdir -p "$WORK" "$RESTIC_CACHE_DIR"
  # A trial within a backup runs under the lock of that backup, which has looked at the target.
  REPOSITORY_READY=${BACKUP_RUNS:-}
  if [[ ${1:-} != try || -z ${BACKUP_RUNS:-} ]]; then
    exec 8>/run/lock/one-server-web-backup.lock
    flock --wait 1800 8 || fail 'another backup or restore has been running for half an hour'
  fi
  ACTION=${1:-help}
  trap end_run EXIT
  case $ACTION in
    run) back_up ;;
    log) back_up_logs ;;
    try)
      has_role mysql || fail 'the database is not on this server: try its backup where it is'
      back_up_logs
      try_last
      ;;
    list) restic snapshots --compact ;;
    restore)
      [[ ${2:-} == --to && -n ${3:-} ]] || fail 'expected restore --to TIME, such as 2026-11-23T12:00:00, or latest'
      if has_role mysql; then restore_to "$3"; else restore_files_to "$3"; fi
      ;;
    *)
      sed -n 's/^#   //p' "$0"
      exit 2
      ;;
  esac
}

# end_run: leaves no trial behind, however the run ended, and notes a failure for the status.
end_run() {
  local code=$?
  trap - EXIT
  set +e
  rm -rf "$WORK/tried" "$WORK/restored"
  if has_role mysql && unit_is_active "$DATABASE"; then
    drop_database "$SCRATCH" 2>/dev/null
    [[ $ACTION != restore || $code == 0 || -n ${KEEP_RESTORED:-} ]] || drop_database "$RESTORED" 2>/dev/null
  fi
  if ((code != 0)) && [[ $ACTION == run ]]; then
    rm -f "$WORK/site.sql"
    printf '%s\n%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${FAILURE:-it was ended}" >"$WORK/failed"
  fi
  exit "$code"
}

back_up() {
  local tried=yes broken=''
  ensure_repository
  if has_role mysql; then
    look_for_room
    BACKUP_RUNS=yes "$SCRIPTS/backup.sh" try || tried=no
    broken=$(broken_views "$DATABASE_NAME" | paste -sd' ')
    step backup 'dumping the database'
    dump_database "$WORK/site.sql" "$DATABASE_NAME"
    try_dump
  else
    CHECKED='files alone'
  fi
  keep_backup "$(date -u '+%Y-%m-%d %H:%M:%S')"
  forget_old
  step backup 'done: a copy that has been restored once is kept'
  [[ $tried == yes ]] || fail 'this backup is good, but the one before it could not be restored to its last write: see above'
  [[ -z $broken ]] || fail "this backup holds all but the views $broken of the database $DATABASE_NAME, which can't be read: mend or drop them"
  settle_backup
}

# try_dump: restores $WORK/site.sql into a scratch database; sets CHECKED to what was found.
try_dump() {
  local size
  size=$(du -m "$WORK/site.sql" | cut -f1)
  step backup "restoring the dump into a scratch database ($size MiB)"
  check_dump "$WORK/site.sql"
  CHECKED="$TABLES tables, $size MiB, restored and found sound"
  step backup "$CHECKED"
}

# keep_backup TIME: the dump that was tried, with all else that a new server would need, as the backup of TIME.
keep_backup() {
  local path paths=()
  for path in "$WORK/site.sql" /srv/www/shared /etc/one-server-web /etc/letsencrypt; do
    [[ ! -e $path ]] || paths+=("$path")
  done
  keep --tag "$(kind)" --time "$1" "${paths[@]}"
  if has_role mysql; then
    read_back "$WORK/site.sql"
    back_up_logs
    rm -f "$WORK/site.sql"
  fi
  printf '%sZ\n%s\n' "${1/ /T}" "$CHECKED" >"$WORK/last"
}

# kind: the tag of this server's backups; several may share a target.
kind() {
  if has_role mysql; then echo full; else echo files; fi
}

restic() {
  command restic "${RESTIC_OPTIONS[@]}" "$@"
}

# By tag: the names of logs differ each time, and each name would be the newest of its kind for ever.
forget_old() {
  ! has_role mysql || restic forget --quiet --tag log --group-by host,tags --keep-within "$((BACKUP_KEEP_DAYS + 1))d"
  restic forget --quiet --tag "$(kind)" --group-by host,tags --keep-daily "$BACKUP_KEEP_DAYS" --keep-within 1d --prune
}

# Closed logs alone: the one in use goes on being written to.
back_up_logs() {
  has_role mysql || return 0
  ensure_repository
  query 'FLUSH BINARY LOGS'
  mapfile -t logs < <(binary_logs | head -n -1)
  if ((${#logs[@]} > 0)); then
    keep --tag log "${logs[@]}"
    purge_logs
  fi
  settle backup-log
}

settle_backup() {
  settle backup
  rm -f "$WORK/failed"
}

# settle NAME: what went wrong before is over.
settle() {
  rm -f "/var/lib/one-server-web/alerts/one-server-web-$1"
}

# keep OPTION|PATH...: one snapshot; sets SNAPSHOT to its name.
keep() {
  SNAPSHOT=$(restic backup --quiet --json --host site "$@" | sed -n 's/.*"snapshot_id":"\([0-9a-f]*\)".*/\1/p') ||
    fail "restic could not write to $RESTIC_REPOSITORY: see above"
}

# read_back FILE: what the target gives back of the last snapshot is what went there.
read_back() {
  restic dump "$SNAPSHOT" "$1" | cmp --silent - "$1" ||
    fail "the backup in $RESTIC_REPOSITORY can't be read back as it was written (see above): look at it with restic check, then begin another one elsewhere"
}

main "$@"
