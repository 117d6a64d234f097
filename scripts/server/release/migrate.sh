# shellcheck shell=bash
# The site's migration runs once a release, before it goes live, and never without a way back: a dump of the database, or for
# one too big for that, a position of the binary log up to which a backup can be brought.

migrate_release() {
  local release=$1
  read_contract "$release"
  [[ -n $MIGRATE ]] || return 0
  if [[ -e $STATE/$release.migrated ]]; then
    say "release $release has migrated already"
    return 0
  fi
  begin safeguard "keeping a way back before the migration"
  keep_way_back "$release"
  begin migrate "$MIGRATE"
  # The line is the site's own, so it may use the shell's syntax.
  if ! run_logged site-run --release "$release" sh -c "$MIGRATE"; then
    mark_failed "$release" "the migration '$MIGRATE' failed"
    fail "the migration '$MIGRATE' of release $release failed$(why). The release before goes on serving. Way back: $WAY_BACK"
  fi
  mark "$release" migrated
}

# keep_way_back RELEASE: sets WAY_BACK to what was kept.
keep_way_back() {
  local release=$1 dumps=$STATE/../dumps size position look="systemctl status $DATABASE"
  [[ ! -r $DATABASE_CLIENT ]] || look='npm run status'
  size=$(query "SELECT COALESCE(CEIL(SUM(data_length + index_length) / 1048576), 0) FROM information_schema.tables WHERE table_schema = '$DATABASE_NAME'") ||
    fail "the database $DATABASE_NAME can't be asked for its size before the migration: is it running? ($look)"
  position=$(binary_log_position)
  if ((size > DUMP_MIB)); then
    [[ -n $position ]] || fail "the database is $size MiB, too big to be dumped before a migration (DUMP_MIB=$DUMP_MIB), and its binary log is off: switch it on, or raise DUMP_MIB in $ETC/release.conf"
    WAY_BACK="binary log position $position"
    say "safeguard: $WAY_BACK"
    return 0
  fi
  install -d -m 0700 "$dumps" || fail_to_write "$dumps"
  WAY_BACK=$dumps/$release.sql.gz
  if ! database_dump --routines --triggers "$DATABASE_NAME" | gzip -1 >"$WAY_BACK.new"; then
    rm -f "$WAY_BACK.new"
    fail "the database can't be dumped before the migration: see above; is the disk full? (df -h)"
  fi
  mv -f "$WAY_BACK.new" "$WAY_BACK"
  WAY_BACK=$(realpath "$WAY_BACK")
  say "safeguard: $size MiB of data in $WAY_BACK${position:+, binary log at $position}"
  # The last three are enough: the nightly backup keeps the others.
  find "$dumps" -name '*.sql.gz' -printf '%T@ %p\n' | sort -rn | tail -n +4 | cut -d' ' -f2- | xargs -r rm -f
}

# file:position, or nothing when the binary log is off. On another server it is known to its administrator alone; a backup can be brought up
# to a time as well.
binary_log_position() {
  if [[ -r $DATABASE_CLIENT ]]; then
    query "SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%sZ') FROM DUAL WHERE @@GLOBAL.log_bin"
    return
  fi
  { query 'SHOW BINARY LOG STATUS' || query 'SHOW MASTER STATUS' || true; } 2>/dev/null | awk 'NR == 1 { print $1 ":" $2 }'
}
