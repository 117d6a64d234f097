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
  local colour=$1 release=$2 file refusal answered
  file=$(front_file "$STACK")
  enable_colour "$colour"
  write_file "$SWITCHING" <"$file"
  write_file "$file" < <(front_text "$STACK" "$colour" "$release")
  if ! refusal=$(front_test); then
    write_file "$file" <"$SWITCHING"
    give_up_switch "$colour"
    fail "the web server refuses its configuration, nothing was switched: $refusal"
  fi
  note_front
  front_reload "$STACK" || fail "the web server is not running: systemctl start ${STACK/lemp/nginx} on the server, then deploy again"
  if ! confirm "$release"; then
    answered=$PUBLIC
    write_file "$file" <"$SWITCHING"
    front_reload "$STACK"
    [[ -z $ACTIVE_RELEASE ]] || { read_contract "$ACTIVE_RELEASE"; confirm "$ACTIVE_RELEASE"; } || true
    give_up_switch "$colour"
    reject "$release" "the public address answered '$answered' instead of '200 $release by $colour' for $CONFIRM_SECONDS s, so it was switched back"
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
  move_tasks
  enable_colour "$1"
  disable_colour "$(other_colour "$1")"
  stop_previous_later
  rm -f "$SWITCHING"
}

# confirm RELEASE: waits until the public address shows it.
confirm() {
  await_public "200 $1"
}

# await_public ANSWER: waits until the public address gives it, "200 95274b356bd9" or "503 without a release", three times in a row,
# each over a new connection, and from the web server's file as it is now: an answer by an earlier text of it, which may name the same
# release, does not count, and neither does one while a process that knows only an earlier text takes connections. Sets PUBLIC to
# the last answer.
await_public() {
  local wanted deadline=$((${EPOCHREALTIME/[^0-9]/} + CONFIRM_SECONDS * 1000000)) check colour answers
  check=$(front_check "$(front_file "$STACK")") colour=$(active_colour)
  wanted="$1 by $colour"
  while :; do
    answers=$(public_answers "$check" 3)
    PUBLIC=${answers##*$'\n'}
    [[ $answers != "$wanted"$'\n'"$wanted"$'\n'"$wanted" ]] || front_accepts_still || return 0
    ((${EPOCHREALTIME/[^0-9]/} < deadline)) || return 1
    sleep 0.02
  done
}

front_accepts_still() {
  [[ -s $FRONT_BEFORE ]] && front_accepts "$FRONT_BEFORE"
}

# public_answers CHECK TIMES: status, release and colour of so many answers at the health path, a line each.
public_answers() {
  local urls=() time
  for ((time = 0; time < $2; time++)); do urls+=(--output /dev/null "https://$DOMAIN$HEALTH_PATH"); done
  { ask_public --dump-header - --header "X-Release-Check: $1" --header 'Connection: close' "${urls[@]}" || true; } | tr -d '\r' | awk '
    /^HTTP\// { status = $2; release = "without a release"; colour = "an earlier configuration" }
    tolower($1) == "x-release:" { release = $2 }
    tolower($1) == "x-release-check:" { colour = $2 }
    /^$/ { print status, release, "by", colour; seen = 1 }
    END { if (!seen) print "no answer" }'
}

# ask_public [CURL OPTION...] URL: this machine's web server, as a visitor. Whether the certificate is trusted is not the question here.
ask_public() {
  curl --silent --insecure --noproxy '*' --http1.1 --max-time 10 --user-agent release-gate --resolve "$DOMAIN:443:127.0.0.1" "$@"
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
  note_front
  front_reload "$STACK" || true
  release=$(active_release)
  if [[ -z $release ]]; then
    rm -f "$SWITCHING"
    return 0
  fi
  read_contract "$release"
  confirm "$release" || true
  finish_switch "$(active_colour)" "$release"
}
