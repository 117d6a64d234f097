#!/bin/sh
# Restic's way to an SFTP target: with the key of backups alone, to the server that is known by its key alone.
# Restic may end before it has passed on why ssh did, so whoever wants to know that names a file for it.
exec /usr/bin/ssh -F /etc/one-server-web/backup/ssh.conf ${BACKUP_SSH_LOG:+-E "$BACKUP_SSH_LOG"} "$@"
