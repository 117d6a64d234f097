# shellcheck shell=bash
# The switch: one file of the web server (lib/front.sh) is written whole, and each request sees either the old release or the new one,
# files and application alike.

active_colour() {
  front_colour "$(front_file "$STACK")"
}

active_release() {
  front_release "$(front_file "$STACK")"
}

# Apache has nothing to check: a release and a colour are values there, not configuration.
front_test() {
  [[ $STACK == lamp ]] || nginx -t -q 2>&1
}

# switch_to COLOUR RELEASE: and back again when the public address does not show it.
switch_to() {
  local colour=$1 release=$2 file refusal
  file=$(front_file "$STACK")
  enable_colour "$colour"
  write_file "$SWITCHING" <"$file"
  write_file "$file" < <(front_text "$STACK" "$colour" "$release")
  if ! refusal=$(front_test); then
    write_file "$file" <"$SWITCHING"
    give_up_switch "$colour"
    fail "the web server refuses its configuration, nothing was switched: $refusal"
  fi
  front_processes >"$FRONT_BEFORE"
  front_reload "$STACK" || fail "the web server is not running: systemctl start ${STACK/lemp/nginx} on the server, then deploy again"
  if ! confirm "$release"; then
    write_file "$file" <"$SWITCHING"
    front_reload "$STACK"
    [[ -z $ACTIVE_RELEASE ]] || confirm "$ACTIVE_RELEASE" || true
    give_up_switch "$colour"
    reject "$release" "the public address answered '$PUBLIC' instead of '200 $release' for $CONFIRM_SECONDS s, so it was switched back"
  fi
}

give_up_switch() {
  disable_colour "$1"
  rm -f "$SWITCHING"
}

# finish_switch COLOUR RELEASE: what follows from it being live. It is the end of a switch, and done again when it was not reached.
finish_switch() {
  rm -f "$STATE/$2.failed"
  mark "$2" live
  point "$WWW/current" "$RELEASES/$2"
  move_workers
  enable_colour "$1"
  disable_colour "$(other_colour "$1")"
  stop_previous_later
  rm -f "$SWITCHING"
}

# confirm RELEASE: waits until the public address shows it.
confirm() {
  await_public "200 $1"
}

# await_public ANSWER: waits until the public address gives it, "200 95274b356bd9" or "503 without a release", some times in a row,
# each over a new connection. Sets PUBLIC to what it answered last.
await_public() {
  local client=(php "$SCRIPTS/release/https.php")
  [[ $RUNTIME == php ]] || client=(python3 -I "$SCRIPTS/release/https.py")
  PUBLIC=$("${client[@]}" "$DOMAIN" "$HEALTH_PATH" "$1" "$CONFIRM_SECONDS")
}

# A run that was killed between writing the file and the end of the switch: what is live is not known until the web server has read
# the file again. Its app server is there, because it was started before the file was written.
settle_switch() {
  local release
  [[ -e $SWITCHING ]] || return 0
  say "settling a switch that was interrupted"
  if ! is_running "$(active_colour)"; then
    write_file "$(front_file "$STACK")" <"$SWITCHING"
  fi
  front_processes >"$FRONT_BEFORE"
  front_reload "$STACK" || true
  release=$(active_release)
  if [[ -z $release ]]; then
    rm -f "$SWITCHING"
    return 0
  fi
  confirm "$release" || true
  finish_switch "$(active_colour)" "$release"
}
