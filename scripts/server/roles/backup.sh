# shellcheck shell=bash
# Backups: nightly all of it, every ten minutes what the database has written since, encrypted, by restic, to wherever restic can
# write: a folder, SFTP, an S3 bucket, another's REST server.

backup_packages() {
  [[ -z $BACKUP_REPOSITORY ]] || echo restic
}

backup_before() {
  local unit
  if [[ -z $BACKUP_REPOSITORY ]]; then
    backup_off
    return 0
  fi
  backup_environment | install_file backup /etc/one-server-web/backup.env 0600 root:root
  for unit in backup.service backup.timer backup-log.service backup-log.timer; do
    install_template backup "backup/$unit" "/etc/systemd/system/one-server-web-$unit" 0644 root:root daemon-reload
  done
}

backup_after() {
  [[ -n $BACKUP_REPOSITORY ]] || return 0
  ensure_running backup one-server-web-backup.timer
  ensure_running backup one-server-web-backup-log.timer
}

backup_off() {
  local unit
  for unit in backup.timer backup-log.timer; do
    ! systemctl is-enabled --quiet "one-server-web-$unit" 2>/dev/null || systemctl disable --quiet --now "one-server-web-$unit"
  done
  for unit in backup.service backup.timer backup-log.service backup-log.timer; do
    remove_file backup "/etc/systemd/system/one-server-web-$unit" daemon-reload
  done
  remove_file backup /etc/one-server-web/backup.env
}

# Restic's own variables, then what its target wants (AWS_ACCESS_KEY_ID and the like), a line each.
backup_environment() {
  local line
  printf 'RESTIC_REPOSITORY=%s\n' "$(quoted "$BACKUP_REPOSITORY")"
  printf 'RESTIC_PASSWORD=%s\n' "$(quoted "$BACKUP_PASSWORD")"
  printf 'BACKUP_KEEP_DAYS=%s\n' "$(quoted "$BACKUP_KEEP_DAYS")"
  while IFS= read -r line; do
    [[ -n $line ]] || continue
    [[ $line =~ ^([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || fail 'setting BACKUP_ENVIRONMENT: expected one NAME=value a line'
    printf '%s=%s\n' "${BASH_REMATCH[1]}" "$(quoted "${BASH_REMATCH[2]}")"
  done <<<"$BACKUP_ENVIRONMENT"
}
