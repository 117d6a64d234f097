#!/usr/bin/env bash
# Backs the site up and brings it back.
#
#   backup.sh run                   dump, shared paths and settings, then a trial restore
#   backup.sh log                   the binary logs written since
#   backup.sh list                  what there is
#   backup.sh restore --to TIME     the database as it was at TIME (UTC, 2026-11-23T12:00:00) and the shared paths of the backup before it;
#                                   TIME may be "latest": everything that was acknowledged
#
# A backup counts only once it has been restored: each one goes into a scratch database and is checked there.
set -euo pipefail
umask 077
export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

SCRIPTS=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
. "$SCRIPTS/lib/log.sh"
# shellcheck source=/dev/null
. "$SCRIPTS/backup/database.sh"
# shellcheck source=/dev/null
. "$SCRIPTS/backup/restore.sh"

WORK=/var/lib/one-server-web/backup

main() {
  [[ $EUID == 0 ]] || fail 'backups need root: run this with sudo'
  [[ -r /etc/one-server-web/backup.env ]] || fail 'backups are not set up: set BACKUP_REPOSITORY (backupRepository), then provision'
  set -a
  # shellcheck source=/dev/null
  . /etc/one-server-web/backup.env
  set +a
  # shellcheck source=/dev/null
  . /etc/one-server-web/site.conf
  export RESTIC_CACHE_DIR=/var/cache/one-server-web/restic
  mkdir -p "$WORK" "$RESTIC_CACHE_DIR"
  exec 8>/run/lock/one-server-web-backup.lock
  flock --wait 1800 8 || fail 'another backup or restore has been running for half an hour'
  case ${1:-} in
    run) back_up ;;
    log) back_up_logs ;;
    list) restic snapshots --compact ;;
    restore)
      [[ ${2:-} == --to && -n ${3:-} ]] || fail 'expected restore --to TIME, such as 2026-11-23T12:00:00, or latest'
      restore_to "$3"
      ;;
    *)
      sed -n 's/^#   //p' "$0"
      exit 2
      ;;
  esac
}

back_up() {
  ensure_repository
  step backup 'dumping the database'
  dump_database "$WORK/site.sql"
  step backup "restoring the dump into a scratch database ($(du -m "$WORK/site.sql" | cut -f1) MiB)"
  check_dump "$WORK/site.sql"
  local paths=("$WORK/site.sql" /srv/www/shared /etc/one-server-web)
  [[ ! -d /etc/letsencrypt ]] || paths+=(/etc/letsencrypt)
  keep --tag full "${paths[@]}"
  back_up_logs
  restic forget --quiet --tag full --keep-daily "$BACKUP_KEEP_DAYS" --keep-within 1d --prune
  restic forget --quiet --tag log --keep-within "${BACKUP_KEEP_DAYS}d"
  rm -f "$WORK/site.sql"
  date -u +%Y-%m-%dT%H:%M:%SZ >/var/lib/one-server-web/backup/last
  rm -f /var/lib/one-server-web/alerts/one-server-web-backup
  step backup 'done: a copy that has been restored once is kept'
}

# Closed logs alone: the one in use goes on being written to.
back_up_logs() {
  ensure_repository
  query 'FLUSH BINARY LOGS'
  mapfile -t logs < <(binary_logs | head -n -1)
  ((${#logs[@]} > 0)) || return 0
  keep --tag log "${logs[@]}"
}

keep() {
  restic backup --quiet --host site "$@" || fail "restic could not write to $RESTIC_REPOSITORY: see above"
}

ensure_repository() {
  local answer
  answer=$(restic cat config 2>&1 >/dev/null) && return 0
  # Only where nothing is: a wrong password or an unreachable target must never look like an empty one.
  [[ $answer == *'Is there a repository at'* || $answer == *'does not exist'* ]] ||
    fail "the backup target $RESTIC_REPOSITORY can't be used: $(tail -n 1 <<<"$answer")"
  restic init --quiet || fail "the backup target $RESTIC_REPOSITORY can't be made: see above"
  changed backup "made the repository $RESTIC_REPOSITORY"
}

main "$@"
