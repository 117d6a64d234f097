# shellcheck shell=bash
# The parts of a deployment for several servers. Their caller (scripts/cli/deployment/rollOut.ts) begins each only when all servers have
# ended the previous one. Each may be run again.

# prepare_release ARCHIVE DIGEST SETTINGS: everything that changes nothing for visitors. Its static files are answered from here on:
# another server may have sent its pages.
prepare_release() {
  [[ -n $1 ]] || refuse_failed
  begin unpack "release $RELEASE"
  unpack_release "$RELEASE" "$@"
  open_window "$RELEASE"
}

change_prepare() {
  prepare_release "$@"
  # Its files, sent again, give one that failed another try.
  [[ -z $1 ]] || rm -f "$STATE/$RELEASE.failed"
  OUTCOME="done"
}

change_migrate() {
  is_ready "$RELEASE" || fail "release $RELEASE is not prepared on this server: release.sh prepare first"
  migrate_release "$RELEASE"
  OUTCOME="done"
}

change_live() {
  ! is_seen_live "$RELEASE" || { OUTCOME=unchanged; say "release $RELEASE is live already"; return 0; }
  is_ready "$RELEASE" || fail "release $RELEASE is not prepared on this server: release.sh prepare first"
  refuse_failed
  go_live "$RELEASE"
}

# change_finish ARCHIVE: all servers have it.
change_finish() {
  [[ $RELEASE == "$ACTIVE_RELEASE" ]] ||
    fail "release ${ACTIVE_RELEASE:-(none)} is live on this server, not $RELEASE: another rollout ran meanwhile"
  close_window_later
  prune
  remove_old_uploads "$1"
  OUTCOME="done"
}

# change_back: another server could not take it. One on which it is live returns to the previous one. A new release is marked everywhere,
# so that no rollback chooses it; one that was live before is as good as it was (no --reason).
change_back() {
  local failed=$RELEASE previous
  OUTCOME=unchanged
  if [[ $failed == "$ACTIVE_RELEASE" ]]; then
    previous=$(previous_release)
    [[ -n $previous ]] || fail "release $failed stays live on this server: there is no previous one to return to"
    RELEASE=$previous
    # Its files are answered from before the switch on: other servers still send its pages.
    open_window "$previous"
    go_live "$previous"
    OUTCOME=live
  fi
  [[ -z ${REASON:-} ]] || mark_failed "$failed" "$REASON"
  # Visitors may still have its pages.
  close_window_later
}
