# shellcheck shell=bash
# One deployment at a time. The lock is descriptor 9: a migration that outlives its killed deployment holds it until it ends.

take_lock() {
  local waited=0 holder=() refusal
  exec 9>>"$RUN/release.lock"
  until flock -w 5 9; do
    waited=$((waited + 5))
    holder=()
    [[ ! -s $RUNNING ]] || mapfile -t holder <"$RUNNING"
    if ((waited >= LOCK_SECONDS)); then
      refusal="another run (${holder[1]:-?} of ${holder[2]:-?} by ${holder[5]:-?}) holds the lock for $waited s, at its step ${holder[3]:-?}: try again when it has ended"
      record "$RUN_ID" "$ACTION" "${RELEASE:-}" refused lock "$waited" "$WHO" "$refusal"
      fail "$refusal"
    fi
    say "waiting: another run (${holder[1]:-?} of ${holder[2]:-?} by ${holder[5]:-?}) is at its step ${holder[3]:-?}"
  done
}

release_lock() {
  exec 9>&-
}
