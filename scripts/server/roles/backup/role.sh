# shellcheck shell=bash
# Backups: nightly all of it, every ten minutes what the database has written since, encrypted, by restic, to wherever restic can
# write: a folder, SFTP, an S3 bucket, another's REST server, or what rclone knows.

readonly BACKUP_FOLDER=/etc/one-server-web/backup

backup_packages() {
  [[ -z $BACKUP_REPOSITORY ]] || echo restic
  case $BACKUP_REPOSITORY in
    sftp:*) echo openssh-client ;;
    rclone:*) echo rclone ;;
  esac
}

backup_before() {
  [[ -n $BACKUP_REPOSITORY ]] || return 0
  local unit
  backup_target
  backup_environment | install_file backup /etc/one-server-web/backup.env 0600 root:root
  for unit in backup.service backup.timer backup-log.service backup-log.timer; do
    install_template backup "$unit" "/etc/systemd/system/one-server-web-$unit" 0644 root:root daemon-reload
  done
}

backup_units() {
  [[ -n $BACKUP_REPOSITORY ]] || return 0
  echo started one-server-web-backup.timer
  ! has_role mysql || echo started one-server-web-backup-log.timer
}

# backup_target: who signed the target's certificate, where no public authority did; and over SFTP, whose key is accepted there, and
# by which key the target is known. Restic calls ssh by its name, so that a program of that name says where these are.
backup_target() {
  [[ -z $BACKUP_AUTHORITY ]] || install_file backup "$BACKUP_FOLDER/authority.pem" 0644 root:root <<<"$BACKUP_AUTHORITY"
  [[ -n $BACKUP_PRIVATE_KEY ]] || return 0
  install_file backup "$BACKUP_FOLDER/key" 0600 root:root <<<"$BACKUP_PRIVATE_KEY"
  # One target, whatever its name and port.
  install_file backup "$BACKUP_FOLDER/known_hosts" 0644 root:root <<<"* $BACKUP_HOST_KEY"
  install_template backup ssh.conf "$BACKUP_FOLDER/ssh.conf" 0644 root:root
  install_template backup ssh.sh /usr/local/lib/one-server-web/backup/ssh 0755 root:root
}

# The last backup that was restored into a scratch database; null where none are set up.
backup_facts() {
  echo "backup $(last_backup)"
}

# Restic's own variables, then what its target wants (AWS_ACCESS_KEY_ID and the like), a line each.
backup_environment() {
  printf 'RESTIC_REPOSITORY=%s\n' "$(quoted "$BACKUP_REPOSITORY")"
  printf 'RESTIC_PASSWORD=%s\n' "$(quoted "$BACKUP_PASSWORD")"
  printf 'BACKUP_KEEP_DAYS=%s\n' "$(quoted "$BACKUP_KEEP_DAYS")"
  [[ -z $BACKUP_AUTHORITY ]] || printf 'RESTIC_CACERT=%s\n' "$(quoted "$BACKUP_FOLDER/authority.pem")"
  environment_lines BACKUP_ENVIRONMENT "$BACKUP_ENVIRONMENT"
}
