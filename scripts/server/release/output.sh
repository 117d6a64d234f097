# shellcheck shell=bash
# Progress goes to whoever asked for the deployment and to a log on the server. A lost connection is no reason to stop half-way:
# what can't be printed is still logged.

STARTED=$EPOCHREALTIME
LOG=/dev/null
STEP=begin
STEP_STARTED=$STARTED
STEP_TIMES=''

begin_output() {
  trap '' PIPE HUP
  LOG=$LOGS/$1.log
  { : >>"$LOG"; } 2>/dev/null || LOG=/dev/null
}

# milliseconds SINCE: time that passed, in whole milliseconds.
milliseconds() {
  echo $(((${EPOCHREALTIME/[^0-9]/} - ${1/[^0-9]/}) / 1000))
}

# seconds MILLISECONDS: the same with two decimals, for people.
seconds() {
  printf '%d.%02d' $(($1 / 1000)) $(($1 % 1000 / 10))
}

say() {
  log_line "$*"
  show_line "$*"
}

# log_line TEXT, show_line TEXT: to the log, to whoever asked.
log_line() {
  printf '[%6s s] %s\n' "$(seconds "$(milliseconds "$STARTED")")" "$1" >>"$LOG" 2>/dev/null || true
}

show_line() {
  printf '[%6s s] %s\n' "$(seconds "$(milliseconds "$STARTED")")" "$1" 2>/dev/null || true
}

# begin STEP MESSAGE: says what is done now and notes it, so that a run that is killed here is known to have been here.
begin() {
  note_step_time
  STEP=$1 STEP_STARTED=$EPOCHREALTIME
  write_file "$RUNNING" < <(printf '%s\n' "$RUN_ID" "$ACTION" "${RELEASE:-}" "$STEP" "$STARTED" "$WHO")
  say "$1: $2"
}

note_step_time() {
  [[ $STEP == begin ]] || STEP_TIMES+="${STEP_TIMES:+,}\"$STEP\":$(seconds "$(milliseconds "$STEP_STARTED")")"
}

# fail MESSAGE: one line that says what is wrong and what to do; ends the run.
fail() {
  FAILURE=$1
  echo "error: $1" >>"$LOG" 2>/dev/null || true
  echo "error: $1" >&2 2>/dev/null || true
  exit 1
}

# run_logged COMMAND...: its output goes to the log, and to the terminal line by line, with a sign of life every 5 s.
run_logged() {
  local ticker status=0
  # The last sleep outlives its loop for a moment: whoever reads what this run prints must not wait for its end as well.
  (while sleep 5 >/dev/null 2>&1 && kill -0 $$; do say "$STEP: still at it, $(seconds "$(milliseconds "$STEP_STARTED")") s"; done) 9>&- &
  ticker=$!
  { "$@" 2>&1 </dev/null | show_lines; } || status=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  return "$status"
}
