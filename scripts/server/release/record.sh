# shellcheck shell=bash
# Who did what, when, for how long, and where it failed: one line of JSON a run, in records.jsonl.

WHO="${SUDO_USER:-$(id -un)}${SSH_CONNECTION:+ from ${SSH_CONNECTION%% *}}"
RESULT=failed
FAILURE=''
PREVIOUS=''

# record ID ACTION RELEASE RESULT STEP SECONDS WHO MESSAGE: appends one line. One that a full disk cut off is ended first. When
# the disk is full, the run itself has said so; one that needed no disk says that its record is missing.
record() {
  {
    [[ ! -s $RECORDS || -z $(tail -c 1 "$RECORDS") ]] || echo >>"$RECORDS"
    record_line "$@" >>"$RECORDS"
  } 2>/dev/null || [[ -n $8 ]] || say "the record of this run could not be written: is the disk full? (df -h)"
}

record_line() {
  printf '{"time":"%s","id":%s,"action":%s,"release":%s,"previous":%s,"result":%s,"step":%s,"seconds":%s,"who":%s,"steps":{%s},"message":%s}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(json_text "$1")" "$(json_text "$2")" "$(json_text "$3")" "$(json_text "$PREVIOUS")" \
    "$(json_text "$4")" "$(json_text "$5")" "$6" "$(json_text "$7")" "$STEP_TIMES" "$(json_text "$8")"
}

# At the end of a run, however it ended.
finish() {
  local status=$?
  trap - EXIT
  if ((status != 0)) && [[ -z $FAILURE ]]; then
    FAILURE="ended with status $status at its step $STEP"
    echo "error: $ACTION $FAILURE: see above and $LOG on the server" >&2 2>/dev/null || true
  fi
  # A deployment that failed alone leaves nothing open; of several servers the others may have its pages out.
  ((status == 0)) || [[ $ACTION != @(deploy|rollback) ]] || close_window 2>/dev/null || true
  note_step_time
  record "$RUN_ID" "$ACTION" "${RELEASE:-}" "$RESULT" "$STEP" "$(seconds "$(milliseconds "$STARTED")")" "$WHO" "$FAILURE"
  rm -f "$RUNNING"
  if ((status != 0)) && [[ -n ${RELEASE:-} && -e $SWITCHING && $(active_release) == "$RELEASE" ]]; then
    say "release $RELEASE is live all the same; the next run does what is left"
  fi
  exit "$status"
}

# A run before this one that never reached its end was killed: say where.
note_interrupted() {
  [[ -s $RUNNING ]] || return 0
  local old=()
  mapfile -t old <"$RUNNING"
  [[ ${#old[@]} -ge 6 ]] || { rm -f "$RUNNING"; return 0; }
  record "${old[0]}" "${old[1]}" "${old[2]}" interrupted "${old[3]}" \
    "$(seconds "$((($(stat -c %Y "$RUNNING") - ${old[4]%.*}) * 1000))")" "${old[5]}" 'the run was killed'
  say "an earlier run (${old[1]} of ${old[2]}) was interrupted at its step ${old[3]}; going on from there"
  rm -f "$RUNNING"
}
