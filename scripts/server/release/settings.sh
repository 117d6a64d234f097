# shellcheck shell=bash
# Where everything lies, and what the server says of itself. RELEASE_ROOT moves all paths below another folder, for tests.

ROOT=${RELEASE_ROOT:-}
WWW=$ROOT/srv/www
RELEASES=$WWW/releases
SHARED=$WWW/shared
COLOURS=$WWW/colours
# Document roots of the live release and its neighbours (neighbours.sh).
STATIC=$WWW/static
ETC=$ROOT/etc/one-server-web
STATE=$ROOT/var/lib/one-server-web/releases
CACHE=$ROOT/var/cache/one-server-web
LOGS=$ROOT/var/log/one-server-web
RUN=$ROOT/run/one-server-web
UNITS=$ROOT/etc/systemd/system
RECORDS=$STATE/records.jsonl
RUNNING=$STATE/running
# How the site's account logs in to a database on another server (roles/database-proxy).
DATABASE_CLIENT=$ETC/database-client.cnf
# What the web server's file held before a switch that has not come to its end.
SWITCHING=$STATE/switching
# The web server's processes from before the last switch.
FRONT_BEFORE=$RUN/front-before

# How long the parts of a deployment may take, in seconds. /etc/one-server-web/release.conf overrules them.
LOCK_SECONDS=600
# Until a started app server answers at all.
START_SECONDS=60
# Until one that answers is healthy GATE_PASSES times in a row.
GATE_SECONDS=10
GATE_PASSES=3
# Until the public address shows the new release.
CONFIRM_SECONDS=15
# What requests in flight are given before their app server is stopped; when empty, its release's requestTimeout and 5 more.
DRAIN_SECONDS=
# How long the previous release's app server stays up, so that a rollback need not start one.
KEEP_PREVIOUS_SECONDS=3600
# How long after a switch the files of both releases are answered, whatever their names (neighbours.sh).
WINDOW_SECONDS=30
# Room that has to be left on the disk.
FREE_MIB=200
# Databases up to this size are dumped before a migration; of bigger ones the binary log's position is noted.
DUMP_MIB=512

read_settings() {
  RUNTIME=php STACK=lemp DATABASE=mysql DATABASE_NAME=site DATABASE_SOCKET=
  DOMAIN=localhost KEEP_RELEASES=5 REBOOT_WINDOW=never
  [[ -r $ETC/site.conf ]] || fail "$ETC/site.conf is missing: provision this server first"
  # shellcheck source=/dev/null
  source "$ETC/site.conf"
  # shellcheck source=/dev/null
  [[ ! -r $ETC/release.conf ]] || source "$ETC/release.conf"
}

# A release's name: what the archive's hash begins with.
check_release_name() {
  [[ $1 =~ ^[0-9a-z][0-9a-z.-]{3,63}$ ]] || fail "'$1' is not a valid name of a release: expected 4 to 64 of a-z, 0-9, '.' and '-', such as 95274b356bd9"
}

make_folders() {
  mkdir -p "$RELEASES" "$SHARED" "$COLOURS" "$STATE" "$CACHE" "$LOGS" "$RUN" ||
    fail "$WWW can't be written: is the disk full or read-only? (df -h, mount)"
}

# write_file TARGET: makes TARGET hold what standard input holds, whole or not at all.
write_file() {
  if ! { { cat >"$1.new" || drain_input; } && mv -fT "$1.new" "$1"; } 2>/dev/null; then
    rm -f "$1.new"
    fail_to_write "$1"
  fi
}

# write_private TARGET: as write_file, for root and the site's own processes alone.
write_private() {
  if ! { { (umask 027 && cat >"$1.new") || drain_input; } && chgrp site "$1.new" && mv -fT "$1.new" "$1"; } 2>/dev/null; then
    rm -f "$1.new"
    fail_to_write "$1"
  fi
}

# drain_input: what a full disk did not take is read all the same, and fails: the command that writes it would add an error of its own.
drain_input() {
  cat >/dev/null
  return 1
}

# point LINK TARGET: makes LINK a symbolic link to TARGET at one instant; there is no moment without it.
point() {
  { ln -sfn "$2" "$1.new" && mv -fT "$1.new" "$1"; } 2>/dev/null || fail_to_write "$1"
}

# mark RELEASE KIND: notes on the disk that a release is ready, migrated or live.
mark() {
  touch "$STATE/$1.$2" 2>/dev/null || fail_to_write "$STATE/$1.$2"
}

fail_to_write() {
  fail "$1 can't be written: is the disk full or read-only? (df -h, df -i)"
}
